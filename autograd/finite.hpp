#pragma once
// The non-finite check of a Tape: which operation first made a NaN or an infinity, and from what.

#include <autograd/op.hpp>

namespace xgrad {

/// Whether every element is finite.
bool all_finite(const Tensor& t);

namespace detail {
/// Throw NumericError if a result, or the cotangent that a backward rule gave, is not finite. The message names the
/// operation, the element, its operands with their ranges of values, and the line.
void check_finite_result(const Call& call, const Tensor& y);
void check_finite_cotangent(const Pullback& call, const Tensor& d);
/// The same for a sum of cotangents, and for what a hook returned.
void check_finite_gradient(const char* what, const Tensor& of, const Tensor& g, const Where& where);
}  // namespace detail

}  // namespace xgrad
