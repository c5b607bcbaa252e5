#pragma once
// entrywise: an optimiser's rule written for one entry, run over all of them in one pass.

#include <array>
#include <type_traits>

#include <autograd/kernel.hpp>
#include <nn/optimizer.hpp>

namespace xgrad::nn {

/// f(p, g, memory) for each entry of a Parameter: it changes p and memory[0], memory[1] …, up to 4 of them. It
/// calculates in double whatever the dtype; an f32 entry is rounded once, when it is stored.
template <class F>
Slot entrywise(const Slot& old, const Tensor& grad, F f) {
  constexpr std::size_t most = 4;
  const std::size_t count = old.memory.size();
  if (count > most) throw ShapeError("entrywise: an optimiser remembers at most 4 values an entry");
  const DType dtype = old.value.dtype();
  Slot made{xgrad::detail::allocate(old.value.shape(), dtype), {}};
  for (const Tensor& m : old.memory) made.memory.push_back(xgrad::detail::allocate(m.shape(), dtype));

  const auto run = [&]<class T>(std::type_identity<T>) {
    const T *p = elements<T>(old.value), *g = elements<T>(grad);
    T* new_p = mutable_elements<T>(made.value);
    std::array<const T*, most> from{};
    std::array<T*, most> to{};
    for (std::size_t m = 0; m < count; ++m) {
      from[m] = elements<T>(old.memory[m]);
      to[m] = mutable_elements<T>(made.memory[m]);
    }
    for (Index i = 0; i < old.value.size(); ++i) {
      double value = p[i];
      std::array<double, most> memory{};
      for (std::size_t m = 0; m < count; ++m) memory[m] = from[m][i];
      f(value, static_cast<double>(g[i]), memory);
      new_p[i] = static_cast<T>(value);
      for (std::size_t m = 0; m < count; ++m) to[m][i] = static_cast<T>(memory[m]);
    }
  };
  dtype == f32 ? run(std::type_identity<float>{}) : run(std::type_identity<double>{});
  return made;
}

}  // namespace xgrad::nn
