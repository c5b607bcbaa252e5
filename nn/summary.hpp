#pragma once
// A net as a table: layer, output shape, Parameters.

#include <iosfwd>
#include <string>

#include <nn/module.hpp>

namespace xgrad::nn {

/// The table of a net that takes examples of this shape, without the axis of examples: `summary(net, {1, 28, 28})`.
/// Output shapes are found by running a copy of it, in evaluation mode, on zeros. Throws what its layers throw.
std::string summary(const Module& net, const Shape& example);

/// The same; outputs are shown if the first layer says how many inputs there are (Linear), else summary() has them.
std::ostream& operator<<(std::ostream& out, const Module& module);

}  // namespace xgrad::nn
