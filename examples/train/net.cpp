#include "net.hpp"

#include <cctype>
#include <cmath>
#include <map>
#include <sstream>

#include <autograd/tape.hpp>
#include <nn/nn.hpp>

namespace train {

using namespace xgrad;

namespace {

// `conv16x3`: a word, a number behind it, and another behind an x.
struct Item {
  std::string text, word;
  double first = 0, second = 0;
  int numbers = 0;
};

[[noreturn]] void fail(const std::string& item, const std::string& why) {
  throw BadUsage("--layers: '" + item + "' " + why);
}

double number_in(const std::string& item, const std::string& text) {
  std::istringstream in(text);
  in.imbue(std::locale::classic());
  double value = 0;
  if (!(in >> value) || !in.eof()) fail(item, "cannot be read: '" + text + "' is not a number");
  return value;
}

Item parse_item(const std::string& text) {
  Item item{.text = text};
  std::size_t at = 0;
  while (at < text.size() && std::isalpha(static_cast<unsigned char>(text[at]))) item.word += text[at++];
  if (at == text.size()) return item;
  const std::size_t cross = text.find('x', at);
  item.first = number_in(text, text.substr(at, cross - at));
  item.numbers = 1;
  if (cross != std::string::npos) {
    item.second = number_in(text, text.substr(cross + 1));
    item.numbers = 2;
  }
  return item;
}

std::vector<Item> parse(const std::string& layers) {
  std::vector<Item> items;
  if (layers.empty() || layers == "none") return items;
  std::istringstream in(layers);
  for (std::string text; std::getline(in, text, ',');) {
    text.erase(0, text.find_first_not_of(' '));
    text.erase(text.find_last_not_of(' ') + 1);
    if (text.empty()) throw BadUsage("--layers: '" + layers + "' has an empty layer; separate layers by one comma");
    items.push_back(parse_item(text));
  }
  return items;
}

Index whole(const Item& item, double value) {
  if (value < 1 || value > 1e6 || value != std::floor(value))
    fail(item.text, "needs a whole number from 1 to 1,000,000");
  return static_cast<Index>(value);
}

// Adds one layer after another, knowing the shape of what the last one makes.
class Builder {
 public:
  Builder(const Options& options, const Shape& example, Rng& weights, Rng& masks)
      : options_(options),
        shape_(example),
        weights_(weights),
        masks_(masks),
        activation_(nn::activation(options.activation)) {
    const bool rectified = options.activation.find("elu") != std::string::npos || options.activation == "silu";
    init_ = options.init == "auto" ? rectified ? nn::init::he_normal() : nn::init::xavier_normal()
                                   : nn::init::by_name(options.init);
  }

  void add(const Item& item) {
    static const std::map<std::string, int> most_numbers = {{"", 1},          {"conv", 2},    {"pool", 1},
                                                            {"avgpool", 1},   {"dropout", 1}, {"batchnorm", 0},
                                                            {"layernorm", 0}, {"residual", 0}};
    if (const auto known = most_numbers.find(item.word); known != most_numbers.end() && item.numbers > known->second)
      fail(item.text, "has too many numbers");
    if (item.word.empty()) {
      linear(whole(item, item.first));
      activate();
    } else if (item.word == "conv") {
      const Index channels = whole(item, item.first), kernel = item.numbers > 1 ? whole(item, item.second) : 3;
      needs_image(item);
      push<nn::Conv2d>(shape_[0], channels, HeightWidth(kernel), weights_,
                       nn::Conv2dOptions{.padding = (kernel - 1) / 2, .init = init_, .dtype = options_.type()});
      activate();
    } else if (item.word == "pool" || item.word == "avgpool") {
      needs_image(item);
      const HeightWidth kernel(item.numbers ? whole(item, item.first) : 2);
      if (kernel.height > shape_[1] || kernel.width > shape_[2])
        fail(item.text, "is larger than the image (" + std::to_string(shape_[1]) + ", " + std::to_string(shape_[2]) +
                            ") that reaches it");
      if (item.word == "pool")
        push<nn::MaxPool2d>(kernel);
      else
        push<nn::AvgPool2d>(kernel);
    } else if (item.word == "dropout") {
      if (!(item.first >= 0 && item.first < 1)) fail(item.text, "needs a probability from 0 to below 1: dropout0.5");
      push<nn::Dropout>(item.numbers ? item.first : 0.5, masks_);
    } else if (item.word == "batchnorm") {
      const nn::BatchNormOptions options{.dtype = options_.type()};
      if (shape_.rank() == 3)
        push<nn::BatchNorm2d>(shape_[0], options);
      else
        push<nn::BatchNorm1d>(shape_[0], options);
    } else if (item.word == "layernorm") {
      push<nn::LayerNorm>(shape_[shape_.rank() - 1], nn::LayerNormOptions{.dtype = options_.type()});
    } else if (item.word == "residual") {
      flatten();
      nn::Sequential body;
      body.add(std::make_unique<nn::Linear>(shape_[0], shape_[0], weights_,
                                            nn::LinearOptions{.init = init_, .dtype = options_.type()}));
      body.add(activation_.clone());
      push<nn::Residual>(std::move(body));
    } else {
      fail(item.text,
           "is no layer; there are units (16), conv16x3, pool2, avgpool2, dropout0.5, batchnorm, layernorm, residual");
    }
  }

  nn::Sequential finish(Index outputs) {
    linear(outputs);
    return std::move(net_);
  }

 private:
  template <class M, class... A>
  void push(A&&... arguments) {
    net_.add(std::make_unique<M>(std::forward<A>(arguments)...));
    const NoGrad off;
    const bool training = net_.training();
    net_.eval();
    Shape batch{1};
    for (Index size : shape_) batch.push_back(size);
    const Shape made = net_[net_.size() - 1](zeros(batch, options_.type())).shape();
    net_.train(training);
    shape_ = {};
    for (Index i = 1; i < made.rank(); ++i) shape_.push_back(made[i]);
  }

  void flatten() {
    if (shape_.rank() > 1) push<nn::Flatten>();
  }
  void linear(Index units) {
    flatten();
    push<nn::Linear>(shape_[0], units, weights_, nn::LinearOptions{.init = init_, .dtype = options_.type()});
  }
  void activate() { net_.add(activation_.clone()); }
  void needs_image(const Item& item) const {
    if (shape_.rank() != 3)
      fail(item.text, "needs images; what reaches it is a row of " + std::to_string(shape_[0]) + " features");
  }

  const Options& options_;
  Shape shape_;
  Rng &weights_, &masks_;
  nn::Activation activation_;
  nn::Initializer init_;
  nn::Sequential net_;
};

}  // namespace

nn::Sequential make_net(const Options& options, const Shape& example, Index outputs, Rng& weights, Rng& masks) {
  Builder builder(options, example, weights, masks);
  for (const Item& item : parse(options.layers)) builder.add(item);
  return builder.finish(outputs);
}

bool wants_images(const std::string& layers) {
  for (const Item& item : parse(layers))
    if (item.word == "conv" || item.word == "pool" || item.word == "avgpool") return true;
  return false;
}

}  // namespace train
