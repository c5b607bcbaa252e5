#pragma once
// The checks of options: each returns the value, or throws a NumericError such as
// `Adam: beta1 must lie in [0, 1), not 2`.

#include <autograd/shape.hpp>

namespace xgrad::nn::detail {

/// Finite and ≥ 0.
double not_negative(const char* owner, const char* option, double value);
/// Finite and > 0.
double above_zero(const char* owner, const char* option, double value);
/// In [0, 1).
double below_one(const char* owner, const char* option, double value);
/// In [0, 1].
double up_to_one(const char* owner, const char* option, double value);
/// Finite and greater than the limit, which the message calls `limit_name` where it is an option too.
double above(const char* owner, const char* option, double value, double limit, const char* limit_name = nullptr);
Index at_least(const char* owner, const char* option, Index value, Index low);

}  // namespace xgrad::nn::detail
