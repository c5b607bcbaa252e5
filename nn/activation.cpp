#include <nn/activation.hpp>

#include <autograd/ops.hpp>
#include <nn/by_name.hpp>

namespace xgrad::nn {

Tanh::Tanh() : Activation("Tanh", [](const Tensor& x) { return tanh(x); }) {}
Sigmoid::Sigmoid() : Activation("Sigmoid", [](const Tensor& x) { return sigmoid(x); }) {}
Relu::Relu() : Activation("Relu", [](const Tensor& x) { return relu(x); }) {}
LeakyRelu::LeakyRelu(double negative_slope)
    : Activation("LeakyRelu(" + number_text(negative_slope) + ")",
                 [negative_slope](const Tensor& x) { return leaky_relu(x, negative_slope); }) {}
Elu::Elu(double alpha)
    : Activation("Elu(" + number_text(alpha) + ")", [alpha](const Tensor& x) { return elu(x, alpha); }) {}
Selu::Selu() : Activation("Selu", [](const Tensor& x) { return selu(x); }) {}
Gelu::Gelu() : Activation("Gelu", [](const Tensor& x) { return gelu(x); }) {}
Silu::Silu() : Activation("Silu", [](const Tensor& x) { return silu(x); }) {}
Softplus::Softplus() : Activation("Softplus", [](const Tensor& x) { return softplus(x); }) {}
Softmax::Softmax(Index axis)
    : Activation("Softmax(" + std::to_string(axis) + ")", [axis](const Tensor& x) { return softmax(x, axis); }) {}
Identity::Identity() : Activation("Identity", [](const Tensor& x) { return x; }) {}

namespace {

const detail::ByName<Activation>& all() {
  static const detail::ByName<Activation> table("activation", {{"tanh", [] { return Tanh(); }},
                                                               {"sigmoid", [] { return Sigmoid(); }},
                                                               {"relu", [] { return Relu(); }},
                                                               {"leaky_relu", [] { return LeakyRelu(); }},
                                                               {"elu", [] { return Elu(); }},
                                                               {"selu", [] { return Selu(); }},
                                                               {"gelu", [] { return Gelu(); }},
                                                               {"silu", [] { return Silu(); }},
                                                               {"softplus", [] { return Softplus(); }},
                                                               {"identity", [] { return Identity(); }}});
  return table;
}

}  // namespace

const std::vector<std::string>& activation_names() { return all().names(); }
Activation activation(const std::string& name) { return all().make(name); }

}  // namespace xgrad::nn
