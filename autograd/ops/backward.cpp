// Backward rules of activations, in one pass over memory where a formula of operations would take three.

#include <autograd/ops.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/layer.hpp>
#include <autograd/ops/samples.hpp>

namespace xgrad {

ops::Family& ops::backward() {
  static Family family;
  return family;
}

namespace {

using enum SampleKind;

Op define(OpSpec spec, Tensor (*f)(const Arg&, const Arg&)) {
  const std::string name = spec.name;
  if (!spec.samples) {
    spec.samples = [=] { return samples::binary(f, {}, {}); };
    spec.without = {negative_axis, ties};
  }
  const std::string operand = spec.operands[1];
  spec.misuses = [=] { return samples::binary_misuses(name, f, "g", operand); };
  spec.example = [=] { return samples::binary_example(name, f); };
  return ops::define(ops::backward(), std::move(spec));
}

const ops::Entry tanh_backward_op([] {
  return define({.name = "tanh_backward",
                 .operands = {"g", "y"},
                 .notation = "{0} * (1 - {1}²)",
                 .kernel = ops::after_layer(formulas::TanhBackward{}),
                 .vjps = {[](const Pullback& c) { return tanh_backward(c.g, c.x[1]); },
                          [](const Pullback& c) { return c.g * (-2. * (c.x[0] * c.x[1])); }}},
                tanh_backward);
});

const ops::Entry sigmoid_backward_op([] {
  return define({.name = "sigmoid_backward",
                 .operands = {"g", "y"},
                 .notation = "{0} * ({1} * (1 - {1}))",
                 .kernel = ops::after_layer(formulas::SigmoidBackward{}),
                 .vjps = {[](const Pullback& c) { return sigmoid_backward(c.g, c.x[1]); },
                          [](const Pullback& c) { return c.g * (c.x[0] * (1. - 2. * c.x[1])); }}},
                sigmoid_backward);
});

// At x of both signs, the same ones for a shape: no gradient flows to them.
std::vector<Sample> relu_backward_samples() {
  return samples::unary([](const Arg& g) {
    const Shape shape = g.tensor->shape();
    const Tensor order = reshape(arange(0, static_cast<double>(element_count(shape))), shape);
    return relu_backward(g, sin(3. * order + 1.).to(g.tensor->dtype()));
  });
}

const ops::Entry relu_backward_op([] {
  std::vector<SampleKind> without = samples::not_for_unary;
  without.push_back(ties);
  return define({.name = "relu_backward",
                 .operands = {"g", "x"},
                 .notation = "where({1} > 0, {0}, 0)",
                 .kernel = ops::after_layer(formulas::ReluBackward{}),
                 .vjps = {[](const Pullback& c) { return relu_backward(c.g, c.x[1]); }, nullptr},
                 .kink = "x = 0: derivative 0, as PyTorch",
                 .branch = [](const Call& c) { return (c.x[1] > 0.) - (c.x[1] < 0.); },
                 .samples = relu_backward_samples,
                 .without = without},
                relu_backward);
});

}  // namespace

Tensor tanh_backward(const Arg& g, const Arg& y) { return tanh_backward_op(g, y); }
Tensor sigmoid_backward(const Arg& g, const Arg& y) { return sigmoid_backward_op(g, y); }
Tensor relu_backward(const Arg& g, const Arg& x) { return relu_backward_op(g, x); }

}  // namespace xgrad
