#pragma once
// The best that any classifier can do on noisy toys.

#include <nn/data/dataset.hpp>

namespace study {

/// Decides for each point by the densities of the two classes, known exactly: normal noise of this standard deviation
/// around `noiseless` points, as many of each class. Returns how many it gets right (Bayes' rule; both classes are
/// equally frequent).
xgrad::Index bayes_right(const xgrad::nn::data::Dataset& points, const xgrad::nn::data::Dataset& noiseless,
                         double noise);

}  // namespace study
