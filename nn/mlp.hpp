#pragma once
// mlp: the L-layer net of fully connected layers.

#include <nn/activation.hpp>
#include <nn/init.hpp>
#include <nn/sequential.hpp>

namespace xgrad::nn {

struct MlpOptions {
  Initializer init = {};  ///< of the weights, as LinearOptions::init
  DType dtype = f64;
};

/// `mlp({2, 16, 16, 1}, Relu{}, rng)`: two inputs, two hidden layers of 16 units with that activation, one output
/// (a logit). `mlp({2, 1}, Tanh{}, rng)` has no hidden layer: logistic regression. Throws ShapeError if there are fewer
/// than two sizes or one is below 1.
Sequential mlp(const std::vector<Index>& sizes, const Module& activation, Rng& rng, const MlpOptions& options = {});

}  // namespace xgrad::nn
