#pragma once
// Dropout: zeros at random in training, nothing in evaluation.

#include <autograd/ops.hpp>
#include <autograd/random.hpp>
#include <nn/module.hpp>

namespace xgrad::nn {

/// In training each element is 0 with probability p and the rest are divided by 1 − p; in evaluation x passes as it is
/// (Srivastava et al., 2014). The masks are drawn from the caller's generator, which must outlive the module and its
/// clones: saved with a checkpoint, it continues where it was. One generator serves one thread.
class Dropout : public Module {
 public:
  /// Throws NumericError unless p is in [0, 1].
  Dropout(double p, Rng& rng);
  Tensor forward(const Tensor& x) const override { return dropout(x, p_, *rng_, training()); }
  std::unique_ptr<Module> clone() const override { return std::make_unique<Dropout>(*this); }
  std::string label() const override { return "Dropout(" + number_text(p_) + ")"; }

 private:
  double p_;
  Rng* rng_;
};

}  // namespace xgrad::nn
