// The tape's gradients equal the equations derived by hand, on every net of the articles.

#define BOOST_TEST_MODULE hand_derived
#include "support.hpp"

#include <nn/nn.hpp>

#include "../examples/common/hand_derived.hpp"

using namespace xgrad;

namespace {

struct Case {
  std::vector<Index> widths;  // inputs, hidden …, outputs
  hand::Activation hidden;
  hand::Output output;
  Index examples;
  unsigned seed;
  DType dtype;
};

double limit(DType dtype) { return dtype == f32 ? 1e-5 : 1e-13; }

// Weights of moderate size, so that nothing is saturated and nothing vanishes; data and labels at random.
struct Problem {
  std::vector<Parameter> W, b;  // W (out, in), b (out)
  Tensor X, Y;                  // (m, inputs), (m, outputs)

  explicit Problem(const Case& c) {
    Rng rng(c.seed);
    for (std::size_t l = 0; l + 1 < c.widths.size(); ++l) {
      const double scale = 1 / std::sqrt(static_cast<double>(c.widths[l]));
      W.emplace_back((scale * randn({c.widths[l + 1], c.widths[l]}, rng)).to(c.dtype), "W" + std::to_string(l + 1));
      b.emplace_back((0.1 * randn({c.widths[l + 1]}, rng)).to(c.dtype), "b" + std::to_string(l + 1));
    }
    X = randn({c.examples, c.widths.front()}, rng, c.dtype);
    const Index outputs = c.widths.back();
    std::vector<double> labels(static_cast<std::size_t>(c.examples));
    for (double& label : labels)
      label = static_cast<double>(rng.below(static_cast<std::uint64_t>(std::max<Index>(2, outputs))));
    Y = c.output == hand::Output::softmax ? one_hot(tensor(labels), outputs, c.dtype)
                                          : (rand({c.examples, outputs}, rng) > 0.5).to(c.dtype);
  }

