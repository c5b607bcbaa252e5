// Sums, products, extremes and the log-sum-exp over any axes.

#include <algorithm>
#include <cmath>

#include <autograd/ops/reduce.hpp>
#include <autograd/parameter.hpp>
#include <autograd/tape.hpp>

namespace xgrad {

ops::Family& ops::reduce() {
  static Family family;
  return family;
}

namespace {

using namespace reduction;
using enum SampleKind;

template <class T>
Tensor mean_kernel(const Call& c, const Shape& shape) {
  Tensor y = fold_kernel<folds::Sum, T>(c, shape);
  const T count = static_cast<T>(static_cast<double>(reduced_count(c)));
  T* out = mutable_elements<T>(y);
  for (Index i = 0; i < y.size(); ++i) out[i] /= count;
  return y;
}

Op define(OpSpec spec, Reducer f, bool of_nothing) {
  return reduction::define(ops::reduce(), std::move(spec), f, of_nothing);
}

const ops::Entry sum_op([] {
  return define({.name = "sum", .kernel = folding<folds::Sum>(), .vjps = {[](const Pullback& c) {
                                                                   return broadcast_to(keep(c.g, c), c.x[0].shape());
                                                                 }}},
                sum, true);
});

const ops::Entry mean_op([] {
  return define({.name = "mean",
                 .kernel = {mean_kernel<float>, mean_kernel<double>, mean_kernel<Complex>},
                 .vjps = {[](const Pullback& c) {
                   return broadcast_to(keep(c.g, c) / static_cast<double>(reduced_count(c)), c.x[0].shape());
                 }}},
                mean, false);
});

// ------------------------------------------------------------------------------------------------ product

// The product of all elements of a row but one, for each: what the half row leaves out times the partner. It needs no
// division, so a zero is like any other number, to any order.
Tensor products_of_others(const Tensor& rows) {
  const Index n = rows.shape()[1], half = (n + 1) / 2;
  if (n == 1) return detail::ones_like(rows);
  const Tensor a = slice(rows, 1, 0, half), rest = slice(rows, 1, half);
  const Tensor b = n % 2 == 0 ? rest : concat({rest, detail::ones_like(slice(rows, 1, 0, 1))}, 1);
  const Tensor others = products_of_others(a * b);
  return slice(concat({others * b, others * a}, 1), 1, 0, n);
}

// The same over the reduced axes of a call.
Tensor products_of_others(const Call& c) {
  const Axes reduced = reduced_axes(c);
  Axes order;
  for (Index i = 0; i < c.x[0].rank(); ++i)
    if (!reduced.contains(i)) order.push_back(i);
  for (Index axis : reduced) order.push_back(axis);
  Axes back = order;
  for (Index i = 0; i < order.rank(); ++i) back[order[i]] = i;
  const Tensor moved = permute(c.x[0], order);
  const Tensor others = products_of_others(reshape(moved, {-1, reduced_count(c)}));
  return permute(reshape(others, moved.shape()), back);
}

// Whether y / x gives the others: no product is 0 or has left the range of normal numbers. A single element has none,
// and y / x would leave rounding errors where its second derivative is 0.
bool divisible(const Pullback& c) {
  if (reduced_count(c) == 1) return false;
  const std::vector<double> values = c.y.values();
  return std::all_of(values.begin(), values.end(), [&](double v) {
    return c.y.dtype() == f32 ? std::isnormal(static_cast<float>(v)) : std::isnormal(v);
  });
}

std::vector<Sample> prod_samples() {
  const auto over = [](const Axes& axes) { return [=](Inputs x) { return prod(x[0], axes); }; };
  std::vector<Sample> result = samples::reduction(static_cast<Reducer>(prod), true);
  result.push_back({plain, {tensor({1.5, 0, -2})}, over({0})});
  result.push_back({plain, {tensor({0, 1.5, 0, -2, 3})}, over({0})});
  result.push_back({non_square, {matrix({{1.5, -1, 2}, {0.5, 0, -3}, {0, 2, 0}, {0, 0, 0}})}, over({1})});
  result.push_back({negative_axis, {tensor({1, 2, 0, -1, 3, 0.5, -2, 1, 0, 1.5, 0, -1}, {2, 3, 2})}, over({-1, 0})});
  for (const Index n : {3, 4, 5}) {  // one zero a column, each at another place
    const Tensor zero = concat({slice(eye(n), 0, 1), slice(eye(n), 0, 0, 1)});
    result.push_back({plain, {samples::values({n, n}, {.gap = 0.3}, 15) * (1. - zero)}, over({0})});
  }
  return result;
}

const ops::Entry prod_op([] {
  return define({.name = "prod",
                 .kernel = folding<folds::Product>(),
                 .vjps = {[](const Pullback& c) {
                   return divisible(c) ? keep(c.g * c.y, c) / c.x[0] : keep(c.g, c) * products_of_others(c);
                 }},
                 .samples = prod_samples},
                prod, true);
});

// ------------------------------------------------------------------------------------------------ extremes

Tensor share_among_ties(const Pullback& c) {
  const Tensor mask = equal(c.x[0], keep(c.y, c));
  const Tensor ties = sum(mask, reduced_axes(c), true).to(c.g.dtype());
  return where(mask, keep(c.g, c) / ties, 0.);
}

Op define_extreme(const std::string& name, const Kernels& kernel, Reducer f) {
  return define(
      {.name = name,
       .kernel = kernel,
       .vjps = {share_among_ties},
       .kink = "ties: equal shares of the gradient, as PyTorch's a" + name,
       .branch = [f](const Call& c) { return equal(c.x[0].detach(), f(c.x[0].detach(), reduced_axes(c), true)); }},
      f, false);
}

const ops::Entry max_op([] { return define_extreme("max", folding<folds::Largest>(), max); });
const ops::Entry min_op([] { return define_extreme("min", folding<folds::Smallest>(), min); });

// ------------------------------------------------------------------------------------------------ log-sum-exp

// log Σ e^x = m + log Σ e^(x − m), m the largest element (0 where that is infinite, so that inf − inf never arises).
template <class T>
Tensor logsumexp_kernel(const Call& c, const Shape& shape) {
  const Tensor& x = c.x[0];
  const Shape kept = kept_shape(c);
  Tensor y = fold_kernel<folds::Largest, T>(c, shape);
  Tensor shift = filled(shape, T(0)), shifted = detail::allocate(x.shape(), dtype_of<T>), sums = filled(shape, T(0));
  T *out = mutable_elements<T>(y), *m = mutable_elements<T>(shift), *s = mutable_elements<T>(sums);
  for (Index i = 0; i < y.size(); ++i)
    if (std::isfinite(math::real(out[i]))) m[i] = T(math::real(out[i]));
  kernels::map<formulas::ExpOfDifference, T>({}, x.shape(), mutable_elements<T>(shifted), {elements<T>(x), m},
                                             {&x.shape(), &kept});
  kernels::fold(folds::Sum{}, elements<T>(shifted), x.shape(), s, kept);
  for (Index i = 0; i < y.size(); ++i) out[i] = m[i] + std::log(s[i]);
  return y;
}

const ops::Entry logsumexp_op([] {
  return define({.name = "logsumexp",
                 .kernel = {logsumexp_kernel<float>, logsumexp_kernel<double>, logsumexp_kernel<Complex>},
                 .vjps = {[](const Pullback& c) { return keep(c.g, c) * exp(c.x[0] - keep(c.y, c)); }}},
                logsumexp, true);
});

Tensor reduce(const Op& op, const Arg& x, const Axes* axes, bool keepdims) {
  static thread_local const Attributes everything{{"axes", over(nullptr)}, {"keepdims", yes_or_no(false)}};
  if (!axes && !keepdims) return op(x, everything);
  return op(x, {{"axes", over(axes)}, {"keepdims", yes_or_no(keepdims)}});
}

// What `sum` would make of it, where nothing is recorded: each bias' gradient is such a sum.
Tensor folded_untracked(const Tensor& x, const Shape& kept, const Shape& shape) {
  if constexpr (contents::f32)
    if (x.dtype() == f32) return folded<folds::Sum, float>(x, kept, shape);
  return x.dtype() == f64 ? folded<folds::Sum, double>(x, kept, shape) : folded<folds::Sum, Complex>(x, kept, shape);
}

}  // namespace

Tensor sum(const Arg& x) { return reduce(sum_op, x, nullptr, false); }
Tensor sum(const Arg& x, const Axes& axes, bool keepdims) { return reduce(sum_op, x, &axes, keepdims); }
Tensor mean(const Arg& x) { return reduce(mean_op, x, nullptr, false); }
Tensor mean(const Arg& x, const Axes& axes, bool keepdims) { return reduce(mean_op, x, &axes, keepdims); }
Tensor prod(const Arg& x) { return reduce(prod_op, x, nullptr, false); }
Tensor prod(const Arg& x, const Axes& axes, bool keepdims) { return reduce(prod_op, x, &axes, keepdims); }
Tensor max(const Arg& x) { return reduce(max_op, x, nullptr, false); }
Tensor max(const Arg& x, const Axes& axes, bool keepdims) { return reduce(max_op, x, &axes, keepdims); }
Tensor min(const Arg& x) { return reduce(min_op, x, nullptr, false); }
Tensor min(const Arg& x, const Axes& axes, bool keepdims) { return reduce(min_op, x, &axes, keepdims); }
Tensor logsumexp(const Arg& x) { return reduce(logsumexp_op, x, nullptr, false); }
Tensor logsumexp(const Arg& x, const Axes& axes, bool keepdims) { return reduce(logsumexp_op, x, &axes, keepdims); }

Tensor sum_to(const Arg& x, const Shape& shape) {
  const Shape from = x.tensor ? x.tensor->shape() : x.parameter ? x.parameter->shape() : Shape{};
  if (from == shape) return x.tensor ? *x.tensor : x * 1.;
  const Index lead = from.rank() - shape.rank();
  Axes axes;
  Shape kept = from;
  bool fits = lead >= 0;
  for (Index i = 0; fits && i < from.rank(); ++i) {
    if (i >= lead && shape[i - lead] == from[i]) continue;
    fits = i < lead || shape[i - lead] == 1;
    axes.push_back(i);
    kept[i] = 1;
  }
  if (!fits)
    throw ShapeError("sum_to: shape " + to_string(shape) + " does not broadcast to " + to_string(from), x.where);
  if (x.tensor && !Tape::recording()) return folded_untracked(*x.tensor, kept, shape);
  const Tensor result = sum(x, axes);
  return result.shape() == shape ? result : reshape(result, shape);
}

}  // namespace xgrad
