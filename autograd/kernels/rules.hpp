#pragma once
// What optimisers do to an entry, for a SIMD batch or one number: formulas of several results, whose loops are built
// with the elementwise ones (run.hpp). A rule changes the value and what is remembered of it; nn/adam.cpp and
// nn/sgd.cpp make the numbers.

#include <autograd/ops/math.hpp>

namespace xgrad::rules {

struct Sgd {
  static constexpr std::size_t memories = 0;
  double lr, weight_decay;
  template <class X>
  void operator()(X& p, X g, X*) const {
    if (weight_decay != 0) g = g + math::constant<X>(weight_decay) * p;
    p = p - math::constant<X>(lr) * g;
  }
};

struct Momentum {
  static constexpr std::size_t memories = 1;
  double lr, weight_decay, momentum;
  double kept, added;  // of the buffer, and to it of the gradient
  bool nesterov;
  template <class X>
  void operator()(X& p, X g, X* memory) const {
    X& buffer = memory[0];
    if (weight_decay != 0) g = g + math::constant<X>(weight_decay) * p;
    buffer = math::constant<X>(kept) * buffer + math::constant<X>(added) * g;
    p = p - math::constant<X>(lr) * (nesterov ? g + math::constant<X>(momentum) * buffer : buffer);
  }
};

/// Adam and AdamW: weight decay goes into the gradient, or keeps less of the value. The corrections of the bias are
/// step_size and root_scale.
template <bool AmsGrad>
struct Adam {
  static constexpr std::size_t memories = AmsGrad ? 3 : 2;
  double beta1, beta2, eps, decay, kept, step_size, root_scale;
  template <class X>
  void operator()(X& p, X g, X* memory) const {
    X &exp_avg = memory[0], &exp_avg_sq = memory[1];
    p = math::constant<X>(kept) * p;
    if (decay != 0) g = g + math::constant<X>(decay) * p;  // else a value of infinity would make it NaN
    exp_avg = math::constant<X>(beta1) * exp_avg + math::constant<X>(1 - beta1) * g;
    exp_avg_sq = math::constant<X>(beta2) * exp_avg_sq + math::constant<X>(1 - beta2) * g * g;
    X square = exp_avg_sq;
    if constexpr (AmsGrad) square = memory[2] = math::maximum(memory[2], exp_avg_sq);
    const X root = math::sqrt(square) * math::constant<X>(root_scale) + math::constant<X>(eps);
    p = p - math::constant<X>(step_size) * exp_avg / root;
  }
};

template <class F>
concept Rule = requires {
  F::memories;
};

/// Over `count` entries, from[0] and to[0] being the values and those behind them the memories; both may be the same.
template <class Lane, Rule R, class T>
void run(const R rule, const T* grad, const T* const* from, T* const* to, Index count) {
  constexpr std::size_t n = R::memories + 1;
  using X = decltype(Lane::load(grad));
  const T* in[n];
  T* out[n];
  for (std::size_t m = 0; m < n; ++m) {
    in[m] = from[m];
    out[m] = to[m];
  }
  Index i = 0;
  for (; i + Lane::width <= count; i += Lane::width) {
    X entry[n];
    for (std::size_t m = 0; m < n; ++m) entry[m] = Lane::load(in[m] + i);
    rule(entry[0], Lane::load(grad + i), entry + 1);
    for (std::size_t m = 0; m < n; ++m) Lane::store(out[m] + i, entry[m]);
  }
  if constexpr (Lane::width > 1) {
    if (i == count) return;
    T padded[n + 1][Lane::width];  // the tail, through the same instructions; the gradient last
    const Index left = count - i;
    for (Index k = 0; k < Lane::width; ++k) {
      for (std::size_t m = 0; m < n; ++m) padded[m][k] = in[m][k < left ? i + k : i];
      padded[n][k] = grad[k < left ? i + k : i];
    }
    X entry[n];
    for (std::size_t m = 0; m < n; ++m) entry[m] = Lane::load(padded[m]);
    rule(entry[0], Lane::load(padded[n]), entry + 1);
    for (std::size_t m = 0; m < n; ++m) {
      Lane::store(padded[m], entry[m]);
      for (Index k = 0; k < left; ++k) out[m][i + k] = padded[m][k];
    }
  }
}

}  // namespace xgrad::rules
