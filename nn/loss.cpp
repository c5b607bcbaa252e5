#include <nn/loss.hpp>

#include <cmath>

namespace xgrad::nn {
namespace {

Tensor penalty(const char* what, Module& module, double lambda, Tensor (*f)(const Parameter&)) {
  if (!(lambda >= 0) || !std::isfinite(lambda))
    throw NumericError(std::string(what) + ": lambda must be a finite number of at least 0, not " +
                       number_text(lambda));
  Tensor total;
  for (const Parameter& p : trainable_parameters(module))
    if (p.shape().rank() >= 2) total = total.defined() ? total + f(p) : f(p);
  if (!total.defined()) throw TapeError(std::string(what) + ": there is no trainable weight to penalise");
  return lambda * total;
}

}  // namespace

Tensor l2_penalty(Module& module, double lambda) {
  return penalty("l2_penalty", module, lambda, [](const Parameter& p) { return 0.5 * sum(square(p)); });
}

Tensor l1_penalty(Module& module, double lambda) {
  return penalty("l1_penalty", module, lambda, [](const Parameter& p) { return sum(abs(p)); });
}

}  // namespace xgrad::nn
