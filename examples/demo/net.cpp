#include "net.hpp"

namespace demo {

using namespace xgrad;

Net::Net(Index hidden, hand::Activation g, Rng& rng)
    : W1(0.01 * randn({hidden, 2}, rng), "W1"),
      b1(zeros({hidden}), "b1"),
      W2(0.01 * randn({1, hidden}, rng), "W2"),
      b2(zeros({1}), "b2"),
      activation(g) {}

Tensor Net::activate(const Tensor& z) const {
  return activation == hand::Activation::tanh      ? tanh(z)
         : activation == hand::Activation::sigmoid ? sigmoid(z)
                                                   : relu(z);
}

Tensor Net::hidden_input(const Tensor& x) const { return named("Z1", matmul(x, transpose(W1)) + b1); }

Tensor Net::logits_of(const Tensor& z1) const {
  const Tensor a1 = named("A1", activate(z1));
  return named("Z2", matmul(a1, transpose(W2)) + b2);
}

std::string to_string(hand::Activation activation) {
  return activation == hand::Activation::tanh ? "tanh" : activation == hand::Activation::sigmoid ? "sigmoid" : "relu";
}

std::vector<double> probabilities(const Net& net, const Tensor& x) {
  const NoGrad off;
  return sigmoid(net.logits(x)).values();
}

}  // namespace demo
