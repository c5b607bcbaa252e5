#pragma once
// Toy data as scikit-learn defines it, so that figures compare, and splitting.

#include <autograd/random.hpp>
#include <autograd/tensor.hpp>

namespace xgrad::nn::data {

/// Examples are rows.
struct Dataset {
  Tensor x;  ///< (n, features)
  Tensor y;  ///< (n, 1): 0 or 1
};

/// Two interleaving half circles: the upper (cos t, sin t) of n/2 points (rounded down) is class 0, the lower
/// (1 − cos t, 0.5 − sin t) class 1; t evenly spaced in [0, π]; normal noise of that standard deviation on both
/// coordinates. In order of class. Throws ShapeError if n < 2, NumericError if the noise is negative.
Dataset moons(Index n, double noise, Rng& rng, DType dtype = f64);

/// The unit circle (class 0, n/2 points) and one of radius `factor` in [0, 1) (class 1), angles evenly spaced.
Dataset circles(Index n, double noise, Rng& rng, double factor = 0.8, DType dtype = f64);

struct Split {
  Dataset train, dev;
};

/// Shuffles the examples and takes the first share (0 < share < 1, at least one example on each side) for training.
Split split(const Dataset& data, double share, Rng& rng);

}  // namespace xgrad::nn::data
