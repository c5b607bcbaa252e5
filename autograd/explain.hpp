#pragma once
// Explain: what a recording says, as formulas.

#include <string>

#include <autograd/op.hpp>
#include <autograd/tape.hpp>

namespace xgrad {

/// The formula of a recorded tensor, written out down to what has a name: `tanh(x · W1ᵀ + b1)`.
/// Leaves and named tensors stand for themselves. Throws TapeError if the tape has not recorded it.
std::string formula(const Tape& tape, const Tensor& y);

/// The line that recorded most: ` [train.cpp:31] added 900 nodes`.
std::string busiest_line(const Tape& tape);

/// What the rule of one operand returns, in g (the cotangent), y (the result) and the operands' names, or "" if it has
/// none. Found by recording the rule on a sample, so it cannot differ from what runs.
std::string derivative_formula(const Op& op, std::size_t operand);

}  // namespace xgrad
