// Operations that give the same elements another order.

#include <algorithm>

#include <autograd/ops.hpp>
#include <autograd/ops/axis.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/samples.hpp>
#include <autograd/tape.hpp>

namespace xgrad {

ops::Family& ops::order() {
  static Family family;
  return family;
}

namespace {

using enum SampleKind;
using samples::Range;
using samples::values;

// ------------------------------------------------------------------------------------------------ axes

template <class T>
Tensor permute_kernel(const Call& c, const Axes& axes, const Shape& shape) {
  const Dims own = ops::strides_of(c.x[0].shape());
  Dims from = shape;
  for (Index i = 0; i < shape.rank(); ++i) from[i] = own[axes[i]];
  return ops::strided_copy(elements<T>(c.x[0]), from, shape);
}

Shape permuted_shape(const Shape& shape, const Axes& axes) {
  Shape result = shape;
  for (Index i = 0; i < axes.rank(); ++i) result[i] = shape[axes[i]];
  return result;
}

Axes swapped_axes(const Call& c) {
  Axes axes;
  for (Index i = 0; i < c.x[0].rank(); ++i) axes.push_back(i);
  std::swap(axes[c.axis(c.attributes.integer("axis0"))], axes[c.axis(c.attributes.integer("axis1"))]);
  return axes;
}

template <class T>
Tensor transpose_kernel(const Call& c, const Shape& shape) {
  const Axes axes = swapped_axes(c);
  const Index rank = axes.rank();
  const bool last_two = rank >= 2 && axes[rank - 2] == rank - 1 && axes[rank - 1] == rank - 2;
  return last_two ? detail::lazy_transpose(c.x[0]) : permute_kernel<T>(c, axes, shape);
}

const ops::Entry transpose_op([] {
  return ops::define(
      ops::order(),
      {.name = "transpose",
       .notation = "{0}ᵀ",
       .shape =
           [](const Call& c) {
             if (c.x[0].rank() < 2) c.shape_error(c.describe(0) + " has no two axes to swap");
             return permuted_shape(c.x[0].shape(), swapped_axes(c));
           },
       .kernel = {transpose_kernel<float>, transpose_kernel<double>, transpose_kernel<Complex>},
       .vjps = {[](const Pullback& c) {
         const Index axis0 = c.attributes.integer("axis0"), axis1 = c.attributes.integer("axis1");
         return axis0 == -2 && axis1 == -1 ? detail::transposed(c.g) : transpose(c.g, axis0, axis1);
       }},
       .samples =
           [] {
             const auto swap = [](Index a, Index b) { return [=](Inputs x) { return transpose(x[0], a, b); }; };
             const Range r;
             return std::vector<Sample>{
                 {size1, {values({1, 1}, r, 1)}, swap(0, 1)},
                 {empty, {values({0, 3}, r, 2)}, swap(0, 1)},
                 {plain, {values({3, 3}, r, 3)}, swap(0, 1)},
                 {plain, {values({20, 20}, r, 4)}, swap(0, 1)},
                 {non_square, {values({2, 5}, r, 5)}, swap(0, 1)},
                 {non_square, {values({1, 5}, r, 6)}, swap(0, 1)},
                 {non_square, {values({2, 3, 4}, r, 7)}, swap(0, 2)},
                 {non_square, {values({2, 3, 4}, r, 8)}, swap(1, 2)},
                 {non_square, {values({2, 3, 4}, r, 9)}, swap(1, 1)},
                 {negative_axis, {values({2, 3, 4}, r, 10)}, swap(-2, -1)},
                 {negative_axis, {values({2, 3, 4}, r, 11)}, swap(0, -2)},
                 {plain, {values({4, 3}, r, 12)}, [](Inputs x) { return transpose(transpose(x[0])); }}};
           },
       .without = {rank0, broadcast_left, broadcast_right, ties},
       .misuses =
           [] {
             return std::vector<Misuse>{{[] { transpose(ones({3})); }, "transpose: x (3) has no two axes to swap"},
                                        {[] {
                                           transpose(ones({2, 3}), 0, 2);
                                         },
                                         "transpose: axis 2 is out of range for x (2, 3)"}};
           },
       .example = XGRAD_EXAMPLE(transpose(matrix({{1, 2, 3}, {4, 5, 6}})))});
});

Axes checked_permutation(const Call& c) {
  const Dims given = c.attributes.dims("axes");
  Axes axes;
  for (Index axis : given) axes.push_back(c.axis(axis));
  bool valid = axes.rank() == c.x[0].rank();
  for (Index i = 0; i < axes.rank(); ++i) valid = valid && axes.contains(i);
  if (!valid) c.shape_error("axes " + to_string(given) + " do not name each axis of " + c.describe(0) + " once");
  return axes;
}

template <class T>
Tensor permute_any(const Call& c, const Shape& shape) {
  return permute_kernel<T>(c, checked_permutation(c), shape);
}

const ops::Entry permute_op([] {
  return ops::define(
      ops::order(), {.name = "permute",
                     .notation = "permute({0}, {axes})",
                     .shape = [](const Call& c) { return permuted_shape(c.x[0].shape(), checked_permutation(c)); },
                     .kernel = {permute_any<float>, permute_any<double>, permute_any<Complex>},
                     .vjps = {[](const Pullback& c) {
                       const Axes axes = checked_permutation(c);
                       Axes inverse = axes;
                       for (Index i = 0; i < axes.rank(); ++i) inverse[axes[i]] = i;
                       return permute(c.g, inverse);
                     }},
                     .samples =
                         [] {
                           const auto by = [](Axes axes) { return [axes](Inputs x) { return permute(x[0], axes); }; };
                           const Range r;
                           return std::vector<Sample>{{rank0, {values({}, r, 1)}, by({})},
                                                      {size1, {values({1}, r, 2)}, by({0})},
                                                      {empty, {values({2, 0, 3}, r, 3)}, by({2, 0, 1})},
                                                      {plain, {values({4}, r, 4)}, by({0})},
                                                      {plain, {values({3, 3}, r, 5)}, by({1, 0})},
                                                      {non_square, {values({2, 5}, r, 6)}, by({1, 0})},
                                                      {non_square, {values({2, 3, 4}, r, 7)}, by({2, 0, 1})},
                                                      {non_square, {values({2, 3, 4}, r, 8)}, by({1, 2, 0})},
                                                      {non_square, {values({2, 3, 4}, r, 9)}, by({2, 1, 0})},
                                                      {non_square, {values({2, 1, 3, 2}, r, 10)}, by({3, 1, 0, 2})},
                                                      {negative_axis, {values({2, 3, 4}, r, 11)}, by({-1, 0, 1})},
                                                      {negative_axis, {values({2, 3}, r, 12)}, by({-1, -2})}};
                         },
                     .without = {broadcast_left, broadcast_right, ties},
                     .misuses =
                         [] {
                           return std::vector<Misuse>{{[] {
                                                         permute(ones({2, 3}), {0});
                                                       },
                                                       "permute: axes (0) do not name each axis of x (2, 3) once"},
                                                      {[] {
                                                         permute(ones({2, 3}), {1, -1});
                                                       },
                                                       "permute: axes (1, -1) do not name each axis of x (2, 3) once"}};
                         },
                     .example = XGRAD_EXAMPLE(permute(matrix({{1, 2, 3}, {4, 5, 6}}), {1, 0}))});
});

// ------------------------------------------------------------------------------------------------ flip

Axes flipped_axes(const Call& c) {
  Axes axes;
  for (Index axis : c.attributes.dims("axes")) {
    if (axes.contains(c.axis(axis))) c.shape_error("axis " + std::to_string(c.axis(axis)) + " is given twice");
    axes.push_back(c.axis(axis));
  }
  return axes;
}

template <class T>
Tensor flip_kernel(const Call& c, const Shape& shape) {
  Dims strides = ops::strides_of(shape);
  const T* first = elements<T>(c.x[0]);
  if (c.x[0].size() == 0) return detail::allocate(shape, dtype_of<T>);
  for (Index axis : flipped_axes(c)) {
    first += (shape[axis] - 1) * strides[axis];
    strides[axis] = -strides[axis];
  }
  return ops::strided_copy(first, strides, shape);
}

const ops::Entry flip_op([] {
  return ops::define(
      ops::order(),
      {.name = "flip",
       .notation = "flip({0}, {axes})",
       .shape =
           [](const Call& c) {
             flipped_axes(c);
             return c.x[0].shape();
           },
       .kernel = {flip_kernel<float>, flip_kernel<double>, flip_kernel<Complex>},
       .vjps = {[](const Pullback& c) { return flip(c.g, c.attributes.dims("axes")); }},
       .samples =
           [] {
             auto result = samples::along_axis([](const Arg& x, Index axis) { return flip(x, {axis}); });
             result.push_back({non_square, {values({2, 3, 4}, {}, 20)}, [](Inputs x) { return flip(x[0], {0, -1}); }});
             return result;
           },
       .without = {rank0, broadcast_left, broadcast_right, ties},
       .misuses =
           [] {
             auto result = samples::axis_misuses("flip", [](const Arg& x, Index axis) { return flip(x, {axis}); });
             const auto twice = [] { flip(ones({2, 3}), {0, 0}); };
             result.push_back({twice, "flip: axis 0 is given twice"});
             return result;
           },
       .example = XGRAD_EXAMPLE(flip(tensor({1, 2, 3}), {0}))});
});

}  // namespace

Tensor detail::transposed(const Tensor& t) { return Tape::recording() ? transpose(t) : lazy_transpose(t); }

Tensor transpose(const Arg& x, Index axis0, Index axis1) {
  return transpose_op(x, {{"axis0", static_cast<double>(axis0)}, {"axis1", static_cast<double>(axis1)}});
}
Tensor permute(const Arg& x, const Axes& axes) { return permute_op(x, {{"axes", axes}}); }
Tensor flip(const Arg& x, const Axes& axes) { return flip_op(x, {{"axes", axes}}); }
}  // namespace xgrad
