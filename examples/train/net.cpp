#include "net.hpp"

#include <cctype>
#include <cmath>
#include <cstdlib>
#include <map>

#include <autograd/contents.hpp>
#include <autograd/tape.hpp>
#include <nn/nn.hpp>

namespace train {

using namespace xgrad;

namespace {

// `conv16x3:relu`: a word, a number behind it, another behind an x, an activation behind a colon.
struct Item {
  std::string text, word, activation;
  double first = 0, second = 0;
  int numbers = 0;
};

[[noreturn]] void fail(const std::string& item, const std::string& why) {
  throw BadUsage("--layers: '" + item + "' " + why);
}

double number_in(const std::string& item, const std::string& text) {
  const std::string fault = common::range(-1e300, 1e300, "a number that can be").fault(text);
  if (!fault.empty()) fail(item, "cannot be read: " + fault);
  return std::strtod(text.c_str(), nullptr);
}

Item parse_item(const std::string& text) {
  Item item{.text = text};
  const std::size_t colon = std::min(text.find(':'), text.size());
  if (colon < text.size()) {
    item.activation = text.substr(colon + 1);
    if (const std::string fault = common::one_of(nn::activation_names()).fault(item.activation); !fault.empty())
      fail(text, "cannot be read: " + fault);
  }
  std::size_t at = 0;
  while (at < colon && std::isalpha(static_cast<unsigned char>(text[at]))) item.word += text[at++];
  if (at == colon) return item;
  const std::size_t cross = std::min(text.find('x', at), colon);
  item.first = number_in(text, text.substr(at, cross - at));
  item.numbers = 1;
  if (cross < colon) {
    item.second = number_in(text, text.substr(cross + 1, colon - cross - 1));
    item.numbers = 2;
  }
  return item;
}

std::vector<Item> parse(const std::string& layers) {
  std::vector<Item> items;
  if (layers.empty() || layers == "none") return items;
  for (std::size_t at = 0; at <= layers.size();) {
    const std::size_t end = std::min(layers.find(',', at), layers.size());
    std::string text = layers.substr(at, end - at);
    text.erase(0, text.find_first_not_of(' '));
    text.erase(text.find_last_not_of(' ') + 1);
    if (text.empty()) throw BadUsage("--layers: '" + layers + "' has an empty layer; separate layers by one comma");
    items.push_back(parse_item(text));
    at = end + 1;
  }
  return items;
}

Index whole(const Item& item, double value) {
  if (value < 1 || value > 1e6 || value != std::floor(value))
    fail(item.text, "needs a whole number from 1 to 1,000,000");
  return static_cast<Index>(value);
}

constexpr double most_weights = 1e9;  // of a layer

// Adds one layer after another, knowing the shape of what the last one makes.
class Builder {
 public:
  Builder(const Options& options, const Shape& example, Rng& weights, Rng& masks)
      : options_(options),
        shape_(example),
        weights_(weights),
        masks_(masks),
        activation_(nn::activation(options.activation)) {
    take_activation(options.activation);
  }

  void add(const Item& item) {
    static const std::map<std::string, int> most_numbers = {{"", 1},          {"conv", 2},    {"pool", 1},
                                                            {"avgpool", 1},   {"dropout", 1}, {"batchnorm", 0},
                                                            {"layernorm", 0}, {"residual", 0}};
    if (const auto known = most_numbers.find(item.word); known != most_numbers.end() && item.numbers > known->second)
      fail(item.text, "has too many numbers");
    const bool activates = item.word.empty() || item.word == "conv" || item.word == "residual";
    if (!item.activation.empty() && !activates) fail(item.text, "has no activation");
    if (activates) take_activation(item.activation.empty() ? options_.activation : item.activation);
    if (item.word.empty()) {
      linear(whole(item, item.first));
      activate();
    } else if (of_images(item)) {
      needs_image(item);
      if constexpr (contents::images) add_of_images(item);
    } else if (item.word == "dropout") {
      if (!(item.first >= 0 && item.first < 1)) fail(item.text, "needs a probability from 0 to below 1: dropout0.5");
      push<nn::Dropout>(item.numbers ? item.first : 0.5, masks_);
    } else if (item.word == "batchnorm") {
      const nn::BatchNormOptions options{.dtype = options_.type()};
      if constexpr (contents::images)
        if (shape_.rank() == 3) return push<nn::BatchNorm2d>(shape_[0], options);
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

  static bool of_images(const Item& item) {
    return item.word == "conv" || item.word == "pool" || item.word == "avgpool";
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

  // The last layer has none, and starts as the one before it.
  void take_activation(const std::string& name) {
    activation_ = nn::activation(name);
    const bool rectified = name.find("elu") != std::string::npos || name == "silu";
    init_ = options_.init == "auto" ? rectified ? nn::init::he_normal() : nn::init::xavier_normal()
                                    : nn::init::by_name(options_.init);
  }

  void add_of_images(const Item& item) {
    if (item.word == "conv") {
      const Index channels = whole(item, item.first), kernel = item.numbers > 1 ? whole(item, item.second) : 3;
      push<nn::Conv2d>(shape_[0], channels, HeightWidth(kernel), weights_,
                       nn::Conv2dOptions{.padding = (kernel - 1) / 2, .init = init_, .dtype = options_.type()});
      return activate();
    }
    const HeightWidth kernel(item.numbers ? whole(item, item.first) : 2);
    if (kernel.height > shape_[1] || kernel.width > shape_[2])
      fail(item.text, "is larger than the image (" + std::to_string(shape_[1]) + ", " + std::to_string(shape_[2]) +
                          ") that reaches it");
    if (item.word == "pool")
      push<nn::MaxPool2d>(kernel);
    else
      push<nn::AvgPool2d>(kernel);
  }

  void flatten() {
    if (shape_.rank() > 1) push<nn::Flatten>();
  }
  void linear(Index units) {
    flatten();
    if (static_cast<double>(shape_[0]) * static_cast<double>(units) > most_weights)
      throw BadUsage("--layers: " + std::to_string(units) + " units on " + std::to_string(shape_[0]) +
                     " inputs are more than 1,000,000,000 weights; take fewer");
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
    if (Builder::of_images(item)) return true;
  return false;
}

}  // namespace train
