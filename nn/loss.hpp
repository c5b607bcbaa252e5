#pragma once
// Losses are operations (autograd/ops.hpp); here they are under nn as well, with the penalties on weights.

#include <autograd/ops.hpp>
#include <nn/module.hpp>

namespace xgrad::nn {

using xgrad::binary_cross_entropy;
using xgrad::binary_cross_entropy_with_logits;
using xgrad::categorical_cross_entropy;
using xgrad::cross_entropy;
using xgrad::huber;
using xgrad::mae;
using xgrad::mse;
using xgrad::Reduction;

/// lambda/2 · Σ w² over the trainable weights (Parameters of two and more axes; biases and scales stay free), so that
/// its gradient is lambda · w. Added to a loss. Throws NumericError if lambda is negative or not finite.
Tensor l2_penalty(Module& module, double lambda);
/// lambda · Σ |w|, which drives weights to 0.
Tensor l1_penalty(Module& module, double lambda);

}  // namespace xgrad::nn
