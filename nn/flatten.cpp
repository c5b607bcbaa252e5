#include <nn/flatten.hpp>

#include <autograd/ops.hpp>
#include <autograd/tape.hpp>

namespace xgrad::nn {

Tensor Flatten::forward(const Tensor& x) const {
  if (x.rank() == 0)
    throw ShapeError("Flatten: " + xgrad::detail::label(x) + " has no axis of examples", CallSite::resolve({}));
  const Index n = x.shape()[0];
  Index features = 1;  // not −1: of no examples it could not be worked out
  for (Index axis = 1; axis < x.rank(); ++axis) features *= x.shape()[axis];
  return reshape(x, {n, features});
}

}  // namespace xgrad::nn
