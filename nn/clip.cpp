#include <nn/clip.hpp>

#include <algorithm>
#include <cmath>

#include <autograd/ops.hpp>
#include <nn/options.hpp>

namespace xgrad::nn {
namespace {

// Gives each Parameter f(its gradient): all are made before the first is stored.
template <class F>
void replace_gradients(ParameterList& parameters, F f) {
  std::vector<std::pair<Parameter*, Tensor>> made;
  for (Parameter& p : parameters)
    if (p.has_grad()) made.emplace_back(&p, f(p));
  for (auto& [p, grad] : made) p->set_grad(grad);
}

[[noreturn]] void refuse(const char* who, const Parameter& p, const char* what) {
  throw NumericError(std::string(who) + ": the gradient of " + p.name() + what +
                     "; a Tape with check_finite finds the operation that made it so");
}

}  // namespace

double clip_grad_norm(ParameterList parameters, double max_norm) {
  if (!(max_norm > 0)) throw NumericError("clip_grad_norm: max_norm must be above 0, not " + number_text(max_norm));
  double largest = 0;  // squares of entries divided by it neither overflow nor all vanish
  for (const Parameter& p : parameters) {
    if (!p.has_grad()) continue;
    for (double g : p.grad().values()) {
      if (!std::isfinite(g)) refuse("clip_grad_norm", p, " is not finite");
      largest = std::max(largest, std::abs(g));
    }
  }
  if (largest == 0) return 0;
  double squares = 0;
  for (const Parameter& p : parameters) {
    if (!p.has_grad()) continue;
    for (double g : p.grad().values()) squares += g / largest * (g / largest);
  }
  const double norm = largest * std::sqrt(squares), scale = max_norm / (norm + 1e-6);
  if (scale < 1) replace_gradients(parameters, [scale](const Parameter& p) { return scale * p.grad(); });
  return norm;
}

void clip_grad_value(ParameterList parameters, double max_value) {
  detail::above_zero("clip_grad_value", "max_value", max_value);
  replace_gradients(parameters, [max_value](const Parameter& p) {
    for (double g : p.grad().values())
      if (std::isnan(g)) refuse("clip_grad_value", p, " has a NaN");
    return clamp(p.grad(), -max_value, max_value);
  });
}

}  // namespace xgrad::nn
