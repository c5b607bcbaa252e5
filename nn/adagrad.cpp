#include <nn/adagrad.hpp>

#include <cmath>

#include <nn/entrywise.hpp>
#include <nn/options.hpp>

namespace xgrad::nn {
namespace {

constexpr const char* name = "Adagrad";

}  // namespace

Adagrad::Adagrad(ParameterList parameters, const AdagradOptions& options)
    : Optimizer(name, std::move(parameters), options.lr,
                {{"sum", detail::not_negative(name, "initial_accumulator_value", options.initial_accumulator_value)}}),
      options_(options) {
  detail::not_negative(name, "lr_decay", options.lr_decay);
  detail::not_negative(name, "weight_decay", options.weight_decay);
  detail::not_negative(name, "eps", options.eps);
}

Slot Adagrad::updated(const Slot& old, const Tensor& grad, Index step) const {
  const double rate = lr() / (1 + static_cast<double>(step - 1) * options_.lr_decay);
  return entrywise(old, grad, [o = options_, rate](double& p, double g, auto& memory) {
    double& sum = memory[0];
    g += o.weight_decay * p;
    sum += g * g;
    p -= rate * g / (std::sqrt(sum) + o.eps);
  });
}

}  // namespace xgrad::nn
