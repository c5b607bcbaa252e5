#pragma once
// The limit of the 2-n-1 net, full batch: forward, backward and update in three fused passes over blocks of samples
// that stay in cache. No tape, no temporaries.

#include <cstddef>
#include <vector>

namespace limit {

enum class Activation { tanh, sigmoid, relu };

template <class T>
class Moons {
 public:
  /// Points as two columns, labels of 0 and 1; weights (n, 2) row-major and (n). Biases start at 0.
  Moons(Activation activation, double lr, const std::vector<double>& x0, const std::vector<double>& x1,
        const std::vector<double>& y, const std::vector<double>& w1, const std::vector<double>& w2);
  /// One iteration; returns the mean cross-entropy before the update.
  double step();

 private:
  template <Activation A>
  double step_with();
  template <Activation A>
  void forward(std::size_t from, std::size_t count, T* logits);
  template <Activation A>
  void backward(std::size_t from, std::size_t count, const T* d_logits);
  T loss_and_derivative(std::size_t from, std::size_t count, T* logits);

  static constexpr std::size_t block = 512;
  Activation activation_;
  T lr_;
  std::vector<T> x0_, x1_, y_, hidden_;
  struct Unit {
    T w0, w1, bias, out;
  };
  std::vector<Unit> units_, gradients_;
  T bias_ = 0, d_bias_ = 0;
};

}  // namespace limit
