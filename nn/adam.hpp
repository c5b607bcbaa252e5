#pragma once
// Adam, and AdamW, which keeps weight decay out of the averages.

#include <nn/optimizer.hpp>

namespace xgrad::nn {

/// Defaults are PyTorch's.
struct AdamOptions {
  double lr = 1e-3;         ///< ≥ 0
  double beta1 = 0.9;       ///< [0, 1)
  double beta2 = 0.999;     ///< [0, 1)
  double eps = 1e-8;        ///< ≥ 0
  double weight_decay = 0;  ///< ≥ 0
  bool amsgrad = false;     ///< divide by the largest average square so far
};

/// In a Parameter's step t = 1, 2, …:
/// g ← ∂loss/∂p + weight_decay·p
/// m ← beta1·m + (1 − beta1)·g
/// v ← beta2·v + (1 − beta2)·g²; amsgrad: x ← max(x, v), and x in v's place below
/// p ← p − lr · m / (1 − beta1ᵗ) / (√(v / (1 − beta2ᵗ)) + eps)
///
/// Kingma and Ba (2015); amsgrad after Reddi, Kale and Kumar (2018); values as torch.optim.Adam. Remembers `exp_avg`,
/// `exp_avg_sq` and with amsgrad `max_exp_avg_sq`.
class Adam : public Optimizer {
 public:
  /// Throws NumericError naming the option that is out of range.
  explicit Adam(ParameterList parameters, const AdamOptions& options = {});

 protected:
  Slot updated(const Slot& old, const Tensor& grad, Index step) const override;

 private:
  AdamOptions options_;
};

/// Defaults are PyTorch's.
struct AdamWOptions {
  double lr = 1e-3;            ///< ≥ 0
  double beta1 = 0.9;          ///< [0, 1)
  double beta2 = 0.999;        ///< [0, 1)
  double eps = 1e-8;           ///< ≥ 0
  double weight_decay = 1e-2;  ///< ≥ 0
  bool amsgrad = false;        ///< divide by the largest average square so far
};

/// p ← p − lr·weight_decay·p, then Adam's rule without weight decay.
///
/// Loshchilov and Hutter (2019); values as torch.optim.AdamW. Remembers what Adam does.
class AdamW : public Optimizer {
 public:
  /// Throws NumericError naming the option that is out of range.
  explicit AdamW(ParameterList parameters, const AdamWOptions& options = {});

 protected:
  Slot updated(const Slot& old, const Tensor& grad, Index step) const override;

 private:
  AdamWOptions options_;
};

}  // namespace xgrad::nn
