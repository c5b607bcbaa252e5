#include <nn/sgd.hpp>

#include <nn/entrywise.hpp>
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
  return entrywise(old, grad, [o = options_, lr = lr(), first = step == 1](double& p, double g, auto& memory) {
    double& buffer = memory[0];
    g += o.weight_decay * p;
    buffer = first ? g : o.momentum * buffer + (1 - o.dampening) * g;
    p -= lr * (o.nesterov ? g + o.momentum * buffer : o.momentum > 0 ? buffer : g);
  });
}

}  // namespace xgrad::nn
