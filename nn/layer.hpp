#pragma once
// Internal. What layers with a weight share: its starting values, and the check of their sizes.

#include <initializer_list>

#include <autograd/parameter.hpp>
#include <nn/init.hpp>

namespace xgrad::nn::detail {

/// The starting values of a layer's weight, and of its bias, one for each output.
Parameter starting_weight(const Shape& shape, Rng& rng, const Initializer& init, DType dtype);
Parameter starting_bias(const Shape& weight, Rng& rng, const Initializer& init, DType dtype, bool used);
/// Throws ShapeError unless every size is at least 1: `Linear: needs sizes of at least 1, not 0 and 3`.
void check_sizes(const char* layer, std::initializer_list<Index> sizes);

}  // namespace xgrad::nn::detail
