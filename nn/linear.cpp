#include <nn/linear.hpp>

#include <autograd/ops.hpp>
#include <autograd/tape.hpp>
#include <nn/layer.hpp>

namespace xgrad::nn {

Linear::Linear(Index in, Index out, Rng& rng, const LinearOptions& options)
    : weight((detail::check_sizes("Linear", {in, out}),
              detail::starting_weight({out, in}, rng, options.init, options.dtype))),
      bias(detail::starting_bias({out, in}, rng, options.init, options.dtype, options.bias)),
      has_bias_(options.bias) {}

Tensor Linear::forward(const Tensor& x) const {
  const Index in = weight.shape()[1];
  if (x.rank() == 0 || x.shape()[x.rank() - 1] != in)
    throw ShapeError("Linear: " + xgrad::detail::label(x) + " must have " + std::to_string(in) +
                         " features on its last axis, for " + weight.name() + " " + to_string(weight.shape()),
                     CallSite::resolve({}));
  return has_bias_ ? linear(x, weight, bias) : matmul(x, transpose(weight));
}

void Linear::visit(Visitor& v) {
  v("weight", weight);
  if (has_bias_) v("bias", bias);
}

std::string Linear::label() const {
  return "Linear(" + std::to_string(weight.shape()[1]) + ", " + std::to_string(weight.shape()[0]) +
         (has_bias_ ? ")" : ", no bias)");
}

}  // namespace xgrad::nn
