#pragma once
// Conv2d and the pools: images are (n, channels, height, width).

#include <autograd/ops.hpp>
#include <nn/init.hpp>
#include <nn/module.hpp>

namespace xgrad::nn {

struct Conv2dOptions {
  HeightWidth stride = 1, padding = 0, dilation = 1;
  bool bias = true;
  /// Of the weight; the bias is then 0. Missing: both uniform in ±1/√(in · kernel), as PyTorch's.
  Initializer init = {};
  DType dtype = f64;
};

/// x (n, in, h, w) to (n, out, h', w') by a weight (out, in, kernel height, kernel width) and a bias (out).
class Conv2d : public Module {
 public:
  /// Throws ShapeError unless all sizes are at least 1.
  Conv2d(Index in, Index out, HeightWidth kernel, Rng& rng, const Conv2dOptions& options = {});
  explicit Conv2d(const Conv2d&) = default;
  Conv2d(Conv2d&&) = default;

  Tensor forward(const Tensor& x) const override;
  void visit(Visitor& v) override;
  std::unique_ptr<Module> clone() const override { return std::make_unique<Conv2d>(*this); }
  std::string label() const override;

  Parameter weight;
  Parameter bias;  ///< frozen at zero and not visited without a bias

 private:
  WindowOptions window_;
  bool has_bias_;
};

/// The largest element of each window; windows do not overlap unless a stride is given.
class MaxPool2d : public Module {
 public:
  explicit MaxPool2d(HeightWidth kernel, const PoolOptions& options = {}) : kernel_(kernel), options_(options) {}
  Tensor forward(const Tensor& x) const override { return max_pool2d(x, kernel_, options_); }
  std::unique_ptr<Module> clone() const override { return std::make_unique<MaxPool2d>(*this); }
  std::string label() const override;

 private:
  HeightWidth kernel_;
  PoolOptions options_;
};

/// The mean of each window; windows do not overlap unless a stride is given.
class AvgPool2d : public Module {
 public:
  explicit AvgPool2d(HeightWidth kernel, const PoolOptions& options = {}) : kernel_(kernel), options_(options) {}
  Tensor forward(const Tensor& x) const override { return avg_pool2d(x, kernel_, options_); }
  std::unique_ptr<Module> clone() const override { return std::make_unique<AvgPool2d>(*this); }
  std::string label() const override;

 private:
  HeightWidth kernel_;
  PoolOptions options_;
};

}  // namespace xgrad::nn
