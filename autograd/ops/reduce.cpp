// Reductions over any axes. The input is walked in memory order; a run is reduced into one element of the result, or
// added to a run of it, so that the innermost loop is contiguous whatever the axes.

#include <limits>

#include <autograd/ops.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/math.hpp>
#include <autograd/ops/samples.hpp>
#include <autograd/parameter.hpp>

namespace xgrad {

ops::Family& ops::reduce() {
  static Family family;
  return family;
}

namespace {

using enum SampleKind;

// No axes given means all of them; rank 0 has none to reduce.
Axes reduced_axes(const Call& c) {
  Axes axes;
  if (c.attributes.is("axes", "all"))
    for (Index i = 0; i < c.x[0].rank(); ++i) axes.push_back(i);
  else
    for (Index axis : c.attributes.dims("axes")) {
      if (axes.contains(c.axis(axis))) c.shape_error("axis " + std::to_string(c.axis(axis)) + " is given twice");
      axes.push_back(c.axis(axis));
    }
  return axes;
}

Shape kept_shape(const Call& c) {
  Shape shape = c.x[0].shape();
  for (Index axis : reduced_axes(c)) shape[axis] = 1;
  return shape;
}

Shape reduced_shape(const Call& c) {
  if (c.attributes.is("keepdims", "yes")) return kept_shape(c);
  const Axes axes = reduced_axes(c);
  Shape shape;
  for (Index i = 0; i < c.x[0].rank(); ++i)
    if (!axes.contains(i)) shape.push_back(c.x[0].shape()[i]);
  return shape;
}

Shape nonempty_shape(const Call& c) {
  const Axes axes = reduced_axes(c);
  for (Index axis : axes)
    if (c.x[0].shape()[axis] == 0)
      c.shape_error("there is no element of " + c.describe(0) + " to reduce over axes " + to_string(axes));
  return reduced_shape(c);
}

Index reduced_count(const Call& c) {
  Index count = 1;
  for (Index axis : reduced_axes(c)) count *= c.x[0].shape()[axis];
  return count;
}

// The result, or its cotangent, with the reduced axes as size 1: it broadcasts over x.
Tensor keep(const Tensor& t, const Call& c) { return reshape(t, kept_shape(c)); }

template <class T>
using lane_of = std::conditional_t<std::same_as<T, Complex>, loops::ScalarLane<T>,
                                   math::BatchLane<std::conditional_t<std::same_as<T, Complex>, double, T>>>;

// Folds a contiguous run by halves (error grows with the logarithm of its length), each block in four lanes' chains.
template <class T, class F>
T fold_run(const T* x, Index count, F f) {
  using Lane = lane_of<T>;
  constexpr Index step = 4 * Lane::width;
  if (count > 128 * Lane::width) {
    const Index half = count / 2 / step * step;
    return f(fold_run(x, half, f), fold_run(x + half, count - half, f));
  }
  if (count < step) {
    T result = x[0];
    for (Index i = 1; i < count; ++i) result = f(result, x[i]);
    return result;
  }
  std::array<decltype(Lane::load(x)), 4> sums;
  for (Index k = 0; k < 4; ++k) sums[static_cast<std::size_t>(k)] = Lane::load(x + k * Lane::width);
  Index i = step;
  for (; i + step <= count; i += step)
    for (Index k = 0; k < 4; ++k) {
      auto& sum = sums[static_cast<std::size_t>(k)];
      sum = f(sum, Lane::load(x + i + k * Lane::width));
    }
  std::array<T, static_cast<std::size_t>(Lane::width)> parts;
  Lane::store(parts.data(), f(f(sums[0], sums[1]), f(sums[2], sums[3])));
  T result = parts[0];
  for (std::size_t k = 1; k < parts.size(); ++k) result = f(result, parts[k]);
  for (; i < count; ++i) result = f(result, x[i]);
  return result;
}

// out[…] = f(out[…], x[…]) over all x, where `kept` is the result's shape with reduced axes as 1.
template <class T, class F>
void fold(const T* x, const Shape& shape, T* out, const Shape& kept, F f) {
  const loops::Nest<2> nest(shape, {loops::strides_over(shape, shape), loops::strides_over(shape, kept)});
  const Index run = nest.run();
  const bool along = nest.step(1) == 0;  // the run itself is reduced
  nest.each([&](const std::array<Index, 2>& at) {
    T* to = out + at[1];
    const T* from = x + at[0];
    if (along)
      *to = f(*to, fold_run(from, run, f));
    else
      loops::map_run<lane_of<T>, 3>(to, std::array<const T*, 2>{to, from}, run, f, std::make_index_sequence<2>{});
  });
}

struct Add {
  template <class X>
  X operator()(const X& a, const X& b) const {
    return a + b;
  }
};
struct Larger {
  template <class X>
  X operator()(const X& a, const X& b) const {
    return math::maximum(a, b);
  }
};

template <class T>
Tensor filled(const Shape& shape, T value) {
  Tensor y = detail::allocate(shape, dtype_of<T>);
  std::fill_n(mutable_elements<T>(y), y.size(), value);
  return y;
}

template <class T>
Tensor sum_kernel(const Call& c, const Shape& shape) {
  Tensor y = filled(shape, T(0));
  fold(elements<T>(c.x[0]), c.x[0].shape(), mutable_elements<T>(y), kept_shape(c), Add{});
  return y;
}

template <class T>
Tensor mean_kernel(const Call& c, const Shape& shape) {
  Tensor y = sum_kernel<T>(c, shape);
  const T count = static_cast<T>(static_cast<double>(reduced_count(c)));
  T* out = mutable_elements<T>(y);
  for (Index i = 0; i < y.size(); ++i) out[i] /= count;
  return y;
}

template <class T>
Tensor max_kernel(const Call& c, const Shape& shape) {
  Tensor y = filled(shape, T(-std::numeric_limits<math::scalar_t<T>>::infinity()));
  fold(elements<T>(c.x[0]), c.x[0].shape(), mutable_elements<T>(y), kept_shape(c), Larger{});
  return y;
}

// log Σ e^x = m + log Σ e^(x − m), m the largest element (0 where that is infinite, so that inf − inf never arises).
template <class T>
Tensor logsumexp_kernel(const Call& c, const Shape& shape) {
  const Tensor& x = c.x[0];
  const Shape kept = kept_shape(c);
  Tensor y = max_kernel<T>(c, shape);
  Tensor shift = filled(shape, T(0)), shifted = detail::allocate(x.shape(), dtype_of<T>), sums = filled(shape, T(0));
  T *out = mutable_elements<T>(y), *m = mutable_elements<T>(shift), *s = mutable_elements<T>(sums);
  for (Index i = 0; i < y.size(); ++i)
    if (std::isfinite(math::real(out[i]))) m[i] = T(math::real(out[i]));
  loops::map<lane_of<T>>(x.shape(), mutable_elements<T>(shifted), std::array<const T*, 2>{elements<T>(x), m},
                         std::array{&x.shape(), &kept}, [](auto a, auto b) { return math::exp(a - b); });
  fold(elements<T>(shifted), x.shape(), s, kept, Add{});
  for (Index i = 0; i < y.size(); ++i) out[i] = m[i] + std::log(s[i]);
  return y;
}

using Reducer = Tensor (*)(const Arg&, const Axes&, bool);

Op define(OpSpec spec, Reducer f, bool of_nothing) {
  const std::string name = spec.name;
  const bool tied = spec.kink != "smooth";
  spec.notation = name + "({0}, {axes})";
  spec.shape = of_nothing ? reduced_shape : nonempty_shape;
  spec.samples = [=] { return samples::reduction(f, name == "sum", tied); };  // log Σ of nothing is −inf
  spec.misuses = [=] { return samples::reduction_misuses(name, f, of_nothing); };
  spec.example = samples::reduction_example(name, f);
  spec.without = {broadcast_left, broadcast_right};
  if (!tied) spec.without.push_back(ties);
  return ops::define(ops::reduce(), std::move(spec));
}

const Op sum_op = define({.name = "sum",
                          .kernel = {sum_kernel<float>, sum_kernel<double>, sum_kernel<Complex>},
                          .vjps = {[](const Pullback& c) { return broadcast_to(keep(c.g, c), c.x[0].shape()); }}},
                         sum, true);

const Op mean_op = define({.name = "mean",
                           .kernel = {mean_kernel<float>, mean_kernel<double>, mean_kernel<Complex>},
                           .vjps = {[](const Pullback& c) {
                             return broadcast_to(keep(c.g, c) / static_cast<double>(reduced_count(c)), c.x[0].shape());
                           }}},
                          mean, false);

Tensor is_largest(const Pullback& c) { return equal(c.x[0], keep(c.y, c)); }

const Op max_op = define(
    {.name = "max",
     .kernel = {max_kernel<float>, max_kernel<double>, max_kernel<Complex>},
     .vjps = {[](const Pullback& c) {
       const Tensor mask = is_largest(c);
       const Tensor ties = sum(mask, reduced_axes(c), true).to(c.g.dtype());
       return where(mask, keep(c.g, c) / ties, 0.);
     }},
     .kink = "ties: equal shares of the gradient, as PyTorch's amax",
     .branch = [](const Call& c) { return equal(c.x[0].detach(), max(c.x[0].detach(), reduced_axes(c), true)); }},
    max, false);

const Op logsumexp_op =
    define({.name = "logsumexp",
            .kernel = {logsumexp_kernel<float>, logsumexp_kernel<double>, logsumexp_kernel<Complex>},
            .vjps = {[](const Pullback& c) { return keep(c.g, c) * exp(c.x[0] - keep(c.y, c)); }}},
           logsumexp, true);

Tensor reduce(const Op& op, const Arg& x, const Axes* axes, bool keepdims) {
  return op(
      x, {{"axes", axes ? Attributes::Value(*axes) : Attributes::Value("all")}, {"keepdims", keepdims ? "yes" : "no"}});
}

}  // namespace

Tensor sum(const Arg& x) { return reduce(sum_op, x, nullptr, false); }
Tensor sum(const Arg& x, const Axes& axes, bool keepdims) { return reduce(sum_op, x, &axes, keepdims); }
Tensor mean(const Arg& x) { return reduce(mean_op, x, nullptr, false); }
Tensor mean(const Arg& x, const Axes& axes, bool keepdims) { return reduce(mean_op, x, &axes, keepdims); }
Tensor max(const Arg& x) { return reduce(max_op, x, nullptr, false); }
Tensor max(const Arg& x, const Axes& axes, bool keepdims) { return reduce(max_op, x, &axes, keepdims); }
Tensor logsumexp(const Arg& x) { return reduce(logsumexp_op, x, nullptr, false); }
Tensor logsumexp(const Arg& x, const Axes& axes, bool keepdims) { return reduce(logsumexp_op, x, &axes, keepdims); }

Tensor sum_to(const Arg& x, const Shape& shape) {
  const Shape from = x.tensor ? x.tensor->shape() : x.parameter ? x.parameter->shape() : Shape{};
  if (from == shape) return x.tensor ? *x.tensor : x * 1.;
  Axes axes;
  const Index lead = from.rank() - shape.rank();
  for (Index i = 0; i < from.rank(); ++i)
    if (i < lead || (shape[i - lead] == 1 && from[i] != 1)) axes.push_back(i);
  if (lead < 0 || !broadcastable(from, shape) || broadcast(from, shape) != from)
    throw ShapeError("sum_to: shape " + to_string(shape) + " does not broadcast to " + to_string(from), x.where);
  return reshape(sum(x, axes), shape);
}

}  // namespace xgrad
