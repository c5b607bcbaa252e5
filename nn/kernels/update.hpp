#pragma once
// update: the library's own rules (autograd/kernels/rules.hpp) over all entries of a Parameter, in the widest SIMD
// lanes that this CPU has and in the Parameter's dtype. For nn's own files.

#include <autograd/kernels/dispatch.hpp>
#include <nn/entrywise.hpp>

namespace xgrad::nn::detail {

template <class T, rules::Rule R>
void update_as(const R& rule, const Slot& old, const Tensor& grad, Slot& made) {
  constexpr std::size_t n = R::memories + 1;
  std::array<const T*, n> from{elements<T>(old.value)};
  std::array<T*, n> to{mutable_elements<T>(made.value)};
  for (std::size_t m = 1; m < n; ++m) {
    from[m] = elements<T>(old.memory[m - 1]);
    to[m] = mutable_elements<T>(made.memory[m - 1]);
  }
  kernels::update(rule, elements<T>(grad), from.data(), to.data(), old.value.size());
}

template <rules::Rule R>
Slot update(const R& rule, const Slot& old, const Tensor& grad) {
  Slot made = fresh(old);
  if constexpr (contents::f32)
    if (old.value.dtype() == f32) {
      update_as<float>(rule, old, grad, made);
      return made;
    }
  update_as<double>(rule, old, grad, made);
  return made;
}

}  // namespace xgrad::nn::detail
