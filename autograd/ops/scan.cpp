// Walks along an axis, element after element: running sums, and where the extremes are.

#include <functional>

#include <autograd/ops/reduce.hpp>

namespace xgrad {

ops::Family& ops::scan() {
  static Family family;
  return family;
}

namespace {

using namespace reduction;
using enum SampleKind;

// The sizes before, along and after an axis, x[outer, length, inner]; all axes are one of the length of x.
struct Lines {
  Index outer = 1, length = 1, inner = 1;
  Lines(const Shape& shape, const Axes& axes) {
    for (Index i = 0; i < shape.rank(); ++i) (axes.contains(i) ? length : i < axes[0] ? outer : inner) *= shape[i];
  }
};

// ------------------------------------------------------------------------------------------------ running sums

Index axis_of(const Call& c) { return c.axis(c.attributes.integer("axis")); }
bool is_reversed(const Call& c) { return c.attributes.is("reverse", "true"); }

template <class T>
Tensor cumsum_kernel(const Call& c, const Shape& shape) {
  const Lines l(shape, {axis_of(c)});
  Tensor y = detail::allocate(shape, dtype_of<T>);
  T* out = mutable_elements<T>(y);
  std::copy_n(elements<T>(c.x[0]), y.size(), out);
  const Index step = is_reversed(c) ? -l.inner : l.inner, first = is_reversed(c) ? (l.length - 1) * l.inner : 0;
  for (Index o = 0; o < l.outer; ++o) {
    T* total = out + o * l.length * l.inner + first;
    for (Index j = 1; j < l.length; ++j, total += step)
      for (Index i = 0; i < l.inner; ++i) total[step + i] += total[i];
  }
  return y;
}

Tensor sums_up(const Arg& x, Index axis) { return cumsum(x, axis); }

const ops::Entry cumsum_op([] {
  return ops::define(ops::scan(), {.name = "cumsum",
                                   .notation = "cumsum({0}, {axis}, {reverse})",
                                   .shape =
                                       [](const Call& c) {
                                         axis_of(c);
                                         return c.x[0].shape();
                                       },
                                   .kernel = {cumsum_kernel<float>, cumsum_kernel<double>, cumsum_kernel<Complex>},
                                   .vjps = {[](const Pullback& c) { return cumsum(c.g, axis_of(c), !is_reversed(c)); }},
                                   .samples =
                                       [] {
                                         auto result = samples::along_axis(sums_up);
                                         const auto reversed = samples::along_axis(
                                             [](const Arg& x, Index axis) { return cumsum(x, axis, true); });
                                         result.insert(result.end(), reversed.begin(), reversed.end());
                                         return result;
                                       },
                                   .without = {rank0, broadcast_left, broadcast_right, ties},
                                   .misuses = [] { return samples::axis_misuses("cumsum", sums_up); },
                                   .example = [] { return samples::axis_example("cumsum", sums_up); }});
});

// ------------------------------------------------------------------------------------------------ places

// The first place that no other one beats; NaN beats all numbers.
template <class Beats, class T>
Tensor place_kernel(const Call& c, const Shape& shape) {
  const Lines l(c.x[0].shape(), reduced_axes(c));
  Tensor y = filled(shape, 0.);
  for (Index o = 0; o < l.outer; ++o) {
    const T* x = elements<T>(c.x[0]) + o * l.length * l.inner;
    double* place = mutable_elements<double>(y) + o * l.inner;
    for (Index j = 1; j < l.length; ++j)
      for (Index i = 0; i < l.inner; ++i) {
        const auto v = math::real(x[j * l.inner + i]), best = math::real(x[static_cast<Index>(place[i]) * l.inner + i]);
        if (Beats{}(v, best) || (std::isnan(v) && !std::isnan(best))) place[i] = static_cast<double>(j);
      }
  }
  return y;
}

template <class Beats>
Op define_place(const std::string& name, Tensor (*f)(const Arg&, Index, bool)) {
  const auto along = [f](const Arg& x, Index axis) { return f(x, axis, false); };
  OpSpec spec{.name = name,
              .notation = name + "({0}, {axes})",
              .shape = nonempty_shape,
              .kernel = {place_kernel<Beats, float>, place_kernel<Beats, double>, place_kernel<Beats, Complex>}};
  spec.samples = [=] {
    const bool largest = name == "argmax";
    auto result = samples::along_axis(along);
    result.push_back({rank0, {scalar(2)}, [=](Inputs x) { return largest ? argmax(x[0]) : argmin(x[0]); }});
    result.push_back({ties, {matrix({{1, 3, 3}, {2, 2, 2}})}, [=](Inputs x) { return f(x[0], 1, true); }});
    return result;
  };
  spec.without = {broadcast_left, broadcast_right};
  spec.misuses = [=] {
    auto result = samples::axis_misuses(name, along);
    result.push_back({[=] {
                        f(ones({0, 3}), 0, false);
                      },
                      name + ": there is no element of x (0, 3) to reduce over axes (0)"});
    return result;
  };
  spec.example = [=] { return samples::axis_example(name, along); };
  return ops::define(ops::scan(), std::move(spec));
}

const ops::Entry argmax_op([] { return define_place<std::greater<>>("argmax", argmax); });
const ops::Entry argmin_op([] { return define_place<std::less<>>("argmin", argmin); });

Tensor place(const Op& op, const Arg& x, const Axes* axes, bool keepdims) {
  return op(x, {{"axes", over(axes)}, {"keepdims", yes_or_no(keepdims)}});
}

}  // namespace

Tensor cumsum(const Arg& x, Index axis, bool reverse) {
  return cumsum_op(x, {{"axis", static_cast<double>(axis)}, {"reverse", reverse ? "true" : "false"}});
}

Tensor argmax(const Arg& x) { return place(argmax_op, x, nullptr, false); }
Tensor argmax(const Arg& x, Index axis, bool keepdims) {
  const Axes axes{axis};
  return place(argmax_op, x, &axes, keepdims);
}
Tensor argmin(const Arg& x) { return place(argmin_op, x, nullptr, false); }
Tensor argmin(const Arg& x, Index axis, bool keepdims) {
  const Axes axes{axis};
  return place(argmin_op, x, &axes, keepdims);
}

}  // namespace xgrad
