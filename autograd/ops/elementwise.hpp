#pragma once
// What the families of elementwise operations of one operand share.

#include <autograd/kernels/dispatch.hpp>
#include <autograd/ops.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/samples.hpp>

namespace xgrad::ops {

/// Fills in samples, misuses and an example. `kinks` are values at kinks, if there are any.
inline Op define_elementwise(Family& family, OpSpec spec, Tensor (*f)(const Arg&), const samples::Range& range = {},
                             const std::vector<double>& kinks = {}) {
  const std::string name = spec.name;
  if (!spec.samples) spec.samples = [=] { return samples::unary(f, range, kinks); };
  if (!spec.misuses) spec.misuses = [=] { return samples::unary_misuses(name, f); };
  if (!spec.example) spec.example = [=] { return samples::unary_example(name, f, range); };
  if constexpr (contents::catalogue) {
    spec.without = samples::not_for_unary;
    if (kinks.empty()) spec.without.push_back(SampleKind::ties);
  }
  return define(family, std::move(spec));
}

/// The sign of x: which side of a kink at 0 an element is on.
inline Tensor side_of_zero(const Call& c) { return (c.x[0] > 0.) - (c.x[0] < 0.); }

}  // namespace xgrad::ops
