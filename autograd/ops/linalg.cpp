// Matrix products, of matrices, vectors and stacks of matrices; product.cpp multiplies two of them.

#include <algorithm>

#include <autograd/kernel.hpp>
#include <autograd/ops.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/kernels/dispatch.hpp>
#include <autograd/ops/layer.hpp>
#include <autograd/ops/product.hpp>
#include <autograd/ops/samples.hpp>
#include <autograd/tape.hpp>
#include <autograd/threads.hpp>

namespace xgrad {

ops::Family& ops::linalg() {
  static Family family;
  return family;
}

namespace {

using enum SampleKind;

// How an operand is read: (rows, columns) matrices, one after another; a vector is a row on the left, a column on the
// right.
struct Matrices {
  Index rows, columns;
  Shape batch;
  Matrices(const Shape& shape, bool left) {
    const Index rank = shape.rank();
    rows = rank == 1 ? (left ? 1 : shape[0]) : shape[rank - 2];
    columns = rank == 1 ? (left ? shape[0] : 1) : shape[rank - 1];
    for (Index i = 0; i + 2 < rank; ++i) batch.push_back(shape[i]);
  }
};

Shape product_shape(const Call& c) {
  const Shape &a = c.x[0].shape(), &b = c.x[1].shape();
  if (a.empty() || b.empty())
    c.shape_error("cannot multiply " + c.describe(0) + " by " + c.describe(1) + ": a scalar is no matrix; use *");
  const Matrices p(a, true), q(b, false);
  if (p.columns != q.rows || !broadcastable(p.batch, q.batch))
    c.shape_error("cannot multiply " + c.describe(0) + " by " + c.describe(1));
  Shape shape = broadcast(p.batch, q.batch);
  if (a.rank() > 1) shape.push_back(p.rows);
  if (b.rank() > 1) shape.push_back(q.columns);
  return shape;
}

template <class T>
Tensor matmul_kernel(const Call& c, const Shape& shape) {
  if constexpr (contents::fused_rules && !std::same_as<T, Complex>)
    if (c.may_wait)
      if (Tensor y = ops::wait_for_product(c, shape, c.x[1]); y.defined()) return y;
  const Matrices p(c.x[0].shape(), true), q(c.x[1].shape(), false);
  const ops::Stored a(c.x[0]), b(c.x[1]);
  Tensor y = detail::allocate(shape, dtype_of<T>);
  T* out = mutable_elements<T>(y);
  if (p.columns == 0) {
    std::fill_n(out, y.size(), T(0));
    return y;
  }
  if (y.size() == 0) return y;
  // A stack of matrices times one matrix is one tall product.
  const bool tall = q.batch.empty() && !a.transposed;
  const Shape batch = tall ? Shape{} : broadcast(p.batch, q.batch);
  const Index rows = tall ? p.rows * element_count(p.batch) : p.rows;
  const loops::Nest<3> nest(batch, {loops::strides_over(batch, tall ? Shape{} : p.batch),
                                    loops::strides_over(batch, q.batch), loops::strides_over(batch, batch)});
  const T *from_a = elements<T>(a.values), *from_b = elements<T>(b.values);
  const Product product{a.transposed, b.transposed, rows, q.columns, p.columns};
  if constexpr (contents::fast_loops) kernels::chosen();  // it may throw: here, before any part is made
  const auto multiply = [&](const std::array<Index, 3>& pair, const Product::Cut& cut, Index part) {
    product.make(cut, part, from_a + pair[0] * p.rows * p.columns, from_b + pair[1] * q.rows * q.columns,
                 out + pair[2] * p.rows * q.columns);
  };
  if (element_count(batch) == 1) {
    const Product::Cut cut = product.cut<T>(Threads::count());
    parallel(cut.count, [&](Index part) { multiply({0, 0, 0}, cut, part); });
    return y;
  }
  std::vector<std::array<Index, 3>> pairs;
  nest.each([&](const std::array<Index, 3>& at) {
    for (Index i = 0; i < nest.run(); ++i)
      pairs.push_back({at[0] + i * nest.step(0), at[1] + i * nest.step(1), at[2] + i * nest.step(2)});
  });
  const Index together = std::max<Index>(1, 1'000'000 / std::max<Index>(1, product.m * product.n * product.k));
  const auto count = static_cast<Index>(pairs.size());
  parallel((count + together - 1) / together, [&](Index group) {
    for (Index i = group * together; i < std::min(count, (group + 1) * together); ++i)
      multiply(pairs[static_cast<std::size_t>(i)], product.whole(), 0);
  });
  return y;
}

// g with the axes that a vector operand left out, so that both rules speak of matrices only.
Tensor matrix_cotangent(const Pullback& c) {
  Shape shape = c.g.shape();
  const bool no_row = c.x[0].rank() == 1, no_column = c.x[1].rank() == 1;
  if (!no_row && !no_column) return c.g;
  const Index columns = no_column ? 1 : shape[shape.rank() - 1];
  Shape full;
  const Index batch = shape.rank() - (no_row ? 0 : 1) - (no_column ? 0 : 1);
  for (Index i = 0; i < batch; ++i) full.push_back(shape[i]);
  full.push_back(no_row ? 1 : shape[batch]);
  full.push_back(columns);
  return reshape(c.g, full);
}

Tensor as_matrix(const Tensor& t, bool left) {
  return t.rank() > 1 ? t : reshape(t, left ? Shape{1, t.size()} : Shape{t.size(), 1});
}

// The gradient by an operand that was given as Xᵀ is made as (…)ᵀ too: the transpose's own rule then undoes it for
// nothing.
Tensor by_left(const Pullback& c) {
  const Tensor g = matrix_cotangent(c), b = as_matrix(c.x[1], false);
  const bool flipped = c.x[0].transposed_source().defined();
  // (…, 1, k) for a vector: the engine sums and drops the leading axes.
  using detail::transposed;
  return flipped ? transposed(matmul(b, transposed(g))) : matmul(g, transposed(b));
}

Tensor by_right(const Pullback& c) {
  const Tensor g = matrix_cotangent(c), a = as_matrix(c.x[0], true);
  const bool flipped = c.x[1].transposed_source().defined();
  using detail::transposed;
  Tensor d = flipped ? transposed(matmul(transposed(g), a)) : matmul(transposed(a), g);
  if (c.x[1].rank() > 1) return d;
  Shape vector = d.shape();  // (…, k, 1) to (…, k)
  Shape shape;
  for (Index i = 0; i + 1 < vector.rank(); ++i) shape.push_back(vector[i]);
  return reshape(d, shape);
}

std::vector<Sample> matmul_samples() {
  const auto call = [](Inputs x) { return matmul(x[0], x[1]); };
  const std::vector<std::tuple<SampleKind, Shape, Shape>> shapes = {{size1, {1}, {1}},
                                                                    {size1, {1, 1}, {1, 1}},
                                                                    {empty, {0, 3}, {3, 2}},
                                                                    {empty, {2, 0}, {0, 3}},
                                                                    {plain, {4}, {4}},
                                                                    {plain, {3, 3}, {3, 3}},
                                                                    {non_square, {2, 3}, {3, 5}},
                                                                    {non_square, {3}, {3, 5}},
                                                                    {non_square, {2, 3}, {3}},
                                                                    {non_square, {1, 6}, {6, 2}},
                                                                    {plain, {2, 3, 4}, {2, 4, 5}},
                                                                    {broadcast_left, {3, 4}, {2, 4, 5}},
                                                                    {broadcast_right, {2, 3, 4}, {4, 5}},
                                                                    {broadcast_left, {2, 1, 3, 4}, {3, 4, 2}},
                                                                    {broadcast_right, {2, 3, 4}, {4}},
                                                                    {broadcast_left, {4}, {2, 4, 3}},
                                                                    {plain, {17, 9}, {9, 13}}};
  std::vector<Sample> result;
  unsigned seed = 1;
  for (const auto& [kind, a, b] : shapes) {
    result.push_back({kind, {samples::values(a, {}, seed), samples::values(b, {}, seed + 1)}, call});
    seed += 2;
  }
  result.push_back({non_square, {samples::values({3, 2}, {}, 50), samples::values({5, 3}, {}, 51)}, [](Inputs x) {
                      return matmul(transpose(x[0]), transpose(x[1]));
                    }});
  result.push_back({non_square, {samples::values({2, 3, 4}, {}, 52), samples::values({5, 3}, {}, 53)}, [](Inputs x) {
                      return matmul(transpose(x[0]), transpose(x[1]));
                    }});
  return result;
}

const ops::Entry matmul_op([] {
  return ops::define(ops::linalg(),
                     {.name = "matmul",
                      .operands = {"a", "b"},
                      .notation = "{0} · {1}",
                      .shape = product_shape,
                      .kernel = {matmul_kernel<float>, matmul_kernel<double>, matmul_kernel<Complex>},
                      .vjps = {by_left, by_right},
                      .samples = matmul_samples,
                      .without = {rank0, negative_axis, ties},
                      .misuses =
                          [] {
                            return std::vector<Misuse>{
                                {[] {
                                   matmul(named("W1", ones({4, 2})), named("X", ones({3, 200})));
                                 },
                                 "matmul: cannot multiply W1 (4, 2) by X (3, 200)"},
                                {[] {
                                   matmul(ones({2, 3, 4}), ones({3, 4, 5}));
                                 },
                                 "matmul: cannot multiply a (2, 3, 4) by b (3, 4, 5)"},
                                {[] { matmul(ones({3}), ones({4})); }, "matmul: cannot multiply a (3) by b (4)"},
                                {[] { matmul(scalar(2), ones({4})); },
                                 "matmul: cannot multiply a () by b (4): a scalar is no matrix; use *"}};
                          },
                      .example = XGRAD_EXAMPLE(matmul(matrix({{1, 2}, {3, 4}}), tensor({1, 10})))});
});

}  // namespace

Tensor matmul(const Arg& a, const Arg& b) { return matmul_op(a, b); }

}  // namespace xgrad
