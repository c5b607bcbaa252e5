#include "moons.hpp"

#include "functions.hpp"

namespace limit {
namespace {

template <Activation A, class T>
T activate(T z) {
  if constexpr (A == Activation::tanh) return tanh(z);
  if constexpr (A == Activation::sigmoid) return sigmoid(z);
  return z > 0 ? z : 0;
}

// From the activation's result.
template <Activation A, class T>
T slope(T a) {
  if constexpr (A == Activation::tanh) return 1 - a * a;
  if constexpr (A == Activation::sigmoid) return a * (1 - a);
  return a > 0 ? 1 : 0;
}

template <class T>
std::vector<T> narrowed(const std::vector<double>& v) {
  return std::vector<T>(v.begin(), v.end());
}

}  // namespace

template <class T>
Moons<T>::Moons(Activation activation, double lr, const std::vector<double>& x0, const std::vector<double>& x1,
                const std::vector<double>& y, const std::vector<double>& w1, const std::vector<double>& w2)
    : activation_(activation),
      lr_(static_cast<T>(lr)),
      x0_(narrowed<T>(x0)),
      x1_(narrowed<T>(x1)),
      y_(narrowed<T>(y)),
      hidden_(w2.size() * block),
      gradients_(w2.size()) {
  for (std::size_t h = 0; h < w2.size(); ++h)
    units_.push_back({static_cast<T>(w1[2 * h]), static_cast<T>(w1[2 * h + 1]), T(0), static_cast<T>(w2[h])});
}

template <class T>
template <Activation A>
void Moons<T>::forward(std::size_t from, std::size_t count, T* __restrict logits) {
  const T* __restrict x0 = &x0_[from], * __restrict x1 = &x1_[from];
  for (std::size_t i = 0; i < count; ++i) logits[i] = bias_;
  for (std::size_t h = 0; h < units_.size(); ++h) {
    const Unit u = units_[h];
    T* __restrict a = &hidden_[h * block];
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) {
      a[i] = activate<A>(u.w0 * x0[i] + u.w1 * x1[i] + u.bias);
      logits[i] += u.out * a[i];
    }
  }
}

// softplus(z) − y z and its derivative sigmoid(z) − y, which replaces z, from one exponential.
template <class T>
T Moons<T>::loss_and_derivative(std::size_t from, std::size_t count, T* __restrict logits) {
  const T* __restrict y = &y_[from];
  T loss = 0, sum = 0;
#pragma omp simd reduction(+ : loss, sum)
  for (std::size_t i = 0; i < count; ++i) {
    const T z = logits[i], e = exp_of_negative(-std::abs(z)), r = 1 / (1 + e);
    loss += (z > 0 ? z : 0) - y[i] * z + log_of_normal(1 + e);
    logits[i] = (z > 0 ? r : e * r) - y[i];
    sum += logits[i];
  }
  d_bias_ += sum;
  return loss;
}

template <class T>
template <Activation A>
void Moons<T>::backward(std::size_t from, std::size_t count, const T* __restrict d_logits) {
  const T* __restrict x0 = &x0_[from], * __restrict x1 = &x1_[from];
  for (std::size_t h = 0; h < units_.size(); ++h) {
    const T* __restrict a = &hidden_[h * block];
    const T out = units_[h].out;
    T d_w0 = 0, d_w1 = 0, d_b = 0, d_out = 0;
#pragma omp simd reduction(+ : d_w0, d_w1, d_b, d_out)
    for (std::size_t i = 0; i < count; ++i) {
      const T d = out * d_logits[i] * slope<A>(a[i]);
      d_out += d_logits[i] * a[i];
      d_b += d;
      d_w0 += d * x0[i];
      d_w1 += d * x1[i];
    }
    Unit& g = gradients_[h];
    g = {g.w0 + d_w0, g.w1 + d_w1, g.bias + d_b, g.out + d_out};
  }
}

template <class T>
template <Activation A>
double Moons<T>::step_with() {
  const std::size_t samples = y_.size();
  T logits[block], loss = 0;
  for (Unit& g : gradients_) g = {};
  d_bias_ = 0;
  for (std::size_t from = 0; from < samples; from += block) {
    const std::size_t count = samples - from < block ? samples - from : block;
    forward<A>(from, count, logits);
    loss += loss_and_derivative(from, count, logits);
    backward<A>(from, count, logits);
  }
  const T rate = lr_ / static_cast<T>(samples);
  for (std::size_t h = 0; h < units_.size(); ++h) {
    Unit& u = units_[h];
    const Unit& g = gradients_[h];
    u = {u.w0 - rate * g.w0, u.w1 - rate * g.w1, u.bias - rate * g.bias, u.out - rate * g.out};
  }
  bias_ -= rate * d_bias_;
  return static_cast<double>(loss / static_cast<T>(samples));
}

template <class T>
double Moons<T>::step() {
  if (activation_ == Activation::tanh) return step_with<Activation::tanh>();
  if (activation_ == Activation::sigmoid) return step_with<Activation::sigmoid>();
  return step_with<Activation::relu>();
}

template class Moons<float>;
template class Moons<double>;

}  // namespace limit
