#include <nn/adam.hpp>

#include <algorithm>
#include <cmath>

#include <nn/entrywise.hpp>
#include <nn/options.hpp>

namespace xgrad::nn {
namespace {

// Both option structs have the same members.
template <class Options>
std::vector<Memory> memory(const Options& o) {
  std::vector<Memory> result{{"exp_avg"}, {"exp_avg_sq"}};
  if (o.amsgrad) result.push_back({"max_exp_avg_sq"});
  return result;
}

template <class Options>
Options checked(const char* name, const Options& o) {
  detail::below_one(name, "beta1", o.beta1);
  detail::below_one(name, "beta2", o.beta2);
  detail::not_negative(name, "eps", o.eps);
  detail::not_negative(name, "weight_decay", o.weight_decay);
  return o;
}

// decay(p, g) puts weight decay where it belongs: into the value, or into the gradient.
template <class Options, class Decay>
Slot rule(const Slot& old, const Tensor& grad, Index step, const Options& o, double lr, Decay decay) {
  const auto t = static_cast<double>(step);
  const double step_size = lr / (1 - std::pow(o.beta1, t)), scale = std::sqrt(1 - std::pow(o.beta2, t));
  return entrywise(old, grad, [=](double& p, double g, auto& memory) {
    double &exp_avg = memory[0], &exp_avg_sq = memory[1], &largest = memory[2];
    decay(p, g);
    exp_avg = o.beta1 * exp_avg + (1 - o.beta1) * g;
    exp_avg_sq = o.beta2 * exp_avg_sq + (1 - o.beta2) * g * g;
    if (o.amsgrad) largest = std::max(largest, exp_avg_sq);
    p -= step_size * exp_avg / (std::sqrt(o.amsgrad ? largest : exp_avg_sq) / scale + o.eps);
  });
}

}  // namespace

Adam::Adam(ParameterList parameters, const AdamOptions& options)
    : Optimizer("Adam", std::move(parameters), options.lr, memory(options)), options_(checked("Adam", options)) {}

Slot Adam::updated(const Slot& old, const Tensor& grad, Index step) const {
  return rule(old, grad, step, options_, lr(),
              [decay = options_.weight_decay](double p, double& g) { g += decay * p; });
}

AdamW::AdamW(ParameterList parameters, const AdamWOptions& options)
    : Optimizer("AdamW", std::move(parameters), options.lr, memory(options)), options_(checked("AdamW", options)) {}

Slot AdamW::updated(const Slot& old, const Tensor& grad, Index step) const {
  return rule(old, grad, step, options_, lr(),
              [keep = 1 - lr() * options_.weight_decay](double& p, double) { p *= keep; });
}

}  // namespace xgrad::nn
