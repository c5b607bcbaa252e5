#include "layers.hpp"

#include "functions.hpp"
#include "product.hpp"
#include "threads.hpp"

extern "C" [[gnu::weak]] void openblas_set_num_threads(int count);

namespace limit {

void set_blas_threads(int count) {
  if (openblas_set_num_threads) openblas_set_num_threads(count);
}

template <class T>
Layers<T>::Layers(std::vector<std::size_t> sizes, const std::vector<std::vector<double>>& weights, std::size_t batch,
                  Update update, double lr)
    : batch_(batch), update_(update), lr_(static_cast<T>(lr)) {
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
    const std::size_t in = sizes[i], out = sizes[i + 1], kept = update == Update::adam ? in * out : 0;
    Layer l{in, out, std::vector<T>(weights[i].begin(), weights[i].end()), std::vector<T>(out), {}, {}, {}, {}, {}, {},
            {}, {}};
    l.a.resize(batch * out);
    l.d.resize(batch * out);
    for (auto* v : {&l.d_w, &l.m_w, &l.v_w}) v->resize(kept);
    for (auto* v : {&l.d_b, &l.m_b, &l.v_b}) v->resize(out);
    layers_.push_back(std::move(l));
  }
}

template <class T>
void Layers<T>::forward(const T* x) {
  for (Layer& l : layers_) {
    for (std::size_t i = 0; i < batch_; ++i)
      for (std::size_t j = 0; j < l.out; ++j) l.a[i * l.out + j] = l.b[j];
    multiply<T>(plain, plain, batch_, l.out, l.in, 1, x, l.w.data(), 1, l.a.data());
    x = l.a.data();
    if (&l == &layers_.back()) break;
    T* __restrict a = l.a.data();
#pragma omp simd
    for (std::size_t i = 0; i < batch_ * l.out; ++i) a[i] = a[i] > 0 ? a[i] : 0;
  }
}

// Σ (log Σ e^z − z of the class) / batch, and its derivative, softmax less one at the class.
template <class T>
double Layers<T>::loss(const int* classes) {
  Layer& last = layers_.back();
  const T share = T(1) / static_cast<T>(batch_);
  double total = 0;
  for (std::size_t i = 0; i < batch_; ++i) {
    const T* __restrict z = &last.a[i * last.out];
    T* __restrict d = &last.d[i * last.out], largest = z[0], sum = 0;
    for (std::size_t j = 1; j < last.out; ++j) largest = z[j] > largest ? z[j] : largest;
#pragma omp simd reduction(+ : sum)
    for (std::size_t j = 0; j < last.out; ++j) sum += d[j] = exp_of_negative(z[j] - largest);
    const auto c = static_cast<std::size_t>(classes[i]);
    total += static_cast<double>(std::log(sum) + largest - z[c]);
    const T scale = share / sum;
    for (std::size_t j = 0; j < last.out; ++j) d[j] *= scale;
    d[c] -= share;
  }
  return total / static_cast<double>(batch_);
}

template <class T>
void Layers<T>::adapt(std::vector<T>& value, const std::vector<T>& gradient, std::vector<T>& first,
                      std::vector<T>& second) const {
  const auto t = static_cast<T>(steps_);
  const T rate = lr_ / (1 - std::pow(T(0.9), t)), correction = 1 / (1 - std::pow(T(0.999), t));
  T* __restrict p = value.data(), * __restrict m = first.data(), * __restrict v = second.data();
  const T* __restrict g = gradient.data();
#pragma omp simd
  for (std::size_t i = 0; i < value.size(); ++i) {
    m[i] = T(0.9) * m[i] + T(0.1) * g[i];
    v[i] = T(0.999) * v[i] + T(0.001) * g[i] * g[i];
    p[i] -= rate * m[i] / (std::sqrt(v[i] * correction) + T(1e-8));
  }
}

template <class T>
void Layers<T>::descend(Layer& l, const T* input) {
  T* __restrict d_b = l.d_b.data();
  const T* __restrict d = l.d.data();
  for (std::size_t j = 0; j < l.out; ++j) d_b[j] = 0;
  for (std::size_t i = 0; i < batch_; ++i)
#pragma omp simd
    for (std::size_t j = 0; j < l.out; ++j) d_b[j] += d[i * l.out + j];
  if (update_ == Update::adam) {
    multiply<T>(transposed, plain, l.in, l.out, batch_, 1, input, d, 0, l.d_w.data());
    adapt(l.w, l.d_w, l.m_w, l.v_w);
    adapt(l.b, l.d_b, l.m_b, l.v_b);
  } else {
    multiply<T>(transposed, plain, l.in, l.out, batch_, -lr_, input, d, 1, l.w.data());
    for (std::size_t j = 0; j < l.out; ++j) l.b[j] -= lr_ * d_b[j];
  }
}

template <class T>
void Layers<T>::backward(const T* x) {
  for (std::size_t n = layers_.size(); n-- > 0;) {
    Layer& l = layers_[n];
    if (n > 0) {  // before the weights change
      Layer& below = layers_[n - 1];
      multiply<T>(plain, transposed, batch_, l.in, l.out, 1, l.d.data(), l.w.data(), 0, below.d.data());
      T* __restrict d = below.d.data();
      const T* __restrict a = below.a.data();
#pragma omp simd
      for (std::size_t i = 0; i < batch_ * l.in; ++i) d[i] = a[i] > 0 ? d[i] : 0;
    }
    descend(l, n > 0 ? layers_[n - 1].a.data() : x);
  }
}

template <class T>
double Layers<T>::step(const T* x, const int* classes) {
  ++steps_;
  forward(x);
  const double met = loss(classes);
  backward(x);
  return met;
}

template class Layers<float>;
template class Layers<double>;

}  // namespace limit
