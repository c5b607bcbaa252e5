#pragma once
// RmsProp: steps divided by the running size of the gradient.

#include <nn/optimizer.hpp>

namespace xgrad::nn {

/// Defaults are PyTorch's.
struct RmsPropOptions {
  double lr = 1e-2;         ///< ≥ 0
  double alpha = 0.99;      ///< [0, 1): how much of the averages a step keeps
  double eps = 1e-8;        ///< ≥ 0
  double momentum = 0;      ///< [0, 1)
  bool centered = false;    ///< divide by the standard deviation instead of the root of the mean square
  double weight_decay = 0;  ///< ≥ 0
};

/// g ← ∂loss/∂p + weight_decay·p
/// v ← alpha·v + (1 − alpha)·g²; centered: a ← alpha·a + (1 − alpha)·g, and v − a² in v's place below
/// b ← momentum·b + g / (√v + eps)
/// p ← p − lr·b
///
/// Tieleman and Hinton (2012), lecture 6.5; centered after Graves (2013); values as torch.optim.RMSprop, except that a
/// v − a² that rounding made negative counts as 0, where PyTorch's root is NaN. Remembers `square_avg`, and
/// `momentum_buffer` and `grad_avg` where used.
class RmsProp : public Optimizer {
 public:
  /// Throws NumericError naming the option that is out of range.
  explicit RmsProp(ParameterList parameters, const RmsPropOptions& options = {});

 protected:
  Slot updated(const Slot& old, const Tensor& grad, Index step) const override;

 private:
  RmsPropOptions options_;
};

}  // namespace xgrad::nn
