// Choosing elements by index, and its transpose: adding to them.

#include <algorithm>
#include <cmath>

#include <autograd/ops.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/index.hpp>
#include <autograd/ops/samples.hpp>
#include <autograd/tape.hpp>

namespace xgrad {

ops::Family& ops::index() {
  static Family family;
  return family;
}

namespace {

using enum SampleKind;
using samples::values;

// ------------------------------------------------------------------------------------------------ whole entries

Shape selected(const Call& c) {
  const Index axis = ops::axis_of(c);
  if (c.x[1].rank() != 1) c.shape_error(c.describe(1) + " must be a vector");
  return ops::with_size(c.x[0].shape(), axis, c.x[1].size());
}

template <class T>
Tensor select_kernel(const Call& c, const Shape& shape) {
  const ops::Around from(c.x[0].shape(), ops::axis_of(c));
  Tensor y = detail::allocate(shape, dtype_of<T>);
  const T* in = elements<T>(c.x[0]);
  T* out = mutable_elements<T>(y);
  const Index count = c.x[1].size();
  for (Index i = 0; i < from.outer; ++i)
    for (Index k = 0; k < count; ++k, out += from.inner)
      std::copy_n(in + (i * from.length + ops::index_at(c, k)) * from.inner, from.inner, out);
  return y;
}

// Operands, axis and index of the samples of both operations on whole entries.
struct Selection {
  SampleKind kind;
  Shape shape;
  Index axis;
  std::vector<double> index;
};

const std::vector<Selection>& selections() {
  static const std::vector<Selection> all = {{size1, {1}, 0, {0}},
                                             {size1, {1, 1}, 1, {0, 0, 0}},
                                             {empty, {3}, 0, {}},
                                             {empty, {3, 0}, 0, {2, 1}},
                                             {plain, {5}, 0, {4, 0, 2}},
                                             {plain, {3, 3}, 0, {2, 2, 0, 1}},
                                             {plain, {3, 3}, 1, {0, 2}},
                                             {non_square, {2, 5}, 1, {1, 1}},
                                             {non_square, {5, 2}, 0, {3, 4, 0, 3, 1, 2}},
                                             {non_square, {2, 3, 4}, 1, {2}},
                                             {negative_axis, {2, 3}, -1, {2, 0, 0}},
                                             {negative_axis, {2, 3, 4}, -3, {1, 0, 1}}};
  return all;
}

std::vector<Misuse> entry_misuses(const std::string& name,
                                  const std::function<Tensor(const Tensor&, Index, const Tensor&)>& f) {
  const Tensor x = ones({3, 3});
  return {{[=] {
             f(x, 0, matrix({{0}, {1}}));
           },
           name + ": index (2, 1) must be a vector"},
          {[=] { f(x, -3, tensor({0})); }, name + ": axis -3 is out of range for x (3, 3)"},
          {[=] {
             f(x, 0, tensor({0, 3}));
           },
           name + ": element 1 of index (2) is 3, not a whole number from 0 to 2"},
          {[=] { f(x, 0, tensor({0.5})); }, name + ": element 0 of index (1) is 0.5, not a whole number from 0 to 2"},
          {[=] {
             f(zeros({0, 3}), 0, tensor({0}));
           },
           name + ": element 0 of index (1) is 0, not an index: the axis is empty"},
          {[=] { f(x, 0, tensor({0}, f32)); }, name + ": index (1) is f32; indices are f64"}};
}

const ops::Entry index_select_op([] {
  return ops::define(ops::index(),
                     {.name = "index_select",
                      .operands = {"x", "index"},
                      .notation = "index_select({0}, {axis}, {1})",
                      .shape = selected,
                      .check = ops::check_along_axis,
                      .kernel = {select_kernel<float>, select_kernel<double>, select_kernel<Complex>},
                      .vjps = {[](const Pullback& c) {
                                 return index_add(detail::zeros_like(c.x[0].detach()), ops::axis_of(c), c.x[1], c.g);
                               },
                               nullptr},
                      .index_operands = {1},
                      .samples =
                          [] {
                            std::vector<Sample> result;
                            unsigned seed = 1;
                            for (const Selection& s : selections())
                              result.push_back({s.kind, {values(s.shape, {}, seed++)}, [s](Inputs x) {
                                                  return index_select(x[0], s.axis, tensor(s.index));
                                                }});
                            return result;
                          },
                      .without = ops::not_for_indices,
                      .misuses =
                          [] {
                            return entry_misuses("index_select", [](const Tensor& x, Index axis, const Tensor& index) {
                              return index_select(x, axis, index);
                            });
                          },
                      .example = XGRAD_EXAMPLE(index_select(tensor({10, 20, 30}), 0, tensor({2, 0, 2})))});
});

template <class T>
Tensor index_add_kernel(const Call& c, const Shape& shape) {
  const ops::Around to(shape, ops::axis_of(c));
  Tensor y = detail::allocate(shape, dtype_of<T>);
  T* out = mutable_elements<T>(y);
  std::copy_n(elements<T>(c.x[0]), y.size(), out);
  const T* in = elements<T>(c.x[2]);
  const Index count = c.x[1].size();
  for (Index i = 0; i < to.outer; ++i)
    for (Index k = 0; k < count; ++k, in += to.inner) {
      T* row = out + (i * to.length + ops::index_at(c, k)) * to.inner;
      for (Index j = 0; j < to.inner; ++j) row[j] += in[j];
    }
  return y;
}

const ops::Entry index_add_op([] {
  return ops::define(
      ops::index(),
      {.name = "index_add",
       .operands = {"x", "index", "source"},
       .notation = "index_add({0}, {axis}, {1}, {2})",
       .shape =
           [](const Call& c) {
             const Shape needed = selected(c);
             if (c.x[2].shape() != needed)
               c.shape_error(c.describe(2) + " must have the shape " + to_string(needed) + " of what " + c.describe(1) +
                             " selects from " + c.describe(0));
             return c.x[0].shape();
           },
       .check = ops::check_along_axis,
       .kernel = {index_add_kernel<float>, index_add_kernel<double>, index_add_kernel<Complex>},
       .vjps = {[](const Pullback& c) { return c.g; }, nullptr,
                [](const Pullback& c) { return index_select(c.g, ops::axis_of(c), c.x[1]); }},
       .index_operands = {1},
       .samples =
           [] {
             std::vector<Sample> result;
             unsigned seed = 1;
             for (const Selection& s : selections()) {
               Shape source = s.shape;
               source[s.axis < 0 ? s.axis + s.shape.rank() : s.axis] = static_cast<Index>(s.index.size());
               result.push_back({s.kind, {values(s.shape, {}, seed), values(source, {}, seed + 1)}, [s](Inputs x) {
                                   return index_add(x[0], s.axis, tensor(s.index), x[1]);
                                 }});
               seed += 2;
             }
             return result;
           },
       .without = ops::not_for_indices,
       .misuses =
           [] {
             auto result = entry_misuses("index_add", [](const Tensor& x, Index axis, const Tensor& index) {
               Shape source = x.shape();
               if (axis == 0) source[0] = index.size();
               return index_add(x, axis, index, ones(source));
             });
             result.push_back({[] {
                                 index_add(ones({3}), 0, tensor({0, 1}), ones({3}));
                               },
                               "index_add: source (3) must have the shape (2) of what index (2) selects from x (3)"});
             return result;
           },
       .example = XGRAD_EXAMPLE(index_add(zeros({3}), 0, tensor({2, 0, 2}), tensor({1, 2, 3})))});
});

// ------------------------------------------------------------------------------------------------ without gradient

// The shape follows from the values.
Shape nonzero_shape(const Call& c) {
  const auto count = [&]<class T>(std::type_identity<T>) {
    const T* in = elements<T>(c.x[0]);
    return Shape{c.x[0].size() - std::count(in, in + c.x[0].size(), T(0))};
  };
  const DType dtype = c.x[0].dtype();
  return dtype == f32   ? count(std::type_identity<float>{})
         : dtype == f64 ? count(std::type_identity<double>{})
                        : count(std::type_identity<Complex>{});
}

// Each index is written, and stays if its element is not 0: a branch would be foretold wrong at every other element.
template <class T>
Tensor nonzero_kernel(const Call& c, const Shape& shape) {
  Tensor y = detail::allocate(shape, f64);
  double* to = mutable_elements<double>(y);
  const T* in = elements<T>(c.x[0]);
  for (Index i = 0, found = 0; found < shape[0]; ++i) {
    to[found] = static_cast<double>(i);
    found += in[i] != T(0);
  }
  return y;
}

// Samples without a derivative: values of a few shapes.
std::vector<Sample> value_samples(Tensor (*f)(const Tensor&), double count) {
  std::vector<Sample> result;
  for (const Shape& shape : {Shape{}, {1}, {0}, {3}, {2, 3}, {3, 2}, {2, 0}, {1, 1}, {2, 3, 2}, {4}, {5}, {7}}) {
    std::vector<double> v(static_cast<std::size_t>(element_count(shape)));
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = std::fmod(static_cast<double>(i * i), count);
    const SampleKind kind = shape.empty()               ? rank0
                            : element_count(shape) == 0 ? empty
                            : element_count(shape) == 1 ? size1
                            : shape.rank() > 1          ? non_square
                                                        : plain;
    result.push_back({kind, {tensor(v, shape)}, [f](Inputs x) { return f(x[0]); }});
  }
  return result;
}

const ops::Entry nonzero_op([] {
  return ops::define(
      ops::index(),
      {.name = "nonzero",
       .shape = nonzero_shape,
       .kernel = {nonzero_kernel<float>, nonzero_kernel<double>, nonzero_kernel<Complex>},
       .samples = [] { return value_samples([](const Tensor& x) { return nonzero(x); }, 3); },
       .without = {broadcast_left, broadcast_right, negative_axis, ties},
       .misuses = [] { return samples::unary_misuses("nonzero", [](const Arg& x) { return nonzero(x); }); },
       .example = XGRAD_EXAMPLE(nonzero(tensor({0, 5, 0, -1})))});
});

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

const ops::Entry one_hot_op([] {
  return ops::define(ops::index(),
                     {.name = "one_hot",
                      .notation = "one_hot({0}, {classes})",
                      .shape =
                          [](const Call& c) {
                            const Index classes = c.attributes.integer("classes");
                            if (classes < 1) c.shape_error("needs at least 1 class, not " + std::to_string(classes));
                            Shape shape = c.x[0].shape();
                            shape.push_back(classes);
                            return shape;
                          },
                      .check = [](const Call& c) { ops::check_indices(c, 0, c.attributes.integer("classes")); },
                      .kernel = {one_hot_kernel, one_hot_kernel, one_hot_kernel},
                      .index_operands = {0},
                      .samples =
                          [] {
                            const auto call = [](Inputs x) { return one_hot(x[0], 4); };
                            std::vector<Sample> result;
                            for (const Shape& shape :
                                 {Shape{}, {1}, {0}, {3}, {2, 3}, {3, 2}, {2, 0}, {1, 1}, {2, 3, 2}, {4}, {5}, {7}}) {
                              std::vector<double> classes(static_cast<std::size_t>(element_count(shape)));
                              for (std::size_t i = 0; i < classes.size(); ++i)
                                classes[i] = static_cast<double>(i * i % 4);
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
                                 "one_hot: element 1 of x (2) is 4, not a whole number from 0 to 3"},
                                {[] { one_hot(tensor({0.5}), 4); },
                                 "one_hot: element 0 of x (1) is 0.5, not a whole number from 0 to 3"},
                                {[] { one_hot(tensor({-1.}), 4); },
                                 "one_hot: element 0 of x (1) is -1, not a whole number from 0 to 3"},
                                {[] { one_hot(tensor({0.}), 0); }, "one_hot: needs at least 1 class, not 0"}};
                          },
                      .example = XGRAD_EXAMPLE(one_hot(tensor({0, 2}), 3))});
});

}  // namespace

