// Cutting and joining along an axis.

#include <algorithm>

#include <autograd/ops.hpp>
#include <autograd/ops/axis.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/samples.hpp>
#include <autograd/tape.hpp>

namespace xgrad {

ops::Family& ops::join() {
  static Family family;
  return family;
}

namespace {

using enum SampleKind;
using samples::Range;
using samples::values;

// The elements first, first + step, … of an axis, `count` of them; Python's rule for bounds.
struct Range1 {
  Index first, count, step;
  Index lowest() const { return step > 0 || count == 0 ? first : first + (count - 1) * step; }
};

Range1 range_of(const Call& c) {
  const Index size = c.x[0].shape()[ops::axis_of(c)];
  const Dims given = c.attributes.dims("range");
  const Index step = given[2];
  if (step == 0) c.shape_error("a step of 0 leads nowhere");
  const Index low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;
  const auto place = [&](Index i) { return std::clamp(i < 0 ? i + size : i, low, high); };
  const Index first = place(given[0]), stop = given[1] == end && step < 0 ? -1 : place(given[1]);
  const Index span = step > 0 ? stop - first : first - stop, stride = std::abs(step);
  return {first, span > 0 ? (span + stride - 1) / stride : 0, step};
}

template <class T>
Tensor slice_kernel(const Call& c, const Shape& shape) {
  const Index axis = ops::axis_of(c);
  const Range1 range = range_of(c);
  if (element_count(shape) == 0) return detail::allocate(shape, dtype_of<T>);
  Dims strides = ops::strides_of(c.x[0].shape());
  const T* first = elements<T>(c.x[0]) + range.first * strides[axis];
  strides[axis] *= range.step;
  return ops::strided_copy(first, strides, shape);
}

// Zeros where nothing was taken.
Tensor spread(const Pullback& c) {
  const Index axis = ops::axis_of(c), size = c.x[0].shape()[axis];
  const Range1 range = range_of(c);
  if (range.count == 0) return pad(c.g, axis, size, 0);
  const Index stride = std::abs(range.step), before = range.lowest();
  const Index after = size - 1 - before - (range.count - 1) * stride;
  return pad(range.step > 0 ? c.g : flip(c.g, {axis}), axis, before, after, stride - 1);
}

const ops::Entry slice_op([] {
  return ops::define(
      ops::join(),
      {.name = "slice",
       .notation = "slice({0}, {axis}, {range})",
       .shape = [](const Call& c) { return ops::with_size(c.x[0].shape(), ops::axis_of(c), range_of(c).count); },
       .kernel = {slice_kernel<float>, slice_kernel<double>, slice_kernel<Complex>},
       .vjps = {spread},
       .samples =
           [] {
             const auto cut = [](Index axis, Index start, Index stop, Index step = 1) {
               return [=](Inputs x) { return slice(x[0], axis, start, stop, step); };
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
                                        {plain, {values({6}, r, 12)}, cut(0, 2, 100)},
                                        {plain, {values({7}, r, 13)}, cut(0, 0, end, 3)},
                                        {plain, {values({8}, r, 14)}, cut(0, 1, -1, 2)},
                                        {plain, {values({5}, r, 15)}, cut(0, -1, end, -1)},
                                        {non_square, {values({2, 7}, r, 16)}, cut(-1, 5, 0, -2)},
                                        {empty, {values({5}, r, 17)}, cut(0, 1, 4, -1)}};
           },
       .without = {rank0, broadcast_left, broadcast_right, ties},
       .misuses =
           [] {
             return std::vector<Misuse>{{[] {
                                           slice(ones({2, 3}), 2, 0, 1);
                                         },
                                         "slice: axis 2 is out of range for x (2, 3)"},
                                        {[] { slice(scalar(1), 0, 0, 1); }, "slice: axis 0 is out of range for x ()"},
                                        {[] { slice(ones({3}), 0, 0, end, 0); }, "slice: a step of 0 leads nowhere"}};
           },
       .example = XGRAD_EXAMPLE(slice(arange(0, 6), 0, 1, 4))});
});

// Element i of x goes to before + i·(between + 1).
Index padded_size(const Dims& width, Index size) {
  return width[0] + width[1] + size + std::max<Index>(0, size - 1) * width[2];
}

template <class T>
Tensor pad_kernel(const Call& c, const Shape& shape) {
  const Index axis = ops::axis_of(c);
  const ops::Around from(c.x[0].shape(), axis), to(shape, axis);
  const Dims width = c.attributes.dims("width");
  Tensor y = detail::allocate(shape, dtype_of<T>);
  const T* in = elements<T>(c.x[0]);
  T* out = mutable_elements<T>(y);
  std::fill_n(out, y.size(), T(0));
  const Index pieces = width[2] == 0 ? 1 : from.length, run = from.length / std::max<Index>(1, pieces) * from.inner;
  for (Index i = 0; i < from.outer; ++i)
    for (Index k = 0; k < pieces; ++k, in += run)
      std::copy_n(in, run, out + (i * to.length + width[0] + k * (width[2] + 1)) * to.inner);
  return y;
}

Tensor cut_out(const Pullback& c) {
  const Index axis = ops::axis_of(c), size = c.x[0].shape()[axis];
  const Dims width = c.attributes.dims("width");
  return slice(c.g, axis, width[0], width[0] + padded_size({0, 0, width[2]}, size), width[2] + 1);
}

const ops::Entry pad_op([] {
  return ops::define(
      ops::join(),
      {.name = "pad",
       .notation = "pad({0}, {axis}, {width})",
       .shape =
           [](const Call& c) {
             const Index axis = ops::axis_of(c);
             const Dims width = c.attributes.dims("width");
             if (width[0] < 0 || width[1] < 0 || width[2] < 0)
               c.shape_error("negative width " + to_string(width) + " for " + c.describe(0));
             return ops::with_size(c.x[0].shape(), axis, padded_size(width, c.x[0].shape()[axis]));
           },
       .kernel = {pad_kernel<float>, pad_kernel<double>, pad_kernel<Complex>},
       .vjps = {cut_out},
       .samples =
           [] {
             std::vector<Sample> result =
                 samples::along_axis([](const Arg& x, Index axis) { return pad(x, axis, 1, 2); });
             result.push_back({plain, {values({3}, {}, 20)}, [](Inputs x) { return pad(x[0], 0, 0, 0); }});
             result.push_back({non_square, {values({2, 3}, {}, 21)}, [](Inputs x) { return pad(x[0], 1, 1, 0, 2); }});
             return result;
           },
       .without = {rank0, broadcast_left, broadcast_right, ties},
       .misuses =
           [] {
             auto result = samples::axis_misuses("pad", [](const Arg& x, Index axis) { return pad(x, axis, 1, 1); });
             result.push_back({[] { pad(ones({2}), 0, -1, 0); }, "pad: negative width (-1, 0, 0) for x (2)"});
             return result;
           },
       .example = XGRAD_EXAMPLE(pad(tensor({1, 2}), 0, 1, 2))});
});

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
  if (!fresh) return ops::with_size(c.x[0].shape(), axis, size);
  Shape shape;
  for (Index k = 0; k <= c.x[0].rank(); ++k) shape.push_back(k == axis ? size : c.x[0].shape()[k < axis ? k : k - 1]);
  return shape;
}

template <class T>
Tensor join_kernel(const Call& c, const Shape& shape) {
  const ops::Around to(shape, join_axis(c));
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

const ops::Entry concat_op([] {
  return ops::define(
      ops::join(), {.name = "concat",
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
});

const ops::Entry stack_op([] {
  return ops::define(
      ops::join(),
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
});

}  // namespace

Tensor slice(const Arg& x, Index axis, Index start, Index stop, Index step) {
  return slice_op(x, {{"axis", static_cast<double>(axis)}, {"range", Dims{start, stop, step}}});
}
Tensor pad(const Arg& x, Index axis, Index before, Index after, Index between) {
  return pad_op(x, {{"axis", static_cast<double>(axis)}, {"width", Dims{before, after, between}}});
}
Tensor concat(const Args& x, Index axis) { return concat_op(x, {{"axis", static_cast<double>(axis)}}); }
Tensor stack(const Args& x, Index axis) { return stack_op(x, {{"axis", static_cast<double>(axis)}}); }

std::vector<Tensor> split(const Arg& x, const std::vector<Index>& sizes, Index axis) {
  const Shape shape = detail::value_of("split", x).shape();
  const Index at = axis < 0 ? axis + shape.rank() : axis;
  if (at < 0 || at >= shape.rank())
    throw ShapeError(
        "split: axis " + std::to_string(axis) + " is out of range for " + detail::label(detail::value_of("split", x)),
        x.where);
  Index sum = 0;
  std::string list;
  for (Index size : sizes) {
    list += (list.empty() ? "" : " + ") + std::to_string(size);
    if (size < 0) throw ShapeError("split: a part cannot have size " + std::to_string(size), x.where);
    sum += size;
  }
  if (sum != shape[at])
    throw ShapeError("split: the parts " + list + " do not make up axis " + std::to_string(axis) + " of " +
                         detail::label(detail::value_of("split", x)),
                     x.where);
  std::vector<Tensor> parts;
  parts.reserve(sizes.size());
  Index start = 0;
  for (Index size : sizes) {
    parts.push_back(slice(x, at, start, start + size));
    start += size;
  }
  return parts;
}

}  // namespace xgrad
