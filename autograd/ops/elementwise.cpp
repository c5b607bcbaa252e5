// Elementwise operations of one operand.

#include <algorithm>

#include <autograd/ops.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/math.hpp>
#include <autograd/ops/samples.hpp>

namespace xgrad {

ops::Family& ops::elementwise() {
  static Family family;
  return family;
}

namespace {

using samples::not_for_unary;
using enum SampleKind;

// Fills in what all smooth or kinked functions of one operand share.
Op define(OpSpec spec, Tensor (*f)(const Arg&), samples::Range range = {}, const std::vector<double>& kinks = {}) {
  const std::string name = spec.name;
  spec.samples = [=] { return samples::unary(f, range, kinks); };
  spec.misuses = [=] { return samples::unary_misuses(name, f); };
  if (spec.example.code.empty()) spec.example = samples::unary_example(name, f, range);
  spec.without = not_for_unary;
  if (kinks.empty()) spec.without.push_back(ties);
  return ops::define(ops::elementwise(), std::move(spec));
}

// The sign of x: which side of a kink at 0 an element is on.
Tensor side_of_zero(const Call& c) { return (c.x[0] > 0.) - (c.x[0] < 0.); }

const Op neg_op = define({.name = "neg",
                          .notation = "-{0}",
                          .kernel = math::vectorised([](auto x) { return -x; }),
                          .vjps = {[](const Pullback& c) { return -c.g; }}},
                         neg);

const Op abs_op = define({.name = "abs",
                          .notation = "|{0}|",
                          .kernel = math::vectorised([](auto x) { return math::abs(x); }),
                          .vjps = {[](const Pullback& c) { return c.g * side_of_zero(c).to(c.g.dtype()); }},
                          .kink = "x = 0: derivative 0, as PyTorch",
                          .branch = side_of_zero},
                         abs, {.gap = 0.1}, {0, 1, -1});

const Op exp_op = define({.name = "exp",
                          .kernel = math::vectorised([](auto x) { return math::exp(x); }),
                          .vjps = {[](const Pullback& c) { return c.g * c.y; }}},
                         exp);

const Op log_op = define({.name = "log",
                          .kernel = math::vectorised([](auto x) { return math::log(x); }),
                          .vjps = {[](const Pullback& c) { return c.g / c.x[0]; }}},
                         log, {.low = 0.3, .high = 4});

const Op log1p_op = define({.name = "log1p",
                            .notation = "log(1 + {0})",
                            .kernel = math::vectorised([](auto x) { return math::log1p(x); }),
                            .vjps = {[](const Pullback& c) { return c.g / (1. + c.x[0]); }}},
                           log1p, {.low = -0.7, .high = 3});

const Op sqrt_op = define({.name = "sqrt",
                           .kernel = math::vectorised([](auto x) { return math::sqrt(x); }),
                           .vjps = {[](const Pullback& c) { return c.g / (2. * c.y); }}},
                          sqrt, {.low = 0.3, .high = 4});

const Op square_op = define({.name = "square",
                             .notation = "{0}²",
                             .kernel = math::vectorised([](auto x) { return x * x; }),
                             .vjps = {[](const Pullback& c) { return c.g * (2. * c.x[0]); }}},
                            square);

const Op sin_op = define({.name = "sin",
                          .kernel = math::vectorised([](auto x) { return math::sin(x); }),
                          .vjps = {[](const Pullback& c) { return c.g * cos(c.x[0]); }}},
                         sin, {.low = -4, .high = 4});

const Op cos_op = define({.name = "cos",
                          .kernel = math::vectorised([](auto x) { return math::cos(x); }),
                          .vjps = {[](const Pullback& c) { return c.g * -sin(c.x[0]); }}},
                         cos, {.low = -4, .high = 4});

const Op tanh_op = define({.name = "tanh",
                           .kernel = math::vectorised([](auto x) { return math::tanh(x); }),
                           .vjps = {[](const Pullback& c) { return c.g * (1. - square(c.y)); }}},
                          tanh);

const Op sigmoid_op = define({.name = "sigmoid",
                              .notation = "σ({0})",
                              .kernel = math::vectorised([](auto x) { return math::sigmoid(x); }),
                              .vjps = {[](const Pullback& c) { return c.g * (c.y * (1. - c.y)); }}},
                             sigmoid, {.low = -4, .high = 4});

const Op log_sigmoid_op = define({.name = "log_sigmoid",
                                  .notation = "log σ({0})",
                                  .kernel = math::vectorised([](auto x) { return -math::softplus(-x); }),
                                  .vjps = {[](const Pullback& c) { return c.g * sigmoid(-c.x[0]); }}},
                                 log_sigmoid, {.low = -4, .high = 4});

const Op softplus_op = define({.name = "softplus",
                               .kernel = math::vectorised([](auto x) { return math::softplus(x); }),
                               .vjps = {[](const Pullback& c) { return c.g * sigmoid(c.x[0]); }}},
                              softplus, {.low = -4, .high = 4});

const Op relu_op = define({.name = "relu",
                           .kernel = math::vectorised([](auto x) { return math::positive_part(x); }),
                           .vjps = {[](const Pullback& c) { return where(c.x[0] > 0., c.g, 0.); }},
                           .kink = "x = 0: derivative 0, as PyTorch",
                           .branch = side_of_zero},
                          relu, {.gap = 0.1}, {0, 1, -1});

// A kernel whose scalar parameter comes with the call.
template <class F>
Kernels with_number(const char* name, F f) {
  const auto kernel = [=]<template <class> class Lane, class T>() -> Kernel {
    return [=](const Call& c, const Shape& shape) {
      const double number = c.attributes.number(name);
      return detail::map_kernel<Lane, T, 1>([=](const auto& x) { return f(x, number); }, c, shape);
    };
  };
  return {kernel.template operator()<math::BatchLane, float>(), kernel.template operator()<math::BatchLane, double>(),
          kernel.template operator()<loops::ScalarLane, Complex>()};
}

const Op leaky_relu_op = define(
    {.name = "leaky_relu",
     .notation = "leaky_relu({0}, {negative_slope})",
     .kernel = with_number("negative_slope",
                           []<class X>(const X& x, double slope) {
                             return math::select(math::real(x) > math::real(X(0)), x, x * math::constant<X>(slope));
                           }),
     .vjps = {[](const Pullback& c) { return where(c.x[0] > 0., c.g, c.attributes.number("negative_slope") * c.g); }},
     .kink = "x = 0: derivative negative_slope, as PyTorch",
     .branch = side_of_zero},
    [](const Arg& x) { return leaky_relu(x, 0.2); }, {.gap = 0.1}, {0, 1, -1});

// Complex numbers stay complex: their dtype is that of a whole gradient check.
template <class T>
Tensor convert(const Call& c, const Shape& shape) {
  const auto fill = [&]<class U>(std::type_identity<U>) {
    Tensor y = detail::allocate(shape, dtype_of<U>);
    const T* from = elements<T>(c.x[0]);
    U* to = mutable_elements<U>(y);
    for (Index i = 0; i < y.size(); ++i) to[i] = static_cast<U>(from[i]);
    return y;
  };
  if constexpr (std::same_as<T, Complex>)
    return fill(std::type_identity<Complex>{});
  else
    return c.attributes.is("dtype", "f32") ? fill(std::type_identity<float>{}) : fill(std::type_identity<double>{});
}

const Op cast_op = define({.name = "cast",
                           .notation = "{0}",
                           .kernel = {convert<float>, convert<double>, convert<Complex>},
                           .vjps = {[](const Pullback& c) { return c.g.to(c.x[0].dtype()); }}},
                          [](const Arg& x) { return cast(x, f64); });

}  // namespace

Tensor neg(const Arg& x) { return neg_op(x); }
Tensor abs(const Arg& x) { return abs_op(x); }
Tensor exp(const Arg& x) { return exp_op(x); }
Tensor log(const Arg& x) { return log_op(x); }
Tensor log1p(const Arg& x) { return log1p_op(x); }
Tensor sqrt(const Arg& x) { return sqrt_op(x); }
Tensor square(const Arg& x) { return square_op(x); }
Tensor sin(const Arg& x) { return sin_op(x); }
Tensor cos(const Arg& x) { return cos_op(x); }
Tensor tanh(const Arg& x) { return tanh_op(x); }
Tensor sigmoid(const Arg& x) { return sigmoid_op(x); }
Tensor log_sigmoid(const Arg& x) { return log_sigmoid_op(x); }
Tensor softplus(const Arg& x) { return softplus_op(x); }
Tensor relu(const Arg& x) { return relu_op(x); }
Tensor leaky_relu(const Arg& x, double negative_slope) {
  return leaky_relu_op(x, {{"negative_slope", negative_slope}});
}

Tensor cast(const Arg& x, DType dtype) { return cast_op(x, {{"dtype", to_string(dtype)}}); }

Tensor to_complex(const Tensor& t) {
  Tensor y = detail::allocate(t.shape(), DType::complex_step);
  const double* from = elements<double>(t);
  std::copy(from, from + t.size(), mutable_elements<Complex>(y));
  return y;
}

Tensor real_part(const Tensor& t) {
  Tensor y = detail::allocate(t.shape(), f64);
  const Complex* from = elements<Complex>(t);
  std::transform(from, from + t.size(), mutable_elements<double>(y), [](const Complex& z) { return z.real(); });
  return y;
}

}  // namespace xgrad
