#pragma once
// Activations as modules: no Parameters, one operation each.

#include <nn/module.hpp>

#include <sstream>

#include <autograd/ops.hpp>

namespace xgrad::nn {

/// tanh(x)
class Tanh : public Module {
 public:
  Tensor forward(const Tensor& x) const override { return tanh(x); }
  std::unique_ptr<Module> clone() const override { return std::make_unique<Tanh>(*this); }
  std::string label() const override { return "Tanh"; }
};

/// 1 / (1 + e^−x)
class Sigmoid : public Module {
 public:
  Tensor forward(const Tensor& x) const override { return sigmoid(x); }
  std::unique_ptr<Module> clone() const override { return std::make_unique<Sigmoid>(*this); }
  std::string label() const override { return "Sigmoid"; }
};

/// max(x, 0)
class Relu : public Module {
 public:
  Tensor forward(const Tensor& x) const override { return relu(x); }
  std::unique_ptr<Module> clone() const override { return std::make_unique<Relu>(*this); }
  std::string label() const override { return "Relu"; }
};

/// log(1 + e^x)
class Softplus : public Module {
 public:
  Tensor forward(const Tensor& x) const override { return softplus(x); }
  std::unique_ptr<Module> clone() const override { return std::make_unique<Softplus>(*this); }
  std::string label() const override { return "Softplus"; }
};

/// x where x > 0, negative_slope · x elsewhere.
class LeakyRelu : public Module {
 public:
  explicit LeakyRelu(double negative_slope = 0.01) : negative_slope_(negative_slope) {}
  Tensor forward(const Tensor& x) const override { return leaky_relu(x, negative_slope_); }
  std::unique_ptr<Module> clone() const override { return std::make_unique<LeakyRelu>(*this); }
  std::string label() const override {
    std::ostringstream out;
    out << "LeakyRelu(" << negative_slope_ << ")";
    return out.str();
  }

 private:
  double negative_slope_;
};

}  // namespace xgrad::nn
