#pragma once
// Samples and misuses that families of operations share: every kind of shape, away from kinks unless tied on purpose.

#include <functional>
#include <vector>

#include <autograd/op.hpp>

namespace xgrad::samples {

using Unary = std::function<Tensor(const Arg&)>;
using Binary = std::function<Tensor(const Arg&, const Arg&)>;
using Reduce = std::function<Tensor(const Arg&, const Axes&, bool)>;
using Along = std::function<Tensor(const Arg&, Index)>;

/// Where sample values lie: [low, high], and at least `gap` away from 0.
struct Range {
  double low = -2, high = 2, gap = 0;
};

/// Values spread over a range without a pattern, the same for the same seed.
Tensor values(const Shape& shape, const Range& range, unsigned seed);

/// 12 and more of each kind that applies to elementwise operations of one operand. `kinks` are tied values, if any.
std::vector<Sample> unary(const Unary& f, const Range& range = {}, const std::vector<double>& kinks = {});
/// The same for two operands. `tied` are operands at ties, if any.
std::vector<Sample> binary(const Binary& f, const Range& a = {}, const Range& b = {},
                           const std::vector<Tensor>& tied = {});
/// Two operands that are equal here and there.
std::vector<Tensor> equal_somewhere();
/// Reductions over any axes. Operations that refuse to reduce nothing get no empty reduction.
std::vector<Sample> reduction(const Reduce& f, bool of_nothing, bool ties = false);
/// Operations along one axis.
std::vector<Sample> along_axis(const Along& f);

/// Examples that families share, by the name of the operation.
Example unary_example(const std::string& name, const Unary& f, const Range& range = {});
Example binary_example(const std::string& name, const Binary& f);
Example reduction_example(const std::string& name, const Reduce& f);
Example axis_example(const std::string& name, const Along& f);

std::vector<Misuse> unary_misuses(const std::string& name, const Unary& f);
std::vector<Misuse> binary_misuses(const std::string& name, const Binary& f, const std::string& a = "a",
                                   const std::string& b = "b");
std::vector<Misuse> reduction_misuses(const std::string& name, const Reduce& f, bool of_nothing);
std::vector<Misuse> axis_misuses(const std::string& name, const Along& f);

/// What does not apply to elementwise operations of one operand.
inline const std::vector<SampleKind> not_for_unary = {SampleKind::broadcast_left, SampleKind::broadcast_right,
                                                      SampleKind::negative_axis};

}  // namespace xgrad::samples
