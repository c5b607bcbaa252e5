#pragma once
// Gradient clipping, between backward and step.

#include <nn/parameter_list.hpp>

namespace xgrad::nn {

/// Scales all gradients by min(1, max_norm / (norm + 1e-6)), where norm is the root of the sum of the squares of all
/// their entries, and returns that norm, as it was before. Parameters without a gradient do not count; 0 if none has
/// one. An infinite max_norm only measures. Pascanu, Mikolov and Bengio (2013), as torch.nn.utils.clip_grad_norm_.
/// Throws NumericError unless max_norm is above 0, or naming the Parameter whose gradient is not finite; then nothing
/// has changed.
double clip_grad_norm(ParameterList parameters, double max_norm);

/// Moves every entry of every gradient into [−max_value, max_value], an infinite one too, as
/// torch.nn.utils.clip_grad_value_. Throws NumericError unless max_value is a finite number above 0, or naming the
/// Parameter whose gradient has a NaN; then nothing has changed.
void clip_grad_value(ParameterList parameters, double max_value);

}  // namespace xgrad::nn
