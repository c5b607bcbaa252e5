// Operations that move elements: reshape, transpose, broadcast, slice, pad, join.

#include <algorithm>
#include <cmath>

#include <autograd/kernel.hpp>
#include <autograd/ops.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/samples.hpp>

namespace xgrad {

ops::Family& ops::shape() {
  static Family family;
  return family;
}

namespace {

using enum SampleKind;
using samples::Range;
using samples::values;

// The sizes before, along and after an axis: x[outer, length, inner].
struct Around {
  Index outer = 1, length, inner = 1;
  Around(const Shape& shape, Index axis) : length(shape[axis]) {
    for (Index i = 0; i < axis; ++i) outer *= shape[i];
    for (Index i = axis + 1; i < shape.rank(); ++i) inner *= shape[i];
  }
};

Shape with_size(Shape shape, Index axis, Index size) {
  shape[axis] = size;
  return shape;
}

// ------------------------------------------------------------------------------------------------ reshape

Shape reshaped(const Call& c) {
  Shape shape = c.attributes.dims("shape");
  Index known = 1, free = -1;
  for (Index i = 0; i < shape.rank(); ++i) {
    if (shape[i] == -1 && free < 0)
      free = i;
    else if (shape[i] < 0)
      c.shape_error("shape " + to_string(shape) + " has more than one free size, or a negative one");
    else
      known *= shape[i];
  }
  if (free >= 0 && known > 0 && c.x[0].size() % known == 0) shape[free] = c.x[0].size() / known;
  if ((free >= 0 && shape[free] == -1) || element_count(shape) != c.x[0].size())
    c.shape_error("cannot give " + c.describe(0) + " the shape " + to_string(c.attributes.dims("shape")));
  return shape;
}

Kernels sharing() {
  const Kernel kernel = [](const Call& c, const Shape& shape) { return detail::share(c.x[0], shape); };
  return {kernel, kernel, kernel};
}

const Op reshape_op = ops::define(
    ops::shape(), {.name = "reshape",
                   .notation = "reshape({0}, {shape})",
                   .shape = reshaped,
                   .kernel = sharing(),
                   .vjps = {[](const Pullback& c) { return reshape(c.g, c.x[0].shape()); }},
                   .samples =
                       [] {
                         const auto to = [](Shape shape) { return [shape](Inputs x) { return reshape(x[0], shape); }; };
                         const Range r;
                         return std::vector<Sample>{{rank0, {values({}, r, 1)}, to({1, 1})},
                                                    {rank0, {values({}, r, 2)}, to({})},
                                                    {size1, {values({1, 1}, r, 3)}, to({})},
                                                    {size1, {values({1}, r, 4)}, to({1, 1, 1})},
                                                    {empty, {values({0, 3}, r, 5)}, to({3, 0})},
                                                    {empty, {values({0}, r, 6)}, to({0, 2})},
                                                    {plain, {values({6}, r, 7)}, to({2, 3})},
                                                    {plain, {values({3, 3}, r, 8)}, to({9})},
                                                    {non_square, {values({2, 6}, r, 9)}, to({3, 4})},
                                                    {non_square, {values({2, 3, 4}, r, 10)}, to({4, 6})},
                                                    {negative_axis, {values({2, 6}, r, 11)}, to({-1, 3})},
                                                    {negative_axis, {values({2, 3, 4}, r, 12)}, to({-1})}};
                       },
                   .without = {broadcast_left, broadcast_right, ties},
                   .misuses =
                       [] {
                         return std::vector<Misuse>{
                             {[] {
                                reshape(ones({2, 3}), {4});
                              },
                              "reshape: cannot give x (2, 3) the shape (4)"},
                             {[] {
                                reshape(ones({2, 3}), {-1, 4});
                              },
                              "reshape: cannot give x (2, 3) the shape (-1, 4)"},
                             {[] {
                                reshape(ones({2, 3}), {-1, -1});
                              },
                              "reshape: shape (-1, -1) has more than one free size, or a negative one"}};
                       },
                   .example = XGRAD_EXAMPLE(reshape(arange(0, 6), {2, -1}))});

// ------------------------------------------------------------------------------------------------ axes

template <class T>
Tensor permute_kernel(const Call& c, const Axes& axes, const Shape& shape) {
  const Tensor& x = c.x[0];
  Tensor y = detail::allocate(shape, dtype_of<T>);
  T* out = mutable_elements<T>(y);
  const T* in = elements<T>(x);
  const Dims own = [&] {
    Dims strides = x.shape();
    Index stride = 1;
    for (Index i = x.rank(); i-- > 0; stride *= x.shape()[i]) strides[i] = stride;
    return strides;
  }();
  Dims from = shape;
  for (Index i = 0; i < shape.rank(); ++i) from[i] = own[axes[i]];
  const loops::Nest<2> nest(shape, {from, loops::strides_over(shape, shape)});
  const Index run = nest.run(), step = nest.step(0);
  nest.each([&](const std::array<Index, 2>& at) {
    for (Index i = 0; i < run; ++i) out[at[1] + i] = in[at[0] + i * step];
  });
  return y;
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

const Op transpose_op = ops::define(
    ops::shape(),
    {.name = "transpose",
     .notation = "{0}ᵀ",
     .shape =
         [](const Call& c) {
           if (c.x[0].rank() < 2) c.shape_error(c.describe(0) + " has no two axes to swap");
           return permuted_shape(c.x[0].shape(), swapped_axes(c));
         },
     .kernel = {transpose_kernel<float>, transpose_kernel<double>, transpose_kernel<Complex>},
     .vjps = {[](const Pullback& c) {
       return transpose(c.g, c.attributes.integer("axis0"), c.attributes.integer("axis1"));
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

const Op permute_op = ops::define(
    ops::shape(), {.name = "permute",
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

// ------------------------------------------------------------------------------------------------ broadcast

template <class T>
Tensor broadcast_kernel(const Call& c, const Shape& shape) {
  return detail::map_kernel<loops::ScalarLane, T, 1>([](const T& x) { return x; }, c, shape);
}

const Op broadcast_to_op = ops::define(
    ops::shape(), {.name = "broadcast_to",
                   .notation = "broadcast_to({0}, {shape})",
                   .shape =
                       [](const Call& c) {
                         const Shape& shape = c.attributes.dims("shape");
                         const Shape& own = c.x[0].shape();
                         if (own.rank() > shape.rank() || !broadcastable(own, shape) || broadcast(own, shape) != shape)
                           c.shape_error("cannot broadcast " + c.describe(0) + " to " + to_string(shape));
                         return shape;
                       },
                   .kernel = {broadcast_kernel<float>, broadcast_kernel<double>, broadcast_kernel<Complex>},
                   .vjps = {[](const Pullback& c) { return c.g; }},  // the engine sums it back
                   .samples =
                       [] {
                         const auto to = [](Shape shape) {
                           return [shape](Inputs x) { return broadcast_to(x[0], shape); };
                         };
                         const Range r;
                         return std::vector<Sample>{{rank0, {values({}, r, 1)}, to({})},
                                                    {rank0, {values({}, r, 2)}, to({2, 3})},
                                                    {size1, {values({1}, r, 3)}, to({5})},
                                                    {size1, {values({1, 1}, r, 4)}, to({2, 3})},
                                                    {empty, {values({1, 3}, r, 5)}, to({0, 3})},
                                                    {empty, {values({0}, r, 6)}, to({2, 0})},
                                                    {plain, {values({4}, r, 7)}, to({4})},
                                                    {broadcast_left, {values({4}, r, 8)}, to({3, 4})},
                                                    {broadcast_left, {values({2, 3}, r, 9)}, to({4, 2, 3})},
                                                    {broadcast_right, {values({3, 1}, r, 10)}, to({3, 4})},
                                                    {broadcast_right, {values({2, 1, 3}, r, 11)}, to({2, 4, 3})},
                                                    {non_square, {values({2, 1, 1}, r, 12)}, to({5, 2, 3, 4})}};
                       },
                   .without = {negative_axis, ties},
                   .misuses =
                       [] {
                         return std::vector<Misuse>{
                             {[] { broadcast_to(ones({2}), {3}); }, "broadcast_to: cannot broadcast x (2) to (3)"},
                             {[] {
                                broadcast_to(ones({2, 3}), {3});
                              },
                              "broadcast_to: cannot broadcast x (2, 3) to (3)"}};
                       },
                   .example = XGRAD_EXAMPLE(broadcast_to(tensor({1, 2}), {3, 2}))});

// ------------------------------------------------------------------------------------------------ slice, pad

std::pair<Index, Index> bounds(const Call& c) {
  const Index size = c.x[0].shape()[c.axis(c.attributes.integer("axis"))];
  const auto place = [&](Index i) { return std::clamp<Index>(i < 0 ? i + size : i, 0, size); };
  const Dims range = c.attributes.dims("range");
  const Index start = place(range[0]);
  return {start, std::max(start, place(range[1]))};
}

template <class T>
Tensor slice_kernel(const Call& c, const Shape& shape) {
  const Around a(c.x[0].shape(), c.axis(c.attributes.integer("axis")));
  const auto [start, stop] = bounds(c);
  Tensor y = detail::allocate(shape, dtype_of<T>);
  const T* in = elements<T>(c.x[0]) + start * a.inner;
  T* out = mutable_elements<T>(y);
  const Index run = (stop - start) * a.inner;
  for (Index i = 0; i < a.outer; ++i) std::copy_n(in + i * a.length * a.inner, run, out + i * run);
  return y;
}

const Op slice_op = ops::define(
    ops::shape(), {.name = "slice",
                   .notation = "slice({0}, {axis}, {range})",
                   .shape =
                       [](const Call& c) {
                         const auto [start, stop] = bounds(c);
                         return with_size(c.x[0].shape(), c.axis(c.attributes.integer("axis")), stop - start);
                       },
                   .kernel = {slice_kernel<float>, slice_kernel<double>, slice_kernel<Complex>},
                   .vjps = {[](const Pullback& c) {
                     const Index axis = c.axis(c.attributes.integer("axis"));
                     const auto [start, stop] = bounds(c);
                     return pad(c.g, axis, start, c.x[0].shape()[axis] - stop);
                   }},
                   .samples =
                       [] {
                         const auto cut = [](Index axis, Index start, Index stop) {
                           return [=](Inputs x) { return slice(x[0], axis, start, stop); };
                         };
                         const Range r;
                         return std::vector<Sample>{{size1, {values({1}, r, 1)}, cut(0, 0, 1)},
                                                    {size1, {values({5}, r, 2)}, cut(0, 2, 3)},
                                                    {empty, {values({5}, r, 3)}, cut(0, 3, 3)},
                                                    {empty, {values({0, 3}, r, 4)}, cut(1, 0, 2)},
                                                    {plain, {values({7}, r, 5)}, cut(0, 1, 4)},
                                                    {plain, {values({3, 3}, r, 6)}, cut(0, 1, end)},
                                                    {non_square, {values({2, 5}, r, 7)}, cut(1, 1, 4)},
                                                    {non_square, {values({5, 2}, r, 8)}, cut(0, -3, -1)},
                                                    {non_square, {values({2, 3, 4}, r, 9)}, cut(1, 1, 3)},
                                                    {negative_axis, {values({2, 3, 4}, r, 10)}, cut(-1, 0, 2)},
                                                    {negative_axis, {values({2, 3, 4}, r, 11)}, cut(-3, -1, end)},
                                                    {plain, {values({6}, r, 12)}, cut(0, 2, 100)}};
                       },
                   .without = {rank0, broadcast_left, broadcast_right, ties},
                   .misuses =
                       [] {
                         return std::vector<Misuse>{
                             {[] {
                                slice(ones({2, 3}), 2, 0, 1);
                              },
                              "slice: axis 2 is out of range for x (2, 3)"},
                             {[] { slice(scalar(1), 0, 0, 1); }, "slice: axis 0 is out of range for x ()"}};
                       },
                   .example = XGRAD_EXAMPLE(slice(arange(0, 6), 0, 1, 4))});

template <class T>
Tensor pad_kernel(const Call& c, const Shape& shape) {
  const Index axis = c.axis(c.attributes.integer("axis"));
  const Around from(c.x[0].shape(), axis), to(shape, axis);
  const Index before = c.attributes.dims("width")[0] * to.inner, run = from.length * from.inner,
              step = to.length * to.inner;
  Tensor y = detail::allocate(shape, dtype_of<T>);
  const T* in = elements<T>(c.x[0]);
  T* out = mutable_elements<T>(y);
  std::fill_n(out, y.size(), T(0));
  for (Index i = 0; i < from.outer; ++i) std::copy_n(in + i * run, run, out + i * step + before);
  return y;
}

const Op pad_op = ops::define(
    ops::shape(), {.name = "pad",
                   .notation = "pad({0}, {axis}, {width})",
                   .shape =
                       [](const Call& c) {
                         const Index axis = c.axis(c.attributes.integer("axis"));
                         const Dims width = c.attributes.dims("width");
                         if (width[0] < 0 || width[1] < 0)
                           c.shape_error("negative width " + to_string(width) + " for " + c.describe(0));
                         return with_size(c.x[0].shape(), axis, c.x[0].shape()[axis] + width[0] + width[1]);
                       },
                   .kernel = {pad_kernel<float>, pad_kernel<double>, pad_kernel<Complex>},
                   .vjps = {[](const Pullback& c) {
                     const Index axis = c.axis(c.attributes.integer("axis")), before = c.attributes.dims("width")[0];
                     return slice(c.g, axis, before, before + c.x[0].shape()[axis]);
                   }},
                   .samples =
                       [] {
                         std::vector<Sample> result =
                             samples::along_axis([](const Arg& x, Index axis) { return pad(x, axis, 1, 2); });
                         result.push_back({plain, {values({3}, {}, 20)}, [](Inputs x) { return pad(x[0], 0, 0, 0); }});
                         return result;
                       },
                   .without = {rank0, broadcast_left, broadcast_right, ties},
                   .misuses =
                       [] {
                         auto result =
                             samples::axis_misuses("pad", [](const Arg& x, Index axis) { return pad(x, axis, 1, 1); });
                         result.push_back({[] { pad(ones({2}), 0, -1, 0); }, "pad: negative width (-1, 0) for x (2)"});
                         return result;
                       },
                   .example = XGRAD_EXAMPLE(pad(tensor({1, 2}), 0, 1, 2))});

// ------------------------------------------------------------------------------------------------ joining

// A stack joins along a new axis, concat along one that is there.
bool is_stack(const Call& c) { return c.op.name == "stack"; }

Index join_axis(const Call& c) {
  const Index axis = c.attributes.integer("axis"), rank = c.x[0].rank() + (is_stack(c) ? 1 : 0);
  if (axis < -rank || axis >= rank)
    c.shape_error("axis " + std::to_string(axis) + " is out of range for " + c.describe(0));
  return axis < 0 ? axis + rank : axis;
}

Shape joined(const Call& c) {
  const bool fresh = is_stack(c);
  const Index axis = join_axis(c);
  Index size = 0;
  for (std::size_t i = 0; i < c.x.size(); ++i) {
    const Shape& shape = c.x[i].shape();
    bool fits = shape.rank() == c.x[0].rank();
    for (Index k = 0; fits && k < shape.rank(); ++k) fits = shape[k] == c.x[0].shape()[k] || (!fresh && k == axis);
    if (!fits)
      c.shape_error("cannot join " + c.describe(0) + " and " + c.describe(i) + " along axis " + std::to_string(axis));
    size += fresh ? 1 : shape[axis];
  }
  if (!fresh) return with_size(c.x[0].shape(), axis, size);
  Shape shape;
  for (Index k = 0; k <= c.x[0].rank(); ++k) shape.push_back(k == axis ? size : c.x[0].shape()[k < axis ? k : k - 1]);
  return shape;
}

template <class T>
Tensor join_kernel(const Call& c, const Shape& shape) {
  const Around to(shape, join_axis(c));
  const Index step = to.length * to.inner;
  Tensor y = detail::allocate(shape, dtype_of<T>);
  T* out = mutable_elements<T>(y);
  for (const Tensor& x : c.x) {
    const Index run = to.outer ? x.size() / to.outer : 0;
    const T* in = elements<T>(x);
    for (Index i = 0; i < to.outer; ++i) std::copy_n(in + i * run, run, out + i * step);
    out += run;
  }
  return y;
}

std::vector<Sample> join_samples(Tensor (*join)(const Args&, Index)) {
  const auto along = [join](Index axis) {
    return [=](Inputs x) { return join(std::vector<Tensor>(x.begin(), x.end()), axis); };
  };
  const Range r;
  return {{size1, {values({1}, r, 1), values({1}, r, 2)}, along(0)},
          {size1, {values({1, 1}, r, 3)}, along(1)},
          {empty, {values({0, 2}, r, 4), values({0, 2}, r, 5)}, along(0)},
          {empty, {values({2, 0}, r, 6), values({2, 0}, r, 7)}, along(0)},
          {plain, {values({3}, r, 8), values({3}, r, 9), values({3}, r, 10), values({3}, r, 11)}, along(0)},
          {plain, {values({2, 2}, r, 12), values({2, 2}, r, 13)}, along(1)},
          {non_square, {values({2, 3}, r, 14), values({2, 3}, r, 15)}, along(0)},
          {non_square, {values({2, 3}, r, 16), values({2, 3}, r, 17), values({2, 3}, r, 18)}, along(1)},
          {non_square, {values({2, 3, 4}, r, 19), values({2, 3, 4}, r, 20)}, along(1)},
          {negative_axis, {values({2, 3}, r, 21), values({2, 3}, r, 22)}, along(-1)},
          {negative_axis, {values({2, 3, 4}, r, 23), values({2, 3, 4}, r, 24)}, along(-2)},
          {plain, {values({5}, r, 25)}, along(0)}};
}

std::vector<Misuse> join_misuses(const std::string& name, Tensor (*join)(const Args&, Index)) {
  return {{[=] {
             join({ones({2, 3}), ones({2, 4})}, 0);
           },
           name + ": cannot join operand 0 (2, 3) and operand 1 (2, 4) along axis 0"},
          {[=] {
             join({ones({2, 3}), ones({2})}, 0);
           },
           name + ": cannot join operand 0 (2, 3) and operand 1 (2) along axis 0"},
          {[=] {
             join({ones({2, 3})}, 4);
           },
           name + ": axis 4 is out of range for operand 0 (2, 3)"},
          {[=] { join(std::vector<Tensor>{}, 0); }, name + ": takes at least 1 operand, not 0"}};
}

const Op concat_op = ops::define(
    ops::shape(), {.name = "concat",
                   .variadic = true,
                   .notation = "concat({*}, {axis})",
                   .shape = joined,
                   .kernel = {join_kernel<float>, join_kernel<double>, join_kernel<Complex>},
                   .vjps = {[](const Pullback& c) {
                     const Index axis = join_axis(c);
                     Index start = 0;
                     for (std::size_t i = 0; i < c.index; ++i) start += c.x[i].shape()[axis];
                     return slice(c.g, axis, start, start + c.x[c.index].shape()[axis]);
                   }},
                   .samples =
                       [] {
                         std::vector<Sample> result = join_samples(concat);
                         result.push_back({non_square, {values({2, 3}, {}, 30), values({2, 1}, {}, 31)}, [](Inputs x) {
                                             return concat({x[0], x[1]}, 1);
                                           }});
                         return result;
                       },
                   .without = {rank0, broadcast_left, broadcast_right, ties},
                   .misuses = [] { return join_misuses("concat", concat); },
                   .example = XGRAD_EXAMPLE(concat({tensor({1, 2}), tensor({3})}))});

const Op stack_op = ops::define(
    ops::shape(),
    {.name = "stack",
     .variadic = true,
     .notation = "stack({*}, {axis})",
     .shape = joined,
     .kernel = {join_kernel<float>, join_kernel<double>, join_kernel<Complex>},
     .vjps = {[](const Pullback& c) {
       const Index i = static_cast<Index>(c.index);
       return reshape(slice(c.g, join_axis(c), i, i + 1), c.x[c.index].shape());
     }},
     .samples =
         [] {
           std::vector<Sample> result = join_samples(stack);
           result.push_back({rank0, {scalar(1.5), scalar(-2)}, [](Inputs x) { return stack({x[0], x[1]}); }});
           return result;
         },
     .without = {broadcast_left, broadcast_right, ties},
     .misuses = [] { return join_misuses("stack", stack); },
     .example = XGRAD_EXAMPLE(stack({tensor({1, 2}), tensor({3, 4})}))});

// ------------------------------------------------------------------------------------------------ one_hot

Tensor one_hot_kernel(const Call& c, const Shape& shape) {
  const bool narrow = c.attributes.is("dtype", "f32");
  Tensor y = zeros(shape, narrow ? f32 : f64);
  const Index classes = shape[shape.rank() - 1];
  const double* in = elements<double>(c.x[0]);
  for (Index i = 0; i < c.x[0].size(); ++i) {
    const Index at = i * classes + static_cast<Index>(in[i]);
    if (narrow)
      mutable_elements<float>(y)[at] = 1;
    else
      mutable_elements<double>(y)[at] = 1;
  }
  return y;
}

const Op one_hot_op = ops::define(
    ops::shape(), {.name = "one_hot",
                   .notation = "one_hot({0}, {classes})",
                   .shape =
                       [](const Call& c) {
                         const Index classes = c.attributes.integer("classes");
                         if (classes < 1) c.shape_error("needs at least 1 class, not " + std::to_string(classes));
                         Shape shape = c.x[0].shape();
                         shape.push_back(classes);
                         return shape;
                       },
                   .check =
                       [](const Call& c) {
                         if (c.x[0].dtype() != f64)
                           throw DTypeError(
                               "one_hot: classes are f64 whole numbers, not " + std::string(to_string(c.x[0].dtype())),
                               c.where);
                         const Index classes = c.attributes.integer("classes");
                         const double* in = elements<double>(c.x[0]);
                         for (Index i = 0; i < c.x[0].size(); ++i)
                           if (!(in[i] >= 0 && in[i] < static_cast<double>(classes) && in[i] == std::floor(in[i])))
                             c.numeric_error("element " + std::to_string(i) + " of " + c.describe(0) + " is " +
                                             std::to_string(in[i]) + ", not a class: a whole number from 0 to " +
                                             std::to_string(classes - 1));
                       },
                   .kernel = {one_hot_kernel, one_hot_kernel, one_hot_kernel},
                   .index_operands = {0},
                   .samples =
                       [] {
                         const auto call = [](Inputs x) { return one_hot(x[0], 4); };
                         std::vector<Sample> result;
                         for (const Shape& shape :
                              {Shape{}, {1}, {0}, {3}, {2, 3}, {3, 2}, {2, 0}, {1, 1}, {2, 3, 2}, {4}, {5}, {7}}) {
                           std::vector<double> classes(static_cast<std::size_t>(element_count(shape)));
                           for (std::size_t i = 0; i < classes.size(); ++i) classes[i] = static_cast<double>(i * i % 4);
                           const SampleKind kind = shape.empty()               ? rank0
                                                   : element_count(shape) == 0 ? empty
                                                   : element_count(shape) == 1 ? size1
                                                   : shape.rank() > 1          ? non_square
                                                                               : plain;
                           result.push_back({kind, {tensor(classes, shape)}, call});
                         }
                         return result;
                       },
                   .without = {broadcast_left, broadcast_right, negative_axis, ties},
                   .misuses =
                       [] {
                         return std::vector<Misuse>{
                             {[] {
                                one_hot(tensor({0., 4.}), 4);
                              },
                              "one_hot: element 1 of x (2) is 4.000000, not a class: a whole number from 0 to 3"},
                             {[] { one_hot(tensor({0.5}), 4); },
                              "one_hot: element 0 of x (1) is 0.500000, not a class: a whole number from 0 to 3"},
                             {[] { one_hot(tensor({-1.}), 4); },
                              "one_hot: element 0 of x (1) is -1.000000, not a class: a whole number from 0 to 3"},
                             {[] { one_hot(tensor({0.}), 0); }, "one_hot: needs at least 1 class, not 0"}};
                       },
                   .example = XGRAD_EXAMPLE(one_hot(tensor({0, 2}), 3))});

}  // namespace

Tensor reshape(const Arg& x, const Shape& shape) { return reshape_op(x, {{"shape", shape}}); }
Tensor transpose(const Arg& x, Index axis0, Index axis1) {
  return transpose_op(x, {{"axis0", static_cast<double>(axis0)}, {"axis1", static_cast<double>(axis1)}});
}
Tensor permute(const Arg& x, const Axes& axes) { return permute_op(x, {{"axes", axes}}); }
Tensor broadcast_to(const Arg& x, const Shape& shape) { return broadcast_to_op(x, {{"shape", shape}}); }
Tensor slice(const Arg& x, Index axis, Index start, Index stop) {
  return slice_op(x, {{"axis", static_cast<double>(axis)}, {"range", Dims{start, stop}}});
}
Tensor pad(const Arg& x, Index axis, Index before, Index after) {
  return pad_op(x, {{"axis", static_cast<double>(axis)}, {"width", Dims{before, after}}});
}
Tensor concat(const Args& x, Index axis) { return concat_op(x, {{"axis", static_cast<double>(axis)}}); }
Tensor stack(const Args& x, Index axis) { return stack_op(x, {{"axis", static_cast<double>(axis)}}); }
Tensor one_hot(const Arg& x, Index classes, DType dtype) {
  return one_hot_op(x, {{"classes", static_cast<double>(classes)}, {"dtype", to_string(dtype)}});
}

}  // namespace xgrad
