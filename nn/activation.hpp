#pragma once
// Activations as modules: no Parameters, one function each.

#include <functional>
#include <string>
#include <vector>

#include <nn/module.hpp>

namespace xgrad::nn {

/// Any function of one Tensor as a module: `Activation("Square", [](const Tensor& x) { return x * x; })`.
class Activation : public Module {
 public:
  Activation(std::string label, std::function<Tensor(const Tensor&)> f) : label_(std::move(label)), f_(std::move(f)) {}
  Tensor forward(const Tensor& x) const override { return f_(x); }
  std::unique_ptr<Module> clone() const override { return std::make_unique<Activation>(*this); }
  std::string label() const override { return label_; }

 private:
  std::string label_;
  std::function<Tensor(const Tensor&)> f_;
};

/// tanh(x)
struct Tanh : Activation {
  Tanh();
};
/// 1 / (1 + e^−x)
struct Sigmoid : Activation {
  Sigmoid();
};
/// max(x, 0)
struct Relu : Activation {
  Relu();
};
/// x where x > 0, negative_slope · x elsewhere.
struct LeakyRelu : Activation {
  explicit LeakyRelu(double negative_slope = 0.01);
};
/// x where x > 0, alpha · (e^x − 1) elsewhere.
struct Elu : Activation {
  explicit Elu(double alpha = 1);
};
/// 1.0507 · elu(x, 1.6733)
struct Selu : Activation {
  Selu();
};
/// x · Φ(x), Φ the normal distribution.
struct Gelu : Activation {
  Gelu();
};
/// x · sigmoid(x)
struct Silu : Activation {
  Silu();
};
/// log(1 + e^x)
struct Softplus : Activation {
  Softplus();
};
/// e^x / Σ e^x along an axis. For showing probabilities; losses take logits.
struct Softmax : Activation {
  explicit Softmax(Index axis = -1);
};
/// x itself: a deep linear net.
struct Identity : Activation {
  Identity();
};

/// The names that `activation` knows: `tanh`, `relu`, …
const std::vector<std::string>& activation_names();
/// An activation by its name, with its default arguments. Throws NumericError naming those there are.
Activation activation(const std::string& name);

}  // namespace xgrad::nn
