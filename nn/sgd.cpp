#include <nn/sgd.hpp>

#include <nn/kernels/update.hpp>
#include <nn/options.hpp>

namespace xgrad::nn {
namespace {

constexpr const char* name = "Sgd";

std::vector<Memory> memory(const SgdOptions& o) {
  if (o.momentum == 0) return {};
  return {{"momentum_buffer"}};
}

}  // namespace

Sgd::Sgd(ParameterList parameters, const SgdOptions& options)
    : Optimizer(name, std::move(parameters), options.lr, memory(options)), options_(options) {
  detail::below_one(name, "momentum", options.momentum);
  detail::up_to_one(name, "dampening", options.dampening);
  detail::not_negative(name, "weight_decay", options.weight_decay);
  if (options.nesterov && (options.momentum == 0 || options.dampening != 0))
    throw NumericError("Sgd: nesterov needs a momentum above 0 and no dampening");
}

Slot Sgd::updated(const Slot& old, const Tensor& grad, Index step) const {
  const SgdOptions& o = options_;
  if (o.momentum == 0) return detail::update(rules::Sgd{lr(), o.weight_decay}, old, grad);
  const bool first = step == 1;  // the buffer starts as the gradient, dampened or not
  return detail::update(rules::Momentum{lr(), o.weight_decay, o.momentum, first ? 0 : o.momentum,
                                        first ? 1 : 1 - o.dampening, o.nesterov},
                        old, grad);
}

}  // namespace xgrad::nn
