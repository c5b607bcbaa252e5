#include <nn/rmsprop.hpp>

#include <algorithm>
#include <cmath>

#include <nn/entrywise.hpp>
#include <nn/options.hpp>

namespace xgrad::nn {
namespace {

constexpr const char* name = "RmsProp";

std::vector<Memory> memory(const RmsPropOptions& o) {
  std::vector<Memory> result{{"square_avg"}};
  if (o.momentum > 0) result.push_back({"momentum_buffer"});
  if (o.centered) result.push_back({"grad_avg"});
  return result;
}

}  // namespace

RmsProp::RmsProp(ParameterList parameters, const RmsPropOptions& options)
    : Optimizer(name, std::move(parameters), options.lr, memory(options)), options_(options) {
  detail::below_one(name, "alpha", options.alpha);
  detail::not_negative(name, "eps", options.eps);
  detail::below_one(name, "momentum", options.momentum);
  detail::not_negative(name, "weight_decay", options.weight_decay);
}

Slot RmsProp::updated(const Slot& old, const Tensor& grad, Index) const {
  const std::size_t last = old.memory.size() - 1;  // where grad_avg is, if it is
  return entrywise(old, grad, [o = options_, last, lr = lr()](double& p, double g, auto& memory) {
    double &square_avg = memory[0], &buffer = memory[1], &grad_avg = memory[last];
    g += o.weight_decay * p;
    square_avg = o.alpha * square_avg + (1 - o.alpha) * g * g;
    double variance = square_avg;
    if (o.centered) {
      grad_avg = o.alpha * grad_avg + (1 - o.alpha) * g;
      variance = std::max(square_avg - grad_avg * grad_avg, 0.);
    }
    const double direction = g / (std::sqrt(variance) + o.eps);
    if (o.momentum > 0) buffer = o.momentum * buffer + direction;
    p -= lr * (o.momentum > 0 ? buffer : direction);
  });
}

}  // namespace xgrad::nn
