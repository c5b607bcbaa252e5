#pragma once
// What reductions over any axes share. The input is walked in memory order: rows are folded into one element each, or
// onto one another, so that the innermost loop is contiguous whatever the axes.

#include <algorithm>

#include <autograd/kernels/dispatch.hpp>
#include <autograd/ops.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/math.hpp>
#include <autograd/ops/samples.hpp>

namespace xgrad::reduction {

// ------------------------------------------------------------------------------------------------ axes and shapes

/// No axes given means all of them; rank 0 has none to reduce.
inline Axes reduced_axes(const Call& c) {
  Axes axes;
  const Dims* const given = c.attributes.dims_if("axes");
  if (!given) {
    for (Index i = 0; i < c.x[0].rank(); ++i) axes.push_back(i);
    return axes;
  }
  for (Index axis : *given) {
    const Index counted = c.axis(axis);
    if (axes.contains(counted)) c.shape_error("axis " + std::to_string(counted) + " is given twice");
    axes.push_back(counted);
  }
  return axes;
}

inline Shape kept_shape(const Call& c) {
  Shape shape = c.x[0].shape();
  for (Index axis : reduced_axes(c)) shape[axis] = 1;
  return shape;
}

inline Shape reduced_shape(const Call& c) {
  if (c.attributes.is("keepdims", "yes")) return kept_shape(c);
  const Axes axes = reduced_axes(c);
  Shape shape;
  for (Index i = 0; i < c.x[0].rank(); ++i)
    if (!axes.contains(i)) shape.push_back(c.x[0].shape()[i]);
  return shape;
}

inline Shape nonempty_shape(const Call& c) {
  const Axes axes = reduced_axes(c);
  for (Index axis : axes)
    if (c.x[0].shape()[axis] == 0)
      c.shape_error("there is no element of " + c.describe(0) + " to reduce over axes " + to_string(axes));
  return reduced_shape(c);
}

inline Index reduced_count(const Call& c) {
  Index count = 1;
  for (Index axis : reduced_axes(c)) count *= c.x[0].shape()[axis];
  return count;
}

/// The result, or its cotangent, with the reduced axes as size 1: it broadcasts over x.
inline Tensor keep(const Tensor& t, const Call& c) { return reshape(t, kept_shape(c)); }

/// −1, 0 or 1, of the dtype of t.
inline Tensor sign(const Tensor& t) { return ((t > 0.) - (t < 0.)).to(t.dtype()); }

// ------------------------------------------------------------------------------------------------ kernels

template <class T>
Tensor filled(const Shape& shape, T value) {
  Tensor y = detail::allocate(shape, dtype_of<T>);
  std::fill_n(mutable_elements<T>(y), y.size(), value);
  return y;
}

/// x folded to `shape`, which is `kept` but for axes of size 1.
template <class F, class T>
Tensor folded(const Tensor& x, const Shape& kept, const Shape& shape) {
  Tensor y = filled(shape, math::constant<T>(F::of_nothing));
  kernels::fold(F{}, elements<T>(x), x.shape(), mutable_elements<T>(y), kept);
  return y;
}

template <class F, class T>
Tensor fold_kernel(const Call& c, const Shape& shape) {
  return folded<F, T>(c.x[0], kept_shape(c), shape);
}

template <class F>
Kernels folding() {
  return {fold_kernel<F, float>, fold_kernel<F, double>, fold_kernel<F, Complex>};
}

// ------------------------------------------------------------------------------------------------ definitions

using Reducer = Tensor (*)(const Arg&, const Axes&, bool);

/// Enters a reduction in the catalogue, with what all of them share where the spec is silent.
inline Op define(ops::Family& family, OpSpec spec, Reducer f, bool of_nothing) {
  const std::string name = spec.name;
  const bool tied = spec.kink != "smooth";
  if (spec.notation.empty()) spec.notation = name + "({0}, {axes})";
  if (!spec.shape) spec.shape = of_nothing ? reduced_shape : nonempty_shape;
  if (!spec.samples) {
    const bool finite = of_nothing && name != "logsumexp";  // log Σ of nothing is −inf
    spec.samples = [=] { return samples::reduction(f, finite, tied); };
  }
  if (!spec.misuses) spec.misuses = [=] { return samples::reduction_misuses(name, f, of_nothing); };
  if (!spec.example) spec.example = [=] { return samples::reduction_example(name, f); };
  if constexpr (contents::catalogue) {
    spec.without = {SampleKind::broadcast_left, SampleKind::broadcast_right};
    if (!tied) spec.without.push_back(SampleKind::ties);
  }
  return ops::define(family, std::move(spec));
}

/// The attribute "axes": null for all.
inline Attributes::Value over(const Axes* axes) { return axes ? Attributes::Value(*axes) : Attributes::Value("all"); }
inline Attributes::Value yes_or_no(bool b) { return b ? "yes" : "no"; }

}  // namespace xgrad::reduction
