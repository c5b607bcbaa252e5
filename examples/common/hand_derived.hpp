#pragma once
// The backward equations of layered nets, derived by hand and written as plain loops. They share nothing with the
// library, so that a comparison means something:
//   dZL = AL − Y,  dWl = dZlᵀ·A(l−1)/m,  dbl = Σ dZl/m,  dZ(l−1) = (dZl·Wl) ⊙ g'(Z(l−1)),
// with one example per row, W (out, in), g of its own for each hidden layer, and AL = σ(ZL) or softmax(ZL).

#include <cstddef>
#include <string>
#include <vector>

namespace hand {

/// Row-major.
struct Matrix {
  std::size_t rows = 0, columns = 0;
  std::vector<double> v;
};

enum class Activation { tanh, sigmoid, relu, leaky_relu, elu, selu, gelu, silu, softplus, identity };
/// By the name that the library has for it too. Throws std::out_of_range if there is none.
Activation activation(const std::string& name);

struct Layer {
  Matrix W;                                  ///< (out, in)
  std::vector<double> b;                     ///< (out)
  Activation hidden = Activation::identity;  ///< g; of the last layer, whose `Output` stands for it, none
};

enum class Output { sigmoid, softmax };

/// A gradient, and the largest sum of magnitudes of the terms that were added to form one of its entries: what a
/// difference is measured against (where sums cancel, an entry's own size says nothing about its error).
struct Gradient {
  std::vector<double> v;
  double scale = 0;
};

/// dZ by example, not divided by m; dW and db of the mean cost.
struct LayerGradient {
  Gradient dZ, dW, db;
};

/// X (m, inputs), Y (m, outputs). First layer first.
std::vector<LayerGradient> gradients(const Matrix& X, const Matrix& Y, const std::vector<Layer>& layers, Output output);

/// |a − b| / max(|a|, |b|, scale), the largest over all entries; 0 against 0 is 0.
double largest_difference(const std::vector<double>& a, const std::vector<double>& b, double scale);

}  // namespace hand
