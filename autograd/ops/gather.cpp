// gather and its transpose: one element an index.

#include <autograd/ops.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/index.hpp>
#include <autograd/ops/samples.hpp>

namespace xgrad {

ops::Family& ops::gather() {
  static Family family;
  return family;
}

namespace {

using enum SampleKind;
using samples::values;

std::vector<Misuse> index_misuses(const std::string& name,
                                  const std::function<Tensor(const Tensor&, Index, const Tensor&)>& f) {
  const Tensor x = ones({3, 3}), index = matrix({{0, 1, 2}, {0, 1, 2}, {0, 1, 2}});
  const auto with = [=](double value) { return where(equal(index, 1.), value, index); };
  return {{[=] { f(x, 2, index); }, name + ": axis 2 is out of range for x (3, 3)"},
          {[=] { f(x, 0, with(3)); }, name + ": element 1 of index (3, 3) is 3, not a whole number from 0 to 2"},
          {[=] { f(x, 0, with(-1)); }, name + ": element 1 of index (3, 3) is -1, not a whole number from 0 to 2"},
          {[=] { f(x, 0, with(0.5)); }, name + ": element 1 of index (3, 3) is 0.5, not a whole number from 0 to 2"},
          {[=] { f(x, 0, with(NAN)); }, name + ": element 1 of index (3, 3) is nan, not a whole number from 0 to 2"},
          {[=] { f(x, 0, index.to(f32)); }, name + ": index (3, 3) is f32; indices are f64"}};
}

Shape gathered(const Call& c) {
  const Index axis = ops::axis_of(c);
  const Shape &x = c.x[0].shape(), &index = c.x[1].shape();
  if (index.rank() != x.rank() || ops::with_size(index, axis, 0) != ops::with_size(x, axis, 0))
    c.shape_error(c.describe(1) + " and " + c.describe(0) + " must agree but ops::along axis " +
                  std::to_string(c.attributes.integer("axis")));
  return index;
}

// f(flat index ops::along the axis of x, flat index of the index operand), for every element of the latter.
template <class F>
void each_indexed(const Call& c, F f) {
  const ops::Around x(c.x[0].shape(), ops::axis_of(c)), index(c.x[1].shape(), ops::axis_of(c));
  Index k = 0;
  for (Index i = 0; i < index.outer; ++i)
    for (Index l = 0; l < index.length; ++l)
      for (Index j = 0; j < index.inner; ++j, ++k) f((i * x.length + ops::index_at(c, k)) * x.inner + j, k);
}

template <class T>
Tensor gather_kernel(const Call& c, const Shape& shape) {
  Tensor y = detail::allocate(shape, dtype_of<T>);
  const T* in = elements<T>(c.x[0]);
  T* out = mutable_elements<T>(y);
  each_indexed(c, [&](Index from, Index k) { out[k] = in[from]; });
  return y;
}

template <class T>
Tensor scatter_kernel(const Call& c, const Shape& shape) {
  Tensor y = detail::allocate(shape, dtype_of<T>);
  T* out = mutable_elements<T>(y);
  std::copy_n(elements<T>(c.x[0]), y.size(), out);
  const T* in = elements<T>(c.x[2]);
  each_indexed(c, [&](Index to, Index k) { out[to] += in[k]; });
  return y;
}

struct Gathering {
  SampleKind kind;
  Shape x, index;
  Index axis;
};

const std::vector<Gathering>& gatherings() {
  static const std::vector<Gathering> all = {{size1, {1}, {1}, 0},
                                             {size1, {1, 1}, {1, 3}, 1},
                                             {empty, {3}, {0}, 0},
                                             {empty, {3, 0}, {2, 0}, 0},
                                             {plain, {5}, {4}, 0},
                                             {plain, {3, 3}, {3, 3}, 0},
                                             {plain, {3, 3}, {3, 3}, 1},
                                             {non_square, {2, 5}, {2, 3}, 1},
                                             {non_square, {5, 2}, {7, 2}, 0},
                                             {non_square, {2, 3, 4}, {2, 2, 4}, 1},
                                             {negative_axis, {2, 3}, {2, 4}, -1},
                                             {negative_axis, {2, 3, 4}, {1, 3, 4}, -3}};
  return all;
}

// Indices without a pattern, some of them twice.
Tensor some_indices(const Gathering& g) {
  const Index size = g.x[g.axis < 0 ? g.axis + g.x.rank() : g.axis];
  return floor(values(g.index, {.low = 0, .high = 1}, 99) * static_cast<double>(size));
}

const ops::Entry gather_op([] {
  return ops::define(ops::gather(),
                     {.name = "gather",
                      .operands = {"x", "index"},
                      .notation = "gather({0}, {axis}, {1})",
                      .shape = gathered,
                      .check = ops::check_along_axis,
                      .kernel = {gather_kernel<float>, gather_kernel<double>, gather_kernel<Complex>},
                      .vjps = {[](const Pullback& c) {
                                 return scatter_add(detail::zeros_like(c.x[0].detach()), ops::axis_of(c), c.x[1], c.g);
                               },
                               nullptr},
                      .index_operands = {1},
                      .samples =
                          [] {
                            std::vector<Sample> result;
                            unsigned seed = 1;
                            for (const Gathering& g : gatherings())
                              result.push_back({g.kind, {values(g.x, {}, seed++)}, [g](Inputs x) {
                                                  return gather(x[0], g.axis, some_indices(g));
                                                }});
                            return result;
                          },
                      .without = ops::not_for_indices,
                      .misuses =
                          [] {
                            auto result = index_misuses("gather", [](const Tensor& x, Index axis, const Tensor& index) {
                              return gather(x, axis, index);
                            });
                            result.push_back({[] {
                                                gather(ones({2, 3}), 0, zeros({2, 2}));
                                              },
                                              "gather: index (2, 2) and x (2, 3) must agree but ops::along axis 0"});
                            return result;
                          },
                      .example = XGRAD_EXAMPLE(gather(matrix({{1, 2}, {3, 4}}), 1, matrix({{1}, {0}})))});
});

const ops::Entry scatter_add_op([] {
  return ops::define(
      ops::gather(),
      {.name = "scatter_add",
       .operands = {"x", "index", "source"},
       .notation = "scatter_add({0}, {axis}, {1}, {2})",
       .shape =
           [](const Call& c) {
             if (gathered(c) != c.x[2].shape())
               c.shape_error(c.describe(2) + " must have the shape of " + c.describe(1));
             return c.x[0].shape();
           },
       .check = ops::check_along_axis,
       .kernel = {scatter_kernel<float>, scatter_kernel<double>, scatter_kernel<Complex>},
       .vjps = {[](const Pullback& c) { return c.g; }, nullptr,
                [](const Pullback& c) { return gather(c.g, ops::axis_of(c), c.x[1]); }},
       .index_operands = {1},
       .samples =
           [] {
             std::vector<Sample> result;
             unsigned seed = 1;
             for (const Gathering& g : gatherings()) {
               result.push_back({g.kind, {values(g.x, {}, seed), values(g.index, {}, seed + 1)}, [g](Inputs x) {
                                   return scatter_add(x[0], g.axis, some_indices(g), x[1]);
                                 }});
               seed += 2;
             }
             return result;
           },
       .without = ops::not_for_indices,
       .misuses =
           [] {
             auto result = index_misuses("scatter_add", [](const Tensor& x, Index axis, const Tensor& index) {
               return scatter_add(x, axis, index, ones(index.shape()));
             });
             result.push_back({[] {
                                 scatter_add(ones({3}), 0, tensor({0, 1}), ones({3}));
                               },
                               "scatter_add: source (3) must have the shape of index (2)"});
             return result;
           },
       .example = XGRAD_EXAMPLE(scatter_add(zeros({3}), 0, tensor({2, 0, 2}), tensor({1, 2, 3})))});
});

}  // namespace

Tensor gather(const Arg& x, Index axis, const Arg& index) { return gather_op(x, index, ops::along(axis)); }
Tensor scatter_add(const Arg& x, Index axis, const Arg& index, const Arg& source) {
  return scatter_add_op(x, index, source, ops::along(axis));
}

}  // namespace xgrad
