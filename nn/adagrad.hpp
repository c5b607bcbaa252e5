#pragma once
// Adagrad: steps divided by the size of all gradients so far.

#include <nn/optimizer.hpp>

namespace xgrad::nn {

/// Defaults are PyTorch's.
struct AdagradOptions {
  double lr = 1e-2;                      ///< ≥ 0
  double lr_decay = 0;                   ///< ≥ 0
  double weight_decay = 0;               ///< ≥ 0
  double initial_accumulator_value = 0;  ///< ≥ 0
  double eps = 1e-10;                    ///< ≥ 0
};

/// g ← ∂loss/∂p + weight_decay·p
/// s ← s + g², from initial_accumulator_value
/// p ← p − lr / (1 + (t − 1)·lr_decay) · g / (√s + eps), in its step t = 1, 2, …
///
/// Duchi, Hazan and Singer (2011); values as torch.optim.Adagrad. Remembers `sum`.
class Adagrad : public Optimizer {
 public:
  /// Throws NumericError naming the option that is out of range.
  explicit Adagrad(ParameterList parameters, const AdagradOptions& options = {});

 protected:
  Slot updated(const Slot& old, const Tensor& grad, Index step) const override;

 private:
  AdagradOptions options_;
};

}  // namespace xgrad::nn
