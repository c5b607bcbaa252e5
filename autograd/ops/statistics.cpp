// Variance, standard deviation and norms over any axes.

#include <cmath>
#include <limits>

#include <autograd/ops/reduce.hpp>

namespace xgrad {

ops::Family& ops::statistics() {
  static Family family;
  return family;
}

namespace {

using namespace reduction;
using enum SampleKind;

// ------------------------------------------------------------------------------------------------ variance

double divisor(const Call& c) { return static_cast<double>(reduced_count(c)) - c.attributes.number("correction"); }

Shape divisible_shape(const Call& c) {
  const Shape shape = nonempty_shape(c);
  if (!(divisor(c) > 0))
    c.shape_error("there are too few elements of " + c.describe(0) + " to reduce over axes " +
                  to_string(reduced_axes(c)) + " with correction " + c.attributes.text("correction"));
  return shape;
}

// The mean of what the first mean leaves over makes it exact where all elements are equal: the deviations are then 0.
Tensor deviations(const Call& c) {
  const Tensor x = c.x[0].detach();
  const Axes axes = reduced_axes(c);
  const Tensor rough = mean(x, axes, true);
  return x - (rough + mean(x - rough, axes, true));
}

bool keeps(const Call& c) { return c.attributes.is("keepdims", "yes"); }

using Spread = Tensor (*)(const Arg&, const Axes&, bool, double);

std::vector<Sample> spread_samples(Spread f, bool tied) {
  const auto over = [f](const Axes& axes, double correction) {
    return [=](Inputs x) { return f(x[0], axes, false, correction); };
  };
  // correction 0, since some of them reduce single elements
  std::vector<Sample> result = samples::reduction(
      [f](const Arg& x, const Axes& axes, bool keepdims) { return f(x, axes, keepdims, 0); }, false, tied);
  // of two elements stddev is linear: relative to a second derivative of 0 there is nothing but rounding errors
  if (tied)
    std::erase_if(result, [](const Sample& s) {
      const Index count = s.inputs[0].size();
      return count > 0 && count == 2 * s.call(s.inputs).size();
    });
  result.push_back({plain, {samples::values({7}, {}, 21)}, over({0}, 1)});
  result.push_back({non_square, {samples::values({2, 3, 4}, {}, 22)}, over({0, 2}, 1.5)});
  result.push_back({negative_axis, {samples::values({4, 3}, {}, 23)}, over({-1}, -1)});
  return result;
}

std::vector<Misuse> spread_misuses(const std::string& name, Reducer f) {
  std::vector<Misuse> result = samples::reduction_misuses(name, f, false);
  result.push_back({[=] {
                      f(ones({2, 1}), {1}, false);
                    },
                    name + ": there are too few elements of x (2, 1) to reduce over axes (1) with correction 1"});
  return result;
}

Op define_spread(OpSpec spec, Spread f, Reducer corrected) {
  const std::string name = spec.name;
  const bool tied = spec.kink != "smooth";
  spec.notation = name + "({0}, {axes}, correction={correction})";
  spec.shape = divisible_shape;
  spec.samples = [=] { return spread_samples(f, tied); };
  spec.misuses = [=] { return spread_misuses(name, corrected); };
  return reduction::define(ops::statistics(), std::move(spec), corrected, false);
}

const ops::Entry var_op([] {
  return define_spread({.name = "var",
                        .kernel = ops::composed([](const Call& c, const Shape&) {
                          return sum(square(deviations(c)), reduced_axes(c), keeps(c)) / divisor(c);
                        }),
                        .vjps = {[](const Pullback& c) {
                          return keep(c.g, c) * (2 / divisor(c) * (c.x[0] - mean(c.x[0], reduced_axes(c), true)));
                        }}},
                       var, [](const Arg& x, const Axes& axes, bool keepdims) { return var(x, axes, keepdims); });
});

// x / y, and 0 of derivative 0 where y is: a discarded x / 0 would still make the second derivative NaN.
Tensor ratio(const Tensor& x, const Tensor& y) {
  const Tensor none = equal(y, 0.);
  return where(none, 0., x / where(none, 1., y));
}

const ops::Entry stddev_op([] {
  return define_spread(
      {.name = "stddev",
       .kernel = ops::composed([](const Call& c, const Shape&) {
         return norm(deviations(c), 2, reduced_axes(c), keeps(c)) / std::sqrt(divisor(c));
       }),
       .vjps = {[](const Pullback& c) {
         const Tensor deviation = c.x[0] - mean(c.x[0], reduced_axes(c), true);
         return keep(c.g, c) * (ratio(deviation, keep(c.y, c)) / divisor(c));
       }},
       .kink = "all elements equal: derivative 0, as PyTorch",
       .branch =
           [](const Call& c) {
             return equal(stddev(c.x[0].detach(), reduced_axes(c), false, c.attributes.number("correction")), 0.);
           }},
      stddev, [](const Arg& x, const Axes& axes, bool keepdims) { return stddev(x, axes, keepdims); });
});

// ------------------------------------------------------------------------------------------------ norm

// All norms of a single element are |x|, which is simplest by order 1.
double order(const Call& c) { return reduced_count(c) == 1 ? 1 : c.attributes.number("ord"); }

template <class T>
Tensor norm_kernel(const Call& c, const Shape& shape) {
  const Tensor& x = c.x[0];
  const Shape kept = kept_shape(c);
  Tensor sizes = detail::allocate(x.shape(), dtype_of<T>), y = filled(shape, T(0));
  T *size = mutable_elements<T>(sizes), *out = mutable_elements<T>(y);
  kernels::map<formulas::Abs, T>({}, x.shape(), size, {elements<T>(x)}, {&x.shape()});
  if (order(c) == 1) {
    kernels::fold(folds::Sum{}, size, x.shape(), out, kept);
    return y;
  }
  kernels::fold(folds::Largest{}, size, x.shape(), out, kept);
  if (order(c) != 2) return y;
  // Squares neither overflow nor vanish beside the largest, at the price of a division by a power of two, which is
  // exact. A largest element of 0, inf or NaN is the norm itself.
  Tensor scales = filled(shape, T(1)), squares = filled(shape, T(0));
  T *scale = mutable_elements<T>(scales), *total = mutable_elements<T>(squares);
  const auto scalable = [&](Index i) { return math::real(out[i]) > 0 && std::isfinite(math::real(out[i])); };
  for (Index i = 0; i < y.size(); ++i)
    if (scalable(i)) scale[i] = T(std::ldexp(math::scalar_t<T>(1), std::ilogb(math::real(out[i]))));
  kernels::map<formulas::SquareOfRatio, T>({}, x.shape(), size, {size, scale}, {&x.shape(), &kept});
  kernels::fold(folds::Sum{}, size, x.shape(), total, kept);
  for (Index i = 0; i < y.size(); ++i)
    if (scalable(i)) out[i] = scale[i] * std::sqrt(total[i]);
  return y;
}

// The sign of those elements that are as large as any, 0 for the others.
Tensor signed_ties(const Tensor& x, const Tensor& largest) { return sign(x) * equal(abs(x), largest).to(x.dtype()); }

Tensor norm_vjp(const Pullback& c) {
  if (order(c) == 1) return keep(c.g, c) * sign(c.x[0]);
  if (order(c) == 2) return keep(c.g, c) * ratio(c.x[0], keep(c.y, c));
  const Tensor ties = equal(abs(c.x[0]), keep(c.y, c));
  const Tensor count = maximum(sum(ties, reduced_axes(c), true), 1.);  // of NaN, or of nothing, there are 0
  return where(ties, sign(c.x[0]) * (keep(c.g, c) / count.to(c.g.dtype())), 0.);
}

Tensor norm_branch(const Call& c) {
  const Tensor x = c.x[0].detach();
  if (order(c) == 1) return sign(x);
  const Tensor y = norm(x, order(c), reduced_axes(c), true);
  return order(c) == 2 ? equal(y, 0.) : signed_ties(x, y);
}

constexpr double infinite = std::numeric_limits<double>::infinity();

std::vector<Sample> norm_samples() {
  const auto of_order = [](double ord, bool tied) {
    return samples::reduction(
        [ord](const Arg& x, const Axes& axes, bool keepdims) { return norm(x, ord, axes, keepdims); }, true, tied);
  };
  std::vector<Sample> result = of_order(2, false);
  for (const auto& list : {of_order(1, false), of_order(infinite, true)})
    result.insert(result.end(), list.begin(), list.end());
  result.push_back({ties, {tensor({0, 1, -2})}, [](Inputs x) { return norm(x[0], 1); }});
  result.push_back({ties, {matrix({{0, 0}, {3, 4}})}, [](Inputs x) { return norm(x[0], 2, {1}); }});
  result.push_back({ties, {tensor({0, 0})}, [](Inputs x) { return norm(x[0], infinite); }});
  result.push_back({ties, {tensor({2, -2, 1})}, [](Inputs x) { return norm(x[0], infinite); }});
  return result;
}

Tensor euclidean(const Arg& x, const Axes& axes, bool keepdims) { return norm(x, 2, axes, keepdims); }

std::vector<Misuse> norm_misuses() {
  std::vector<Misuse> result = samples::reduction_misuses("norm", euclidean, true);
  result.push_back({[] { norm(ones({3}), 3); }, "norm: the order is 1, 2 or infinity, not 3"});
  result.push_back({[] { norm(ones({3}), -infinite, {0}); }, "norm: the order is 1, 2 or infinity, not -inf"});
  return result;
}

const ops::Entry norm_op([] {
  return reduction::define(
      ops::statistics(),
      {.name = "norm",
       .notation = "norm({0}, {ord}, {axes})",
       .check =
           [](const Call& c) {
             const double ord = c.attributes.number("ord");
             if (ord != 1 && ord != 2 && ord != infinite)
               c.numeric_error("the order is 1, 2 or infinity, not " + c.attributes.text("ord"));
           },
       .kernel = {norm_kernel<float>, norm_kernel<double>, norm_kernel<Complex>},
       .vjps = {norm_vjp},
       .kink = "x = 0: derivative 0, of order 1 by element; of order infinity ties share the gradient equally, all as "
               "PyTorch",
       .branch = norm_branch,
       .samples = norm_samples,
       .misuses = norm_misuses,
       .example = XGRAD_EXAMPLE(norm(matrix({{3, 4}, {1, 0}}), 2, {1}))},
      euclidean, true);
});

Tensor spread(const Op& op, const Arg& x, const Axes* axes, bool keepdims, double correction) {
  return op(x, {{"axes", over(axes)}, {"keepdims", yes_or_no(keepdims)}, {"correction", correction}});
}

Tensor norm_over(const Arg& x, double ord, const Axes* axes, bool keepdims) {
  return norm_op(x, {{"ord", ord}, {"axes", over(axes)}, {"keepdims", yes_or_no(keepdims)}});
}

}  // namespace

Tensor var(const Arg& x) { return spread(var_op, x, nullptr, false, 1); }
Tensor var(const Arg& x, const Axes& axes, bool keepdims, double correction) {
  return spread(var_op, x, &axes, keepdims, correction);
}
Tensor stddev(const Arg& x) { return spread(stddev_op, x, nullptr, false, 1); }
Tensor stddev(const Arg& x, const Axes& axes, bool keepdims, double correction) {
  return spread(stddev_op, x, &axes, keepdims, correction);
}
Tensor norm(const Arg& x) { return norm_over(x, 2, nullptr, false); }
Tensor norm(const Arg& x, double ord) { return norm_over(x, ord, nullptr, false); }
Tensor norm(const Arg& x, double ord, const Axes& axes, bool keepdims) { return norm_over(x, ord, &axes, keepdims); }

}  // namespace xgrad
