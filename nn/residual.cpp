#include <nn/residual.hpp>

#include <autograd/ops.hpp>
#include <autograd/tape.hpp>

namespace xgrad::nn {

Residual::Residual(std::unique_ptr<Module> body) : body_(std::move(body)) {
  if (!body_) throw ShapeError("Residual: cannot take an empty module");
}

Tensor Residual::forward(const Tensor& x) const {
  const Tensor y = body_->forward(x);
  if (y.shape() != x.shape())
    throw ShapeError("Residual: " + body_->label() + " makes " + to_string(y.shape()) + " of " +
                         xgrad::detail::label(x) + "; the body must keep the shape",
                     CallSite::resolve({}));
  return x + y;
}

}  // namespace xgrad::nn
