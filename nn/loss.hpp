#pragma once
// Losses are operations (autograd/ops.hpp); here they are under nn as well.

#include <autograd/ops.hpp>

namespace xgrad::nn {

using xgrad::binary_cross_entropy;
using xgrad::binary_cross_entropy_with_logits;
using xgrad::cross_entropy;
using xgrad::mse;
using xgrad::Reduction;

}  // namespace xgrad::nn