Tensor index_select(const Arg& x, Index axis, const Arg& index) { return index_select_op(x, index, ops::along(axis)); }
Tensor index_add(const Arg& x, Index axis, const Arg& index, const Arg& source) {
  return index_add_op(x, index, source, ops::along(axis));
}
Tensor nonzero(const Arg& x) { return nonzero_op(x); }

Tensor masked_select(const Arg& x, const Arg& mask) {
  const Tensor &values = detail::value_of("masked_select", x), &chosen = detail::value_of("masked_select", mask);
  if (values.shape() != chosen.shape())
    throw ShapeError(
        "masked_select: the mask " + detail::label(chosen) + " must have the shape of " + detail::label(values),
        x.where);
  const CallSite site(x.where);
  return index_select(reshape(x, {values.size()}), 0, nonzero(mask));
}

Tensor embedding(const Arg& table, const Arg& index) {
  const Tensor &rows = detail::value_of("embedding", table), &chosen = detail::value_of("embedding", index);
  if (rows.rank() != 2)
    throw ShapeError("embedding: the table " + detail::label(rows) + " must be a matrix", table.where);
  const CallSite site(table.where);
  Shape shape = chosen.shape();
  shape.push_back(rows.shape()[1]);
  return reshape(index_select(table, 0, reshape(index, {chosen.size()})), shape);
}

Tensor one_hot(const Arg& x, Index classes, DType dtype) {
  return one_hot_op(x, {{"classes", static_cast<double>(classes)}, {"dtype", to_string(dtype)}});
}

}  // namespace xgrad
