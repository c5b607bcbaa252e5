// Activations.

#include <numbers>

#include <autograd/ops/elementwise.hpp>
#include <autograd/ops/layer.hpp>

namespace xgrad {

ops::Family& ops::activation() {
  static Family family;
  return family;
}

namespace {

Op define(OpSpec spec, Tensor (*f)(const Arg&), const samples::Range& range = {},
          const std::vector<double>& kinks = {}) {
  return ops::define_elementwise(ops::activation(), std::move(spec), f, range, kinks);
}

const ops::Entry sigmoid_op([] {
  return define({.name = "sigmoid",
                 .notation = "σ({0})",
                 .kernel = ops::after_layer(formulas::Sigmoid{}),
                 .vjps = {[](const Pullback& c) { return sigmoid_backward(c.g, c.y); }}},
                sigmoid, {.low = -4, .high = 4});
});

const ops::Entry log_sigmoid_op([] {
  return define({.name = "log_sigmoid",
                 .notation = "log σ({0})",
                 .kernel = kernels::vectorised(formulas::LogSigmoid{}),
                 .vjps = {[](const Pullback& c) { return c.g * sigmoid(-c.x[0]); }}},
                log_sigmoid, {.low = -4, .high = 4});
});

const ops::Entry softplus_op([] {
  return define({.name = "softplus",
                 .kernel = kernels::vectorised(formulas::Softplus{}),
                 .vjps = {[](const Pullback& c) { return c.g * sigmoid(c.x[0]); }}},
                softplus, {.low = -4, .high = 4});
});

const ops::Entry relu_op([] {
  return define({.name = "relu",
                 .kernel = ops::after_layer(formulas::Relu{}),
                 .vjps = {[](const Pullback& c) { return relu_backward(c.g, c.y); }},  // y > 0 where x is; x may wait
                 .kink = "x = 0: derivative 0, as PyTorch",
                 .branch = ops::side_of_zero},
                relu, {.gap = 0.1}, {0, 1, -1});
});

// Samples of both signs of the parameter: only with a negative one are the signs of x and y two things.
std::vector<Sample> either_sign(Tensor (*f)(const Arg&, double), double parameter) {
  std::vector<Sample> result = samples::unary([=](const Arg& x) { return f(x, parameter); }, {.gap = 0.1}, {0, 1, -1});
  result.push_back(
      {SampleKind::plain, {samples::values({9}, {.gap = 0.1}, 30)}, [=](Inputs x) { return f(x[0], -parameter); }});
  return result;
}

const ops::Entry leaky_relu_op([] {
  return define(
      {.name = "leaky_relu",
       .notation = "leaky_relu({0}, {negative_slope})",
       .kernel = kernels::with_numbers<formulas::LeakyRelu>("negative_slope"),
       .vjps = {[](const Pullback& c) { return where(c.x[0] > 0., c.g, c.attributes.number("negative_slope") * c.g); }},
       .kink = "x = 0: derivative negative_slope, as PyTorch",
       .branch = ops::side_of_zero,
       .samples = [] { return either_sign(leaky_relu, 0.2); }},
      [](const Arg& x) { return leaky_relu(x, 0.2); }, {.gap = 0.1}, {0, 1, -1});
});

// At x ≤ 0 the derivative alpha·e^x is y + alpha: nothing overflows where x is large.
const ops::Entry elu_op([] {
  return define(
      {.name = "elu",
       .notation = "elu({0}, {alpha})",
       .kernel = kernels::with_numbers<formulas::Elu>("alpha"),
       .vjps = {[](const Pullback& c) { return where(c.x[0] > 0., c.g, c.g * (c.y + c.attributes.number("alpha"))); }},
       .kink = "x = 0: derivative alpha, as PyTorch",
       .branch = ops::side_of_zero,
       .samples = [] { return either_sign(elu, 0.7); }},
      [](const Arg& x) { return elu(x, 0.7); }, {.gap = 0.1}, {0, 1, -1});
});

const ops::Entry selu_op([] {
  return define({.name = "selu",
                 .kernel = kernels::vectorised(formulas::Selu{}),
                 .vjps = {[](const Pullback& c) {
                   using F = formulas::Selu;
                   return where(c.x[0] > 0., c.g * F::scale, c.g * (c.y + F::scaled_alpha));
                 }},
                 .kink = "x = 0: the derivative of the left side, as PyTorch",
                 .branch = ops::side_of_zero},
                selu, {.gap = 0.1}, {0, 1, -1});
});

// x·Φ(x), Φ the normal distribution. Hendrycks, Gimpel: Gaussian Error Linear Units (2016).
const ops::Entry gelu_op([] {
  return define({.name = "gelu",
                 .notation = "{0}·Φ({0})",
                 .kernel = kernels::vectorised(formulas::Gelu{}),
                 .vjps = {[](const Pullback& c) {
                   const Tensor& x = c.x[0];
                   const Tensor share = 0.5 + 0.5 * erf(x * (std::numbers::sqrt2 / 2));
                   return c.g * (share + x * exp(-0.5 * square(x)) * std::sqrt(0.5 / std::numbers::pi));
                 }}},
                gelu);
});

const ops::Entry gelu_tanh_op([] {
  return define({.name = "gelu_tanh",
                 .kernel = kernels::vectorised(formulas::GeluTanh{}),
                 .vjps = {[](const Pullback& c) {
                   const Tensor &x = c.x[0], squared = square(x);
                   constexpr double first = 2 * math::gelu_tanh_slope, cubic = math::gelu_tanh_cubic;
                   const Tensor twice_u = first * (x + cubic * x * squared), share = sigmoid(twice_u);
                   const Tensor slope = first * (1. + 3. * cubic * squared);
                   return c.g * (share + x * share * sigmoid(-twice_u) * slope);
                 }}},
                gelu_tanh);
});

const ops::Entry silu_op([] {
  return define({.name = "silu",
                 .notation = "{0}·σ({0})",
                 .kernel = kernels::vectorised(formulas::Silu{}),
                 .vjps = {[](const Pullback& c) {
                   const Tensor s = sigmoid(c.x[0]);
                   return c.g * (s + c.y * (1. - s));
                 }}},
                silu);
});

}  // namespace

Tensor sigmoid(const Arg& x) { return sigmoid_op(x); }
Tensor log_sigmoid(const Arg& x) { return log_sigmoid_op(x); }
Tensor softplus(const Arg& x) { return softplus_op(x); }
Tensor relu(const Arg& x) { return relu_op(x); }
Tensor leaky_relu(const Arg& x, double negative_slope) {
  return leaky_relu_op(x, {{"negative_slope", negative_slope}});
}
Tensor elu(const Arg& x, double alpha) { return elu_op(x, {{"alpha", alpha}}); }
Tensor selu(const Arg& x) { return selu_op(x); }
Tensor gelu(const Arg& x) { return gelu_op(x); }
Tensor gelu_tanh(const Arg& x) { return gelu_tanh_op(x); }
Tensor silu(const Arg& x) { return silu_op(x); }

}  // namespace xgrad
