#include <nn/adam.hpp>

#include <cmath>

#include <nn/kernels/update.hpp>
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

// `decay` of the value goes into the gradient, and `kept` stays of it.
template <class Options>
Slot updated_by(const Options& o, const Slot& old, const Tensor& grad, Index step, double lr, double decay,
                double kept) {
  const auto t = static_cast<double>(step);
  const double step_size = lr / (1 - std::pow(o.beta1, t)), root_scale = 1 / std::sqrt(1 - std::pow(o.beta2, t));
  const auto by = [&](auto rule) { return detail::update(rule, old, grad); };
  if (o.amsgrad) return by(rules::Adam<true>{o.beta1, o.beta2, o.eps, decay, kept, step_size, root_scale});
  return by(rules::Adam<false>{o.beta1, o.beta2, o.eps, decay, kept, step_size, root_scale});
}

}  // namespace

Adam::Adam(ParameterList parameters, const AdamOptions& options)
    : Optimizer("Adam", std::move(parameters), options.lr, memory(options)), options_(checked("Adam", options)) {}

Slot Adam::updated(const Slot& old, const Tensor& grad, Index step) const {
  return updated_by(options_, old, grad, step, lr(), options_.weight_decay, 1);
}

AdamW::AdamW(ParameterList parameters, const AdamWOptions& options)
    : Optimizer("AdamW", std::move(parameters), options.lr, memory(options)), options_(checked("AdamW", options)) {}

Slot AdamW::updated(const Slot& old, const Tensor& grad, Index step) const {
  return updated_by(options_, old, grad, step, lr(), 0, 1 - lr() * options_.weight_decay);
}

}  // namespace xgrad::nn
