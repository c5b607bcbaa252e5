#pragma once
// Normalisation layers: by example (LayerNorm), and by channel over the batch (BatchNorm1d, BatchNorm2d).

#include <nn/module.hpp>

namespace xgrad::nn {

struct LayerNormOptions {
  double eps = 1e-5;
  DType dtype = f64;
};

/// weight · (x − μ)/√(σ² + eps) + bias, mean and variance over the last axis (Ba, Kiros and Hinton, 2016).
class LayerNorm : public Module {
 public:
  /// Throws ShapeError unless there is at least one feature.
  explicit LayerNorm(Index features, const LayerNormOptions& options = {});
  explicit LayerNorm(const LayerNorm&) = default;
  LayerNorm(LayerNorm&&) = default;

  Tensor forward(const Tensor& x) const override;
  void visit(Visitor& v) override;
  std::unique_ptr<Module> clone() const override { return std::make_unique<LayerNorm>(*this); }
  std::string label() const override;

  Parameter weight, bias;  ///< (features): start at 1 and 0

 private:
  double eps_;
};

struct BatchNormOptions {
  double eps = 1e-5;
  double momentum = 0.1;  ///< the share of the batch in the running statistics, in [0, 1]
  DType dtype = f64;
};

/// weight · (x − μ)/√(σ² + eps) + bias by channel (Ioffe and Szegedy, 2015). In training by the statistics of the
/// batch, which also move the running ones: running ← (1 − momentum) · running + momentum · batch, with the unbiased
/// variance, as PyTorch does it. In evaluation by the running statistics. In training forward changes the module, so
/// threads may share it in evaluation only.
class BatchNorm : public Module {
 public:
  Tensor forward(const Tensor& x) const override;
  void visit(Visitor& v) override;
  std::string label() const override;

  Parameter weight, bias;                       ///< (channels): start at 1 and 0
  mutable Parameter running_mean, running_var;  ///< (channels), not trainable: start at 0 and 1

 protected:
  BatchNorm(const char* name, Index channels, const BatchNormOptions& options);
  explicit BatchNorm(const BatchNorm&) = default;
  BatchNorm(BatchNorm&&) = default;
  virtual bool takes(Index rank) const = 0;
  virtual const char* takes() const = 0;

 private:
  void update_running(const Tensor& x, const Dims& axes) const;
  const char* name_;
  BatchNormOptions options_;
};

/// Of x (n, channels) or (n, channels, length).
class BatchNorm1d : public BatchNorm {
 public:
  /// Throws ShapeError unless there is at least one channel, NumericError for options out of range.
  explicit BatchNorm1d(Index channels, const BatchNormOptions& options = {})
      : BatchNorm("BatchNorm1d", channels, options) {}
  std::unique_ptr<Module> clone() const override { return std::make_unique<BatchNorm1d>(*this); }

 private:
  bool takes(Index rank) const override { return rank == 2 || rank == 3; }
  const char* takes() const override { return "(n, channels) or (n, channels, length)"; }
};

/// Of images (n, channels, height, width).
class BatchNorm2d : public BatchNorm {
 public:
  /// Throws ShapeError unless there is at least one channel, NumericError for options out of range.
  explicit BatchNorm2d(Index channels, const BatchNormOptions& options = {})
      : BatchNorm("BatchNorm2d", channels, options) {}
  std::unique_ptr<Module> clone() const override { return std::make_unique<BatchNorm2d>(*this); }

 private:
  bool takes(Index rank) const override { return rank == 4; }
  const char* takes() const override { return "(n, channels, height, width)"; }
};

}  // namespace xgrad::nn
