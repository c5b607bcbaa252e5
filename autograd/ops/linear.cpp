// What a linear layer does: a product by a weight kept as (out, in), and a bias added to each row.

#include <autograd/ops.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/layer.hpp>
#include <autograd/ops/samples.hpp>
#include <autograd/tape.hpp>

namespace xgrad {

ops::Family& ops::linear() {
  static Family family;
  return family;
}

namespace {

using enum SampleKind;
using detail::transposed;

Shape linear_shape(const Call& c) {
  const Shape &x = c.x[0].shape(), &weight = c.x[1].shape();
  if (weight.rank() != 2) c.shape_error(c.describe(1) + " must be a matrix (out, in)");
  if (x.empty() || x[x.rank() - 1] != weight[1])
    c.shape_error(c.describe(0) + " must have " + std::to_string(weight[1]) + " features on its last axis, for " +
                  c.describe(1));
  if (c.x[2].shape() != Shape{weight[0]})
    c.shape_error(c.describe(2) + " must be a vector of one number for each row of " + c.describe(1));
  Shape shape = x;
  shape[shape.rank() - 1] = weight[0];
  return shape;
}

Tensor linear_kernel(const Call& c, const Shape& shape) {
  const Tensor weight = detail::lazy_transpose(c.x[1]);
  if (contents::fused_rules && c.x[0].dtype() != DType::complex_step)
    if (Tensor y = ops::wait_for_product(c, shape, weight, c.x[2]); y.defined())
      return c.may_wait ? y : detail::settled(std::move(y));
  return matmul(c.x[0].detach(), weight) + c.x[2].detach();
}

// All examples as rows of one matrix, whatever axes stand before the last.
Tensor rows(const Tensor& t) {
  const Index last = t.shape()[t.rank() - 1];
  Index count = 1;
  for (Index i = 0; i + 1 < t.rank(); ++i) count *= t.shape()[i];
  return reshape(t, {count, last});
}

Tensor by_weight(const Pullback& c) {
  if (c.g.rank() == 2) return matmul(transposed(c.g), c.x[0]);
  return matmul(transposed(rows(c.g)), rows(c.x[0]));
}

std::vector<Sample> linear_samples() {
  const std::vector<std::tuple<SampleKind, Shape, Index>> sizes = {
      {size1, {1}, 1},         {size1, {1, 1}, 1},      {empty, {0, 3}, 2},         {empty, {2, 0}, 3},
      {empty, {3, 2}, 0},      {plain, {4}, 4},         {plain, {3, 3}, 3},         {plain, {17, 9}, 13},
      {plain, {2, 3, 4}, 5},   {non_square, {2, 3}, 5}, {non_square, {5, 2}, 4},    {non_square, {6, 4}, 1},
      {non_square, {1, 6}, 2}, {non_square, {7, 1}, 3}, {non_square, {2, 1, 3}, 2}, {non_square, {3}, 2}};
  std::vector<Sample> result;
  unsigned seed = 1;
  for (const auto& [kind, x, out] : sizes) {
    const Index in = x[x.rank() - 1];
    result.push_back(
        {kind,
         {samples::values(x, {}, seed), samples::values({out, in}, {}, seed + 1), samples::values({out}, {}, seed + 2)},
         [](Inputs v) { return linear(v[0], v[1], v[2]); }});
    seed += 3;
  }
  return result;
}

const ops::Entry linear_op([] {
  return ops::define(ops::linear(),
                     {.name = "linear",
                      .operands = {"x", "weight", "bias"},
                      .notation = "{0} · {1}ᵀ + {2}",
                      .shape = linear_shape,
                      .kernel = ops::composed(linear_kernel),
                      .vjps = {[](const Pullback& c) { return matmul(c.g, c.x[1]); }, by_weight,
                               [](const Pullback& c) { return c.g; }},
                      .samples = linear_samples,
                      .without = {rank0, broadcast_left, broadcast_right, negative_axis, ties},
                      .misuses =
                          [] {
                            return std::vector<Misuse>{
                                {[] {
                                   linear(named("X", ones({5, 3})), named("W1", ones({4, 2})), ones({4}));
                                 },
                                 "linear: X (5, 3) must have 2 features on its last axis, for W1 (4, 2)"},
                                {[] {
                                   linear(scalar(2), ones({4, 2}), ones({4}));
                                 },
                                 "linear: x () must have 2 features on its last axis, for weight (4, 2)"},
                                {[] {
                                   linear(ones({5, 2}), ones({2}), ones({1}));
                                 },
                                 "linear: weight (2) must be a matrix (out, in)"},
                                {[] {
                                   linear(ones({5, 2}), ones({4, 2}), ones({2}));
                                 },
                                 "linear: bias (2) must be a vector of one number for each row of weight (4, 2)"},
                                {[] {
                                   linear(ones({5, 2}), ones({4, 2}), 0.);
                                 },
                                 "linear: bias () must be a vector of one number for each row of weight (4, 2)"}};
                          },
                      .example = XGRAD_EXAMPLE(linear(matrix({{1, 2}, {3, 4}}), matrix({{1, 10}}), tensor({0.5})))});
});

}  // namespace

Tensor linear(const Arg& x, const Arg& weight, const Arg& bias) { return linear_op(x, weight, bias); }

}  // namespace xgrad
