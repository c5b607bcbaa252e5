// Trigonometric and hyperbolic functions.

#include <autograd/ops/elementwise.hpp>
#include <autograd/ops/layer.hpp>

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
  return define({.name = "sin", .kernel = kernels::vectorised(formulas::Sin{}), .vjps = {[](const Pullback& c) {
                                                                                  return c.g * cos(c.x[0]);
                                                                                }}},
                sin, {.low = -4, .high = 4});
});

const ops::Entry cos_op([] {
  return define({.name = "cos", .kernel = kernels::vectorised(formulas::Cos{}), .vjps = {[](const Pullback& c) {
                                                                                  return c.g * -sin(c.x[0]);
                                                                                }}},
                cos, {.low = -4, .high = 4});
});

const ops::Entry tan_op([] {
  return define({.name = "tan", .kernel = kernels::vectorised(formulas::Tan{}), .vjps = {[](const Pullback& c) {
                                                                                  return c.g * (1. + square(c.y));
                                                                                }}},
                tan, {.low = -1.2, .high = 1.2});
});

const ops::Entry asin_op([] {
  return define({.name = "asin",
                 .kernel = kernels::vectorised(formulas::Asin{}),
                 .vjps = {[](const Pullback& c) { return c.g / sqrt((1. - c.x[0]) * (1. + c.x[0])); }}},
                asin, {.low = -0.9, .high = 0.9});
});

const ops::Entry acos_op([] {
  return define({.name = "acos",
                 .kernel = kernels::vectorised(formulas::Acos{}),
                 .vjps = {[](const Pullback& c) { return -c.g / sqrt((1. - c.x[0]) * (1. + c.x[0])); }}},
                acos, {.low = -0.9, .high = 0.9});
});

const ops::Entry atan_op([] {
  return define({.name = "atan", .kernel = kernels::vectorised(formulas::Atan{}), .vjps = {[](const Pullback& c) {
                                                                                    return c.g / (1. + square(c.x[0]));
                                                                                  }}},
                atan);
});

const ops::Entry sinh_op([] {
  return define({.name = "sinh", .kernel = kernels::vectorised(formulas::Sinh{}), .vjps = {[](const Pullback& c) {
                                                                                    return c.g * cosh(c.x[0]);
                                                                                  }}},
                sinh);
});

const ops::Entry cosh_op([] {
  return define({.name = "cosh", .kernel = kernels::vectorised(formulas::Cosh{}), .vjps = {[](const Pullback& c) {
                                                                                    return c.g * sinh(c.x[0]);
                                                                                  }}},
                cosh);
});

const ops::Entry tanh_op([] {
  return define({.name = "tanh", .kernel = ops::after_layer(formulas::Tanh{}), .vjps = {[](const Pullback& c) {
                                                                                 return tanh_backward(c.g, c.y);
                                                                               }}},
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
