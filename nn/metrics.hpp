#pragma once
// Metrics: numbers about predictions. They read values and record nothing.

#include <autograd/tensor.hpp>

namespace xgrad::nn {

/// The share of right predictions, in [0, 1]. Binary: logits and targets (0 or 1) of one shape, right where
/// (logit > 0) = (target > 0.5). Classes: logits (n, c) with targets (n), right where the largest logit is the
/// target's. Throws ShapeError.
double accuracy(const Tensor& logits, const Tensor& target);

}  // namespace xgrad::nn
