#pragma once
// entrywise: an optimiser's rule written for one entry, run over all of them in one pass.

#include <array>
#include <type_traits>
#include <utility>

#include <autograd/kernel.hpp>
#include <autograd/contents.hpp>
#include <nn/optimizer.hpp>

namespace xgrad::nn {

namespace detail {

inline constexpr std::size_t most_memories = 4;

// The loop for one element type. Where the number of memories is a constant they live in registers.
template <class T, class Count, class F>
void run_entrywise(const Slot& old, const Tensor& grad, Slot& made, Count count, F f) {
  const T *p = elements<T>(old.value), *g = elements<T>(grad);
  T* new_p = mutable_elements<T>(made.value);
  std::array<const T*, most_memories> from;
  std::array<T*, most_memories> to;
  for (std::size_t m = 0; m < count; ++m) {
    from[m] = elements<T>(old.memory[m]);
    to[m] = mutable_elements<T>(made.memory[m]);
  }
  const Index size = old.value.size();
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC ivdep  // what is written is new, so it lies apart from what is read
#endif
  for (Index i = 0; i < size; ++i) {
    double value = p[i];
    std::array<double, most_memories> memory{};
    for (std::size_t m = 0; m < count; ++m) memory[m] = from[m][i];
    f(value, static_cast<double>(g[i]), memory);
    new_p[i] = static_cast<T>(value);
    for (std::size_t m = 0; m < count; ++m) to[m][i] = static_cast<T>(memory[m]);
  }
}

/// New, uninitialised values and memories like those of a Slot.
inline Slot fresh(const Slot& old) {
  const DType dtype = old.value.dtype();
  Slot made{xgrad::detail::allocate(old.value.shape(), dtype), {}};
  for (const Tensor& m : old.memory) made.memory.push_back(xgrad::detail::allocate(m.shape(), dtype));
  return made;
}

}  // namespace detail

/// f(p, g, memory) for each entry of a Parameter: it changes p and memory[0], memory[1] …, up to 4 of them; those that
/// the optimiser does not have are 0 and forgotten. It calculates in double whatever the dtype; an f32 entry is rounded
/// once, when it is stored.
template <class F>
Slot entrywise(const Slot& old, const Tensor& grad, F f) {
  const DType dtype = old.value.dtype();
  Slot made = detail::fresh(old);
  if (old.memory.size() > detail::most_memories)
    throw ShapeError("entrywise: an optimiser remembers at most 4 values an entry");
  const auto run = [&](auto count) {
    if (old.memory.size() != count) return;
    if constexpr (contents::f32)
      if (dtype == f32) detail::run_entrywise<float>(old, grad, made, count, f);
    if (dtype == f64) detail::run_entrywise<double>(old, grad, made, count, f);
  };
  if constexpr (contents::fast_loops) {
    [&]<std::size_t... Count>(std::index_sequence<Count...>) {
      (run(std::integral_constant<std::size_t, Count>{}), ...);
    }
    (std::make_index_sequence<detail::most_memories + 1>{});
  } else {
    run(old.memory.size());
  }
  return made;
}

}  // namespace xgrad::nn
