#pragma once
// What losses share. Each has its reduction inside: so the gradient of a mean is (σ(z) − y)/m to the last bit, not
// (σ(z) − y)·(1/m).

#include <string>
#include <vector>

#include <autograd/kernels/dispatch.hpp>
#include <autograd/ops.hpp>
#include <autograd/ops/samples.hpp>

namespace xgrad::losses {

Reduction reduction_of(const Call& c);
/// The attributes of a loss with this reduction.
std::pair<const char*, Attributes::Value> attribute(Reduction reduction);

/// Prediction and target have one shape; throws ShapeError saying what they would broadcast to.
Shape loss_shape(const Call& c);
/// Terms, one an element or example, to what the reduction makes of them: for kernels, since nothing is recorded.
Tensor reduce(const Tensor& terms, Reduction reduction);
/// What the reduction divides by: `count` for a mean, else 1.
double divisor(const Call& c, Index count);
/// The cotangent times the derivative of each term, divided last where the loss is a mean.
Tensor scaled(const Pullback& c, const Tensor& derivative);

/// The terms as an elementwise kernel of prediction and target, then the reduction.
template <class F>
Kernels summed(F f) {
  const Kernels terms = kernels::vectorised(f);
  const auto then = [](const Kernel& kernel) -> Kernel {
    return [kernel](const Call& c, const Shape&) { return reduce(kernel(c, c.x[0].shape()), reduction_of(c)); };
  };
  return {then(terms.f32), then(terms.f64), then(terms.complex)};
}

/// Every element of operand i must be in [0, 1] (a NaN is not); `otherwise` says what it should have been.
void check_unit_interval(const Call& c, std::size_t i, const char* otherwise);
void check_target(const Call& c);

using Loss = Tensor (*)(const Arg&, const Arg&, Reduction);
std::vector<Sample> loss_samples(Loss f, const samples::Range& prediction, const samples::Range& target);
std::vector<Misuse> loss_misuses(const std::string& name, const std::string& prediction, Loss f);

inline const std::vector<SampleKind> not_for_losses = {SampleKind::broadcast_left, SampleKind::broadcast_right,
                                                       SampleKind::negative_axis, SampleKind::ties};

}  // namespace xgrad::losses
