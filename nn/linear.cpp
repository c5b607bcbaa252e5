#include <nn/linear.hpp>

#include <cmath>

#include <autograd/ops.hpp>

namespace xgrad::nn {
namespace {

Tensor initial(const Shape& shape, Index in, Rng& rng, const LinearOptions& options) {
  if (options.std > 0) return (options.std * randn(shape, rng)).to(options.dtype);
  return ((2. * rand(shape, rng) - 1.) / std::sqrt(static_cast<double>(in))).to(options.dtype);
}

Index checked(Index in, Index out) {
  if (in < 1 || out < 1)
    throw ShapeError("Linear: needs sizes of at least 1, not " + std::to_string(in) + " and " + std::to_string(out));
  return out;
}

}  // namespace

Linear::Linear(Index in, Index out, Rng& rng, const LinearOptions& options)
    : weight(initial({checked(in, out), in}, in, rng, options), "weight"),
      bias(options.bias && options.std <= 0 ? initial({out}, in, rng, options) : zeros({out}, options.dtype), "bias",
           {.trainable = options.bias}),
      has_bias_(options.bias) {}

Tensor Linear::forward(const Tensor& x) const {
  const Tensor product = matmul(x, transpose(weight));
  return has_bias_ ? product + bias : product;
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
