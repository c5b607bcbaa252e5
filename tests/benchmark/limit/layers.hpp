#pragma once
// The limit of nets of fully connected layers, ReLU between them, softmax with cross-entropy: products by BLAS straight
// into kept buffers, everything else in loops fused with their neighbours. SGD is the product itself, W −= lr·Aᵀ·dZ.

#include <cstddef>
#include <vector>

namespace limit {

enum class Update { sgd, adam };

template <class T>
class Layers {
 public:
  /// Sizes of input, hidden layers and output; weights[l] is (sizes[l], sizes[l + 1]) row-major. Biases start at 0.
  Layers(std::vector<std::size_t> sizes, const std::vector<std::vector<double>>& weights, std::size_t batch,
         Update update, double lr);
  /// Trains on a batch (rows are samples) with its classes; returns the mean loss before the update.
  double step(const T* x, const int* classes);

 private:
  struct Layer {
    std::size_t in, out;
    std::vector<T> w, b, a, d, d_w, d_b, m_w, v_w, m_b, v_b;
  };
  void forward(const T* x);
  double loss(const int* classes);
  void backward(const T* x);
  void descend(Layer& l, const T* input);
  void adapt(std::vector<T>& p, const std::vector<T>& g, std::vector<T>& m, std::vector<T>& v) const;

  std::vector<Layer> layers_;
  std::size_t batch_;
  Update update_;
  T lr_;
  int steps_ = 0;
};

}  // namespace limit
