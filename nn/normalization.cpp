#include <nn/normalization.hpp>

#include <autograd/ops.hpp>
#include <autograd/tape.hpp>
#include <nn/layer.hpp>

namespace xgrad::nn {
namespace {

double checked_eps(const char* layer, double eps) {
  if (!(eps >= 0)) throw NumericError(std::string(layer) + ": eps must be 0 or more, not " + number_text(eps));
  return eps;
}

Shape checked_channels(const char* layer, Index channels) {
  detail::check_sizes(layer, {channels});
  return {channels};
}

}  // namespace

LayerNorm::LayerNorm(Index features, const LayerNormOptions& options)
    : weight(ones(checked_channels("LayerNorm", features), options.dtype), "weight"),
      bias(zeros({features}, options.dtype), "bias"),
      eps_(checked_eps("LayerNorm", options.eps)) {}

Tensor LayerNorm::forward(const Tensor& x) const { return layer_norm(x, weight, bias, eps_); }

void LayerNorm::visit(Visitor& v) {
  v("weight", weight);
  v("bias", bias);
}

std::string LayerNorm::label() const { return "LayerNorm(" + std::to_string(weight.shape()[0]) + ")"; }

BatchNorm::BatchNorm(const char* name, Index channels, const BatchNormOptions& options)
    : weight(ones(checked_channels(name, channels), options.dtype), "weight"),
      bias(zeros({channels}, options.dtype), "bias"),
      running_mean(zeros({channels}, options.dtype), "running_mean", {.trainable = false}),
      running_var(ones({channels}, options.dtype), "running_var", {.trainable = false}),
      name_(name),
      options_(options) {
  checked_eps(name, options.eps);
  if (!(options.momentum >= 0 && options.momentum <= 1))
    throw NumericError(std::string(name) + ": the momentum must be in [0, 1], not " + number_text(options.momentum));
}

Tensor BatchNorm::forward(const Tensor& x) const {
  const Shape& shape = x.shape();
  const Index channels = weight.shape()[0];
  if (!takes(shape.rank()) || shape[1] != channels)
    throw ShapeError(std::string(name_) + ": " + xgrad::detail::label(x) + " must be " + takes() + " with " +
                         std::to_string(channels) + " channels",
                     CallSite::resolve({}));
  Axes axes{0};
  Shape layout{channels};
  for (Index axis = 2; axis < shape.rank(); ++axis) {
    axes.push_back(axis);
    layout.push_back(1);
  }
  if (training()) {
    if (x.size() <= channels)
      throw ShapeError(std::string(name_) + ": training needs more than one value a channel, not " +
                           xgrad::detail::label(x) + "; call eval() to use the running statistics",
                       CallSite::resolve({}));
    Tensor y = batch_norm(x, weight, bias, options_.eps);
    update_running(x, axes);
    return y;
  }
  const Tensor centred = x - reshape(running_mean, layout);
  return centred * reshape(weight * rsqrt(running_var + options_.eps), layout) + reshape(bias, layout);
}

void BatchNorm::update_running(const Tensor& x, const Dims& axes) const {
  if (x.dtype() != running_mean.dtype()) return;  // gradcheck's complex steps leave no trace
  const NoGrad off;
  const double m = options_.momentum;
  const Tensor mean_now = (1 - m) * running_mean + m * mean(x, axes),
               var_now = (1 - m) * running_var + m * var(x, axes);
  running_mean.assign(mean_now);
  running_var.assign(var_now);
}

void BatchNorm::visit(Visitor& v) {
  v("weight", weight);
  v("bias", bias);
  v("running_mean", running_mean);
  v("running_var", running_var);
}

std::string BatchNorm::label() const { return std::string(name_) + "(" + std::to_string(weight.shape()[0]) + ")"; }

}  // namespace xgrad::nn
