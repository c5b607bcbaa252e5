// Trigonometric and hyperbolic functions.

#include <autograd/ops/elementwise.hpp>

namespace xgrad {

ops::Family& ops::trigonometry() {
  static Family family;
  return family;
}

namespace {

Op define(OpSpec spec, Tensor (*f)(const Arg&), const samples::Range& range = {},
          const std::vector<double>& kinks = {}) {
  return ops::define_elementwise(ops::trigonometry(), std::move(spec), f, range, kinks);
}

const ops::Entry sin_op([] {
  return define({.name = "sin",
                 .kernel = math::vectorised([](auto x) { return math::sin(x); }),
                 .vjps = {[](const Pullback& c) { return c.g * cos(c.x[0]); }}},
                sin, {.low = -4, .high = 4});
});

const ops::Entry cos_op([] {
  return define({.name = "cos",
                 .kernel = math::vectorised([](auto x) { return math::cos(x); }),
                 .vjps = {[](const Pullback& c) { return c.g * -sin(c.x[0]); }}},
                cos, {.low = -4, .high = 4});
});

const ops::Entry tan_op([] {
  return define({.name = "tan",
                 .kernel = math::vectorised([](auto x) { return math::tan(x); }),
                 .vjps = {[](const Pullback& c) { return c.g * (1. + square(c.y)); }}},
                tan, {.low = -1.2, .high = 1.2});
});

const ops::Entry asin_op([] {
  return define({.name = "asin",
                 .kernel = math::vectorised([](auto x) { return math::asin(x); }),
                 .vjps = {[](const Pullback& c) { return c.g / sqrt((1. - c.x[0]) * (1. + c.x[0])); }}},
                asin, {.low = -0.9, .high = 0.9});
});

const ops::Entry acos_op([] {
  return define({.name = "acos",
                 .kernel = math::vectorised([](auto x) { return math::acos(x); }),
                 .vjps = {[](const Pullback& c) { return -c.g / sqrt((1. - c.x[0]) * (1. + c.x[0])); }}},
                acos, {.low = -0.9, .high = 0.9});
});

const ops::Entry atan_op([] {
  return define({.name = "atan",
                 .kernel = math::vectorised([](auto x) { return math::atan(x); }),
                 .vjps = {[](const Pullback& c) { return c.g / (1. + square(c.x[0])); }}},
                atan);
});

const ops::Entry sinh_op([] {
  return define({.name = "sinh",
                 .kernel = math::vectorised([](auto x) { return math::sinh(x); }),
                 .vjps = {[](const Pullback& c) { return c.g * cosh(c.x[0]); }}},
                sinh);
});

const ops::Entry cosh_op([] {
  return define({.name = "cosh",
                 .kernel = math::vectorised([](auto x) { return math::cosh(x); }),
                 .vjps = {[](const Pullback& c) { return c.g * sinh(c.x[0]); }}},
                cosh);
});

const ops::Entry tanh_op([] {
  return define({.name = "tanh",
                 .kernel = math::vectorised([](auto x) { return math::tanh(x); }),
                 .vjps = {[](const Pullback& c) { return c.g * (1. - square(c.y)); }}},
                tanh);
});

}  // namespace

Tensor sin(const Arg& x) { return sin_op(x); }
Tensor cos(const Arg& x) { return cos_op(x); }
Tensor tan(const Arg& x) { return tan_op(x); }
Tensor asin(const Arg& x) { return asin_op(x); }
Tensor acos(const Arg& x) { return acos_op(x); }
Tensor atan(const Arg& x) { return atan_op(x); }
Tensor sinh(const Arg& x) { return sinh_op(x); }
Tensor cosh(const Arg& x) { return cosh_op(x); }
Tensor tanh(const Arg& x) { return tanh_op(x); }

}  // namespace xgrad
