#pragma once
// The two-layer net, by hand: four Parameters and the forward pass in operations on Tensors.

#include <string>
#include <vector>

#include <autograd/autograd.hpp>

#include "../common/hand_derived.hpp"

namespace demo {

struct Net {
  /// Weights 0.01·N(0, 1), biases 0.
  Net(xgrad::Index hidden, hand::Activation activation, xgrad::Rng& rng);

  xgrad::Tensor activate(const xgrad::Tensor& z) const;
  /// Z1 = X·W1ᵀ + b1 (m, n_h)
  xgrad::Tensor hidden_input(const xgrad::Tensor& x) const;
  /// Z2 = A1·W2ᵀ + b2 (m, 1), A1 = g(Z1)
  xgrad::Tensor logits_of(const xgrad::Tensor& z1) const;
  xgrad::Tensor logits(const xgrad::Tensor& x) const { return logits_of(hidden_input(x)); }

  std::vector<xgrad::Parameter*> parameters() { return {&W1, &b1, &W2, &b2}; }

  xgrad::Parameter W1, b1, W2, b2;
  hand::Activation activation;
};

std::string to_string(hand::Activation activation);

/// σ of each logit.
std::vector<double> probabilities(const Net& net, const xgrad::Tensor& x);

}  // namespace demo
