// Products of two vectors, and the diagonals of matrices.

#include <algorithm>
#include <cstdlib>

#include <autograd/ops.hpp>
#include <autograd/ops/axis.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/samples.hpp>
#include <autograd/tape.hpp>

namespace xgrad {

ops::Family& ops::matrix() {
  static Family family;
  return family;
}

namespace {

using enum SampleKind;
using samples::values;

const std::vector<SampleKind> not_for_matrices = {rank0, broadcast_left, broadcast_right, negative_axis, ties};

// ------------------------------------------------------------------------------------------------ vectors

Tensor dot_kernel(const Call& c, const Shape&) { return matmul(c.x[0].detach(), c.x[1].detach()); }

std::vector<Sample> dot_samples() {
  std::vector<Sample> result;
  unsigned seed = 1;
  for (const Index n : {1, 0, 2, 3, 4, 5, 8, 16, 17, 33}) {
    const SampleKind kind = n == 1 ? size1 : n == 0 ? empty : plain;
    result.push_back(
        {kind, {values({n}, {}, seed), values({n}, {}, seed + 1)}, [](Inputs x) { return dot(x[0], x[1]); }});
    seed += 2;
  }
  for (const Shape& shape : {Shape{2, 3}, {5, 2}, {2, 3, 4}}) {
    const Index n = element_count(shape);
    result.push_back({non_square, {values(shape, {}, seed), values({n}, {}, seed + 1)}, [n](Inputs x) {
                        return dot(reshape(x[0], {n}), x[1]);
                      }});
    seed += 2;
  }
  result.push_back({plain, {values({6}, {}, seed)}, [](Inputs x) { return dot(x[0], x[0]); }});
  return result;
}

const ops::Entry dot_op([] {
  return ops::define(
      ops::matrix(),
      {.name = "dot",
       .operands = {"a", "b"},
       .shape =
           [](const Call& c) {
             if (c.x[0].rank() != 1 || c.x[0].shape() != c.x[1].shape())
               c.shape_error(c.describe(0) + " and " + c.describe(1) + " must be vectors of one length");
             return Shape{};
           },
       .kernel = ops::composed(dot_kernel),
       .vjps = {[](const Pullback& c) { return c.g * c.x[1]; }, [](const Pullback& c) { return c.g * c.x[0]; }},
       .samples = dot_samples,
       .without = not_for_matrices,
       .misuses =
           [] {
             return std::vector<Misuse>{
                 {[] { dot(ones({3}), ones({4})); }, "dot: a (3) and b (4) must be vectors of one length"},
                 {[] {
                    dot(ones({2, 3}), ones({2, 3}));
                  },
                  "dot: a (2, 3) and b (2, 3) must be vectors of one length"},
                 {[] { dot(named("w", ones({3})), 2); }, "dot: w (3) and b () must be vectors of one length"}};
           },
       .example = XGRAD_EXAMPLE(dot(tensor({1, 2, 3}), tensor({1, 10, 100})))});
});

Tensor outer_kernel(const Call& c, const Shape& shape) {
  return reshape(c.x[0].detach(), {shape[0], 1}) * c.x[1].detach();
}

const ops::Entry outer_op([] {
  return ops::define(ops::matrix(),
                     {.name = "outer",
                      .operands = {"a", "b"},
                      .shape =
                          [](const Call& c) {
                            if (c.x[0].rank() != 1 || c.x[1].rank() != 1)
                              c.shape_error(c.describe(0) + " and " + c.describe(1) + " must be vectors");
                            return Shape{c.x[0].size(), c.x[1].size()};
                          },
                      .kernel = ops::composed(outer_kernel),
                      .vjps = {[](const Pullback& c) { return matmul(c.g, c.x[1]); },
                               [](const Pullback& c) { return matmul(c.x[0], c.g); }},
                      .samples =
                          [] {
                            const std::vector<std::tuple<SampleKind, Index, Index>> sizes = {
                                {size1, 1, 1},      {empty, 0, 3},       {empty, 2, 0},       {plain, 2, 2},
                                {plain, 3, 3},      {plain, 5, 5},       {plain, 17, 17},     {non_square, 1, 4},
                                {non_square, 4, 1}, {non_square, 2, 5},  {non_square, 5, 3},  {non_square, 3, 9},
                                {non_square, 9, 2}, {non_square, 16, 3}, {non_square, 6, 17}, {non_square, 2, 33}};
                            std::vector<Sample> result;
                            unsigned seed = 1;
                            for (const auto& [kind, n, m] : sizes) {
                              result.push_back({kind, {values({n}, {}, seed), values({m}, {}, seed + 1)}, [](Inputs x) {
                                                  return outer(x[0], x[1]);
                                                }});
                              seed += 2;
                            }
                            return result;
                          },
                      .without = not_for_matrices,
                      .misuses =
                          [] {
                            return std::vector<Misuse>{
                                {[] {
                                   outer(ones({2, 3}), ones({4}));
                                 },
                                 "outer: a (2, 3) and b (4) must be vectors"},
                                {[] { outer(ones({3}), 2); }, "outer: a (3) and b () must be vectors"}};
                          },
                      .example = XGRAD_EXAMPLE(outer(tensor({1, 2, 3}), tensor({1, 10})))});
});

// ------------------------------------------------------------------------------------------------ diagonals

// Where a diagonal begins in a row-major matrix; its elements are columns + 1 apart.
Index start_of(Index columns, Index offset) { return offset < 0 ? -offset * columns : offset; }

Index length_of(Index rows, Index columns, Index offset) {
  return std::max<Index>(0, offset < 0 ? std::min(rows + offset, columns) : std::min(rows, columns - offset));
}

Shape leading(const Shape& shape, Index dropped) {
  Shape result;
  for (Index i = 0; i < shape.rank() - dropped; ++i) result.push_back(shape[i]);
  return result;
}

// The matrices may be of any shape, for the sake of diagonal's rule.
Attributes in_matrix(Index rows, Index columns, Index offset) {
  return {{"offset", static_cast<double>(offset)},
          {"rows", static_cast<double>(rows)},
          {"columns", static_cast<double>(columns)}};
}

const ops::Entry diag_embed_op([] {
  return ops::define(
      ops::matrix(),
      {.name = "diag_embed",
       .notation = "diag_embed({0}, {offset})",
       .shape =
           [](const Call& c) {
             const Index rank = c.x[0].rank();
             if (rank == 0 || rank == Dims::capacity)
               c.shape_error(c.describe(0) + (rank ? " has no room for another axis" : " is no vector"));
             Shape shape = leading(c.x[0].shape(), 1);
             shape.push_back(c.attributes.integer("rows"));
             shape.push_back(c.attributes.integer("columns"));
             return shape;
           },
       .kernel = array_kernel([]<class T>(const Call& c, T* y) {
         const ops::Around from(c.x[0].shape(), c.x[0].rank() - 1);
         const Index rows = c.attributes.integer("rows"), columns = c.attributes.integer("columns");
         const T* in = elements<T>(c.x[0]);
         std::fill_n(y, from.outer * rows * columns, T(0));
         y += start_of(columns, c.attributes.integer("offset"));
         for (Index i = 0; i < from.outer; ++i)
           for (Index k = 0; k < from.length; ++k) y[i * rows * columns + k * (columns + 1)] = *in++;
       }),
       .vjps = {[](const Pullback& c) { return diagonal(c.g, c.attributes.integer("offset")); }},
       .samples =
           [] {
             const std::vector<std::tuple<SampleKind, Shape, Index>> places = {
                 {size1, {1}, 0},          {size1, {1, 1}, -2},      {empty, {0}, 0},
                 {empty, {0}, 2},          {empty, {0, 3}, 1},       {plain, {4}, 0},
                 {plain, {3}, 2},          {plain, {5}, -1},         {plain, {3, 3}, 1},
                 {non_square, {2, 3}, 0},  {non_square, {4, 2}, -3}, {non_square, {2, 3, 4}, 1},
                 {non_square, {1, 6}, -1}, {plain, {17}, 0}};
             std::vector<Sample> result;
             unsigned seed = 1;
             for (const auto& [kind, shape, offset] : places)
               result.push_back(
                   {kind, {values(shape, {}, seed++)}, [k = offset](Inputs x) { return diag_embed(x[0], k); }});
             return result;
           },
       .without = not_for_matrices,
       .misuses =
           [] {
             return std::vector<Misuse>{{[] { diag_embed(scalar(1)); }, "diag_embed: x () is no vector"},
                                        {[] { diag_embed(3.); }, "diag_embed: needs a Tensor, not a number"},
                                        {[] {
                                           diag_embed(ones({1, 1, 1, 1, 1, 1, 1, 1}));
                                         },
                                         "diag_embed: x (1, 1, 1, 1, 1, 1, 1, 1) has no room for another axis"}};
           },
       .example = XGRAD_EXAMPLE(diag_embed(tensor({1, 2}), 1))});
});

template <class T>
Tensor diagonal_kernel(const Call& c, const Shape& shape) {
  if (element_count(shape) == 0) return detail::allocate(shape, dtype_of<T>);
  const Dims own = ops::strides_of(c.x[0].shape());
  const Index columns = c.x[0].shape()[shape.rank()];
  Dims strides = leading(own, 2);
  strides.push_back(columns + 1);
  return ops::strided_copy(elements<T>(c.x[0]) + start_of(columns, c.attributes.integer("offset")), strides, shape);
}

const ops::Entry diagonal_op([] {
  return ops::define(
      ops::matrix(),
      {.name = "diagonal",
       .notation = "diagonal({0}, {offset})",
       .shape =
           [](const Call& c) {
             const Shape& shape = c.x[0].shape();
             const Index rank = shape.rank();
             if (rank < 2) c.shape_error(c.describe(0) + " is no matrix");
             Shape result = leading(shape, 2);
             result.push_back(length_of(shape[rank - 2], shape[rank - 1], c.attributes.integer("offset")));
             return result;
           },
       .kernel = {diagonal_kernel<float>, diagonal_kernel<double>, diagonal_kernel<Complex>},
       .vjps = {[](const Pullback& c) {
         const Shape& shape = c.x[0].shape();
         const Index rank = shape.rank();
         return diag_embed_op(c.g, in_matrix(shape[rank - 2], shape[rank - 1], c.attributes.integer("offset")));
       }},
       .samples =
           [] {
             const std::vector<std::tuple<SampleKind, Shape, Index>> places = {
                 {size1, {1, 1}, 0},         {size1, {3, 2}, -2},          {empty, {0, 3}, 0},
                 {empty, {2, 3}, 3},         {empty, {2, 3}, -7},          {empty, {0, 3, 3}, 1},
                 {plain, {4, 4}, 0},         {plain, {4, 4}, -1},          {plain, {17, 17}, 3},
                 {plain, {3, 3, 3}, 0},      {non_square, {2, 5}, 0},      {non_square, {2, 5}, 2},
                 {non_square, {5, 2}, -1},   {non_square, {2, 3, 4}, 1},   {non_square, {2, 4, 3}, -2},
                 {non_square, {3, 1, 6}, 2}, {non_square, {2, 2, 3, 5}, 0}};
             std::vector<Sample> result;
             unsigned seed = 1;
             for (const auto& [kind, shape, offset] : places)
               result.push_back(
                   {kind, {values(shape, {}, seed++)}, [k = offset](Inputs x) { return diagonal(x[0], k); }});
             return result;
           },
       .without = not_for_matrices,
       .misuses =
           [] {
             return std::vector<Misuse>{{[] { diagonal(ones({3})); }, "diagonal: x (3) is no matrix"},
                                        {[] { diagonal(named("s", scalar(1)), 1); }, "diagonal: s () is no matrix"},
                                        {[] { trace(ones({3})); }, "trace: Tensor (3) is no matrix"},
                                        {[] { trace(1.); }, "trace: needs a Tensor, not a number"}};
           },
       .example = XGRAD_EXAMPLE(diagonal(matrix({{1, 2, 3}, {4, 5, 6}}), 1))});
});

}  // namespace

Tensor dot(const Arg& a, const Arg& b) { return dot_op(a, b); }
Tensor outer(const Arg& a, const Arg& b) { return outer_op(a, b); }
Tensor diagonal(const Arg& x, Index offset) { return diagonal_op(x, {{"offset", static_cast<double>(offset)}}); }

Tensor diag_embed(const Arg& x, Index offset) {
  const Shape& shape = detail::value_of("diag_embed", x).shape();
  const Index size = (shape.empty() ? 0 : shape[shape.rank() - 1]) + std::abs(offset);
  return diag_embed_op(x, in_matrix(size, size, offset));
}

Tensor trace(const Arg& x) {
  const CallSite site(x.where);
  const Tensor& t = detail::value_of("trace", x);
  if (t.rank() < 2) throw ShapeError("trace: " + detail::label(t) + " is no matrix", CallSite::resolve(x.where));
  return sum(diagonal(x), {-1});
}

}  // namespace xgrad
