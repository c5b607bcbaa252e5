// Operations that give the same elements another shape.

#include <algorithm>

#include <autograd/ops.hpp>
#include <autograd/ops/axis.hpp>
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
  const auto kernel = [](const Call& c, const Shape& shape) { return detail::share(c.x[0], shape); };
  return {kernel, kernel, kernel};
}

const ops::Entry reshape_op([] {
  return ops::define(
      ops::shape(),
      {.name = "reshape",
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
             return std::vector<Misuse>{{[] {
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
});

// ------------------------------------------------------------------------------------------------ squeeze

Shape squeezed(const Call& c) {
  const Shape& shape = c.x[0].shape();
  const bool all = c.attributes.is("axes", "all");
  Axes dropped;
  if (!all)
    for (Index axis : c.attributes.dims("axes")) {
      const Index at = c.axis(axis);
      if (shape[at] != 1) c.shape_error("axis " + std::to_string(axis) + " of " + c.describe(0) + " is not of size 1");
      dropped.push_back(at);
    }
  Shape result;
  for (Index i = 0; i < shape.rank(); ++i)
    if (all ? shape[i] != 1 : !dropped.contains(i)) result.push_back(shape[i]);
  return result;
}

Tensor as_before(const Pullback& c) { return reshape(c.g, c.x[0].shape()); }

std::vector<Sample> squeeze_samples() {
  const auto all = [](Inputs x) { return squeeze(x[0]); };
  const auto at = [](Axes axes) { return [axes](Inputs x) { return squeeze(x[0], axes); }; };
  const Range r;
  return {{rank0, {values({}, r, 1)}, all},
          {size1, {values({1}, r, 2)}, all},
          {size1, {values({1, 1}, r, 3)}, at({0})},
          {empty, {values({1, 0}, r, 4)}, all},
          {empty, {values({0, 1, 2}, r, 5)}, at({1})},
          {plain, {values({4}, r, 6)}, all},
          {non_square, {values({3, 1}, r, 7)}, at({1})},
          {non_square, {values({1, 2, 1, 3}, r, 8)}, all},
          {non_square, {values({1, 2, 1, 3}, r, 9)}, at({0, 2})},
          {non_square, {values({1, 2, 1, 3}, r, 10)}, at({2})},
          {negative_axis, {values({2, 1}, r, 11)}, at({-1})},
          {negative_axis, {values({1, 2, 3}, r, 12)}, at({-3})}};
}

std::vector<Misuse> squeeze_misuses() {
  return {{[] {
             squeeze(ones({2, 3}), {1});
           },
           "squeeze: axis 1 of x (2, 3) is not of size 1"},
          {[] {
             squeeze(ones({2, 1}), {2});
           },
           "squeeze: axis 2 is out of range for x (2, 1)"}};
}

const ops::Entry squeeze_op([] {
  return ops::define(ops::shape(), {.name = "squeeze",
                                    .notation = "squeeze({0}, {axes})",
                                    .shape = squeezed,
                                    .kernel = sharing(),
                                    .vjps = {as_before},
                                    .samples = squeeze_samples,
                                    .without = {broadcast_left, broadcast_right, ties},
                                    .misuses = squeeze_misuses,
                                    .example = XGRAD_EXAMPLE(squeeze(ones({1, 3, 1})))});
});

Shape unsqueezed(const Call& c) {
  const Shape& shape = c.x[0].shape();
  Index axis = c.attributes.integer("axis");
  const Index rank = shape.rank();
  if (axis < -rank - 1 || axis > rank)
    c.shape_error("axis " + std::to_string(axis) + " is out of range for " + c.describe(0) + " and one axis more");
  if (axis < 0) axis += rank + 1;
  Shape result;
  for (Index i = 0; i <= rank; ++i) result.push_back(i == axis ? 1 : shape[i < axis ? i : i - 1]);
  return result;
}

std::vector<Sample> unsqueeze_samples() {
  const auto at = [](Index axis) { return [axis](Inputs x) { return unsqueeze(x[0], axis); }; };
  const Range r;
  return {{rank0, {values({}, r, 1)}, at(0)},
          {size1, {values({1}, r, 2)}, at(1)},
          {size1, {values({1, 1}, r, 3)}, at(0)},
          {empty, {values({0}, r, 4)}, at(0)},
          {empty, {values({2, 0}, r, 5)}, at(1)},
          {plain, {values({4}, r, 6)}, at(0)},
          {plain, {values({4}, r, 7)}, at(1)},
          {non_square, {values({2, 3}, r, 8)}, at(1)},
          {non_square, {values({2, 3}, r, 9)}, at(2)},
          {non_square, {values({2, 3, 4}, r, 10)}, at(0)},
          {negative_axis, {values({2, 3}, r, 11)}, at(-1)},
          {negative_axis, {values({2, 3}, r, 12)}, at(-3)}};
}

std::vector<Misuse> unsqueeze_misuses() {
  return {{[] {
             unsqueeze(ones({2, 3}), 3);
           },
           "unsqueeze: axis 3 is out of range for x (2, 3) and one axis more"},
          {[] {
             unsqueeze(ones({2, 3}), -4);
           },
           "unsqueeze: axis -4 is out of range for x (2, 3) and one axis more"}};
}

const ops::Entry unsqueeze_op([] {
  return ops::define(ops::shape(), {.name = "unsqueeze",
                                    .notation = "unsqueeze({0}, {axis})",
                                    .shape = unsqueezed,
                                    .kernel = sharing(),
                                    .vjps = {as_before},
                                    .samples = unsqueeze_samples,
                                    .without = {broadcast_left, broadcast_right, ties},
                                    .misuses = unsqueeze_misuses,
                                    .example = XGRAD_EXAMPLE(unsqueeze(tensor({1, 2}), 1))});
});

// ------------------------------------------------------------------------------------------------ broadcast

template <class T>
Tensor broadcast_kernel(const Call& c, const Shape& shape) {
  return detail::one_by_one<T, 1>([](const T& x) { return x; }, c, shape);
}

const ops::Entry broadcast_to_op([] {
  return ops::define(
      ops::shape(),
      {.name = "broadcast_to",
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
             const auto to = [](Shape shape) { return [shape](Inputs x) { return broadcast_to(x[0], shape); }; };
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
});

}  // namespace

Tensor reshape(const Arg& x, const Shape& shape) { return reshape_op(x, {{"shape", shape}}); }
Tensor squeeze(const Arg& x) { return squeeze_op(x, {{"axes", "all"}}); }
Tensor squeeze(const Arg& x, const Axes& axes) { return squeeze_op(x, {{"axes", axes}}); }
Tensor unsqueeze(const Arg& x, Index axis) { return unsqueeze_op(x, {{"axis", static_cast<double>(axis)}}); }
Tensor broadcast_to(const Arg& x, const Shape& shape) { return broadcast_to_op(x, {{"shape", shape}}); }

}  // namespace xgrad
