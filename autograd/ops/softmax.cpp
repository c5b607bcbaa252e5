// Softmax and its logarithm along one axis, through the log-sum-exp.

#include <autograd/ops.hpp>
#include <autograd/ops/axis.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/samples.hpp>

namespace xgrad {

ops::Family& ops::softmax() {
  static Family family;
  return family;
}

namespace {

using enum SampleKind;

using ops::axis_of, ops::composed;

Shape checked(const Call& c) {
  axis_of(c);
  return c.x[0].shape();
}

// x − logsumexp(x) along the axis.
Tensor shifted(const Call& c, const Shape&) {
  const Tensor x = c.x[0].detach();
  return x - logsumexp(x, {axis_of(c)}, true);
}

Op define(OpSpec spec, Tensor (*f)(const Arg&, Index)) {
  const std::string name = spec.name;
  spec.notation = name + "({0}, {axis})";
  spec.shape = checked;
  spec.samples = [=] { return samples::along_axis(f); };
  spec.misuses = [=] { return samples::axis_misuses(name, f); };
  spec.example = [=] { return samples::axis_example(name, f); };
  spec.without = {rank0, broadcast_left, broadcast_right, ties};
  return ops::define(ops::softmax(), std::move(spec));
}

const ops::Entry softmax_op([] {
  return define({.name = "softmax",
                 .kernel = composed([](const Call& c, const Shape& shape) {
                   // divided by its own sum once more, so that the shares add to 1 to the last bit or two
                   const Tensor e = exp(shifted(c, shape));
                   return e / sum(e, {axis_of(c)}, true);
                 }),
                 .vjps = {[](const Pullback& c) { return c.y * (c.g - sum(c.g * c.y, {axis_of(c)}, true)); }}},
                softmax);
});

const ops::Entry log_softmax_op([] {
  return define({.name = "log_softmax",
                 .kernel = composed(shifted),
                 .vjps = {[](const Pullback& c) { return c.g - exp(c.y) * sum(c.g, {axis_of(c)}, true); }}},
                log_softmax);
});

}  // namespace

Tensor softmax(const Arg& x, Index axis) { return softmax_op(x, {{"axis", static_cast<double>(axis)}}); }
Tensor log_softmax(const Arg& x, Index axis) { return log_softmax_op(x, {{"axis", static_cast<double>(axis)}}); }

}  // namespace xgrad