  static hand::Matrix matrix(const Tensor& t) {
    return {static_cast<std::size_t>(t.shape()[0]), static_cast<std::size_t>(t.shape()[1]), t.values()};
  }
  std::vector<hand::LayerGradient> derived(const Case& c) const {
    std::vector<hand::Layer> layers;
    for (std::size_t l = 0; l < W.size(); ++l)
      layers.push_back({matrix(W[l].value()), b[l].value().values(), c.hidden});
    return hand::gradients(matrix(X), matrix(Y), layers, c.output);
  }
};

// The library's own, in hand's order.
std::unique_ptr<nn::Module> module_of(hand::Activation g) {
  for (const std::string& name : nn::activation_names())
    if (hand::activation(name) == g) return nn::activation(name).clone();
  return nullptr;
}

Tensor activate(hand::Activation g, const Tensor& z) { return module_of(g)->forward(z); }

Tensor loss_of(hand::Output output, const Tensor& z, const Tensor& y) {
  return output == hand::Output::sigmoid
             ? binary_cross_entropy_with_logits(z, y, Reduction::sum) / static_cast<double>(y.shape()[0])
             : cross_entropy(z, y);
}

void check(const std::string& what, const Tensor& tape, const hand::Gradient& derived, double factor, const Case& c) {
  const double d = hand::largest_difference((factor * tape).values(), derived.v, derived.scale);
  double largest = 0;
  for (double v : derived.v) largest = std::max(largest, std::abs(v));
  BOOST_TEST(d <= limit(c.dtype), what << " differs by " << d);
  BOOST_TEST(largest > 0, what << " is zero: nothing was tested");
}

// Rows are examples.
void batch_form(const Case& c) {
  const Problem p(c);
  const auto derived = p.derived(c);
  const auto m = static_cast<double>(c.examples);
  Tape tape;
  std::vector<Tensor> Z;
  Tensor A = p.X;
  for (std::size_t l = 0; l < p.W.size(); ++l) {
    Z.push_back(matmul(A, transpose(p.W[l])) + p.b[l]);
    A = l + 1 < p.W.size() ? activate(c.hidden, Z.back()) : Z.back();
  }
  const Tensor loss = loss_of(c.output, A, p.Y);
  for (std::size_t l = 0; l < p.W.size(); ++l) {
    const std::vector<Tensor> g = tape.gradients(loss, {Z[l], p.W[l], p.b[l]});
    const std::string layer = std::to_string(l + 1);
    check("dZ" + layer, g[0], derived[l].dZ, m, c);
    check("dW" + layer, g[1], derived[l].dW, 1, c);
    check("db" + layer, g[2], derived[l].db, 1, c);
  }
}

// Columns are examples, b is (out, 1), as the articles write it.
void column_form(const Case& c) {
  const Problem p(c);
  const auto derived = p.derived(c);
  const auto m = static_cast<double>(c.examples);
  Tape tape;
  std::vector<Tensor> Z, bias;
  Tensor A = transpose(p.X);
  for (std::size_t l = 0; l < p.W.size(); ++l) {
    bias.push_back(reshape(p.b[l], {-1, 1}));
    Z.push_back(matmul(p.W[l], A) + bias[l]);
    A = l + 1 < p.W.size() ? activate(c.hidden, Z.back()) : Z.back();
  }
  const Tensor loss = c.output == hand::Output::sigmoid
                          ? loss_of(c.output, A, transpose(p.Y)) * (static_cast<double>(p.Y.shape()[1]) / m)
                          : loss_of(c.output, transpose(A), p.Y);
  for (std::size_t l = 0; l < p.W.size(); ++l) {
    const std::vector<Tensor> g = tape.gradients(loss, {Z[l], p.W[l], bias[l]});
    const std::string layer = std::to_string(l + 1);
    check("column dZ" + layer, transpose(g[0]), derived[l].dZ, m, c);
    check("column dW" + layer, g[1], derived[l].dW, 1, c);
    check("column db" + layer, g[2], derived[l].db, 1, c);
  }
}

void by_modules(const Case& c) {
  const Problem p(c);
  const auto derived = p.derived(c);
  Rng rng(1);
  nn::Sequential net;
  for (std::size_t l = 0; l < p.W.size(); ++l) {
    auto linear = std::make_unique<nn::Linear>(c.widths[l], c.widths[l + 1], rng, nn::LinearOptions{.dtype = c.dtype});
    linear->weight.assign(p.W[l].value());
    linear->bias.assign(p.b[l].value());
    net.add(std::move(linear));
    if (l + 1 < p.W.size()) net.add(module_of(c.hidden));
  }
  Tape tape;
  tape.backward(loss_of(c.output, net(p.X), p.Y));
  const std::vector<Parameter> parameters = nn::parameters(net);
  for (std::size_t l = 0; l < p.W.size(); ++l) {
    check("module dW" + std::to_string(l + 1), parameters[2 * l].grad(), derived[l].dW, 1, c);
    check("module db" + std::to_string(l + 1), parameters[2 * l + 1].grad(), derived[l].db, 1, c);
  }
}

void every_form(std::vector<Index> widths, hand::Activation hidden, hand::Output output) {
  for (const DType dtype : {f64, f32})
    for (const unsigned seed : {1u, 2u, 3u})
      for (const Index examples : {1, 7, 200}) {
        const Case c{widths, hidden, output, examples, seed, dtype};
        BOOST_TEST_CONTEXT(to_string(dtype) << ", seed " << seed << ", " << examples << " examples, "
                                            << widths.size() - 1 << " layers") {
          batch_form(c);
          column_form(c);
          by_modules(c);
        }
      }
}

using Activation = hand::Activation;
using hand::Output;

}  // namespace

BOOST_AUTO_TEST_CASE(two_layers_tanh) {
  for (Index h : {1, 4, 50}) every_form({2, h, 1}, Activation::tanh, Output::sigmoid);
}
BOOST_AUTO_TEST_CASE(two_layers_sigmoid) {
  for (Index h : {2, 4, 50}) every_form({2, h, 1}, Activation::sigmoid, Output::sigmoid);
}
BOOST_AUTO_TEST_CASE(two_layers_relu) {
  for (Index h : {8, 50}) every_form({2, h, 1}, Activation::relu, Output::sigmoid);
}
BOOST_AUTO_TEST_CASE(logistic_regression) { every_form({3, 1}, Activation::tanh, Output::sigmoid); }
BOOST_AUTO_TEST_CASE(L_layers) {
  std::vector<Index> widths{3};
  for (Index L = 2; L <= 6; ++L) {
    widths.push_back(12 + L);
    std::vector<Index> net = widths;
    net.push_back(1);
    every_form(net, Activation::relu, Output::sigmoid);
    every_form(net, Activation::tanh, Output::sigmoid);
  }
}
BOOST_AUTO_TEST_CASE(softmax_nets) {
  every_form({4, 9, 3}, Activation::tanh, Output::softmax);
  every_form({4, 16, 11, 5}, Activation::relu, Output::softmax);
  every_form({2, 6, 2}, Activation::sigmoid, Output::softmax);
}
BOOST_AUTO_TEST_CASE(every_activation) {
  for (const std::string& name : nn::activation_names()) BOOST_TEST_CONTEXT(name) {
      every_form({3, 9, 7, 1}, hand::activation(name), Output::sigmoid);
      every_form({2, 8, 3}, hand::activation(name), Output::softmax);
    }
}
