#pragma once
// Sgd: gradient descent, with momentum if wanted.

#include <nn/optimizer.hpp>

namespace xgrad::nn {

/// Defaults are PyTorch's.
struct SgdOptions {
  double lr = 1e-3;         ///< ≥ 0
  double momentum = 0;      ///< [0, 1)
  double dampening = 0;     ///< [0, 1]; not with nesterov
  bool nesterov = false;    ///< needs momentum
  double weight_decay = 0;  ///< ≥ 0
};

/// g ← ∂loss/∂p + weight_decay·p
/// b ← g in the first step, then momentum·b + (1 − dampening)·g
/// p ← p − lr·b, with nesterov p − lr·(g + momentum·b), without momentum p − lr·g
///
/// Momentum is Polyak's (1964), the lookahead Nesterov's (1983) in the form of Sutskever et al. (2013); values as
/// torch.optim.SGD. Remembers `momentum_buffer` if there is momentum.
class Sgd : public Optimizer {
 public:
  /// Throws NumericError naming the option that is out of range.
  explicit Sgd(ParameterList parameters, const SgdOptions& options = {});

 protected:
  Slot updated(const Slot& old, const Tensor& grad, Index step) const override;

 private:
  SgdOptions options_;
};

}  // namespace xgrad::nn
