#pragma once
// What the families of elementwise operations of one operand share.

#include <array>

#include <autograd/ops.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/math.hpp>
#include <autograd/ops/samples.hpp>

namespace xgrad::ops {

/// Fills in samples, misuses and an example. `kinks` are values at kinks, if there are any.
inline Op define_elementwise(Family& family, OpSpec spec, Tensor (*f)(const Arg&), const samples::Range& range = {},
                             const std::vector<double>& kinks = {}) {
  const std::string name = spec.name;
  if (!spec.samples) spec.samples = [=] { return samples::unary(f, range, kinks); };
  if (!spec.misuses) spec.misuses = [=] { return samples::unary_misuses(name, f); };
  if (!spec.example) spec.example = [=] { return samples::unary_example(name, f, range); };
  spec.without = samples::not_for_unary;
  if (kinks.empty()) spec.without.push_back(SampleKind::ties);
  return define(family, std::move(spec));
}

/// The sign of x: which side of a kink at 0 an element is on.
inline Tensor side_of_zero(const Call& c) { return (c.x[0] > 0.) - (c.x[0] < 0.); }

/// A kernel whose scalar parameters come with the call: f(x, number …).
template <class F, class... Names>
Kernels with_numbers(F f, Names... names) {
  const auto kernel = [=]<template <class> class Lane, class T>() -> Kernel {
    return [=](const Call& c, const Shape& shape) {
      const std::array<double, sizeof...(Names)> numbers{c.attributes.number(names)...};
      const auto g = [&](const auto& x) { return std::apply([&](auto... n) { return f(x, n...); }, numbers); };
      return detail::map_kernel<Lane, T, 1>(g, c, shape);
    };
  };
  return {kernel.template operator()<math::BatchLane, float>(), kernel.template operator()<math::BatchLane, double>(),
          kernel.template operator()<loops::ScalarLane, Complex>()};
}

}  // namespace xgrad::ops
