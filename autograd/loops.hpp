#pragma once
// The loops under all kernels: operands broadcast to one shape are walked in contiguous runs, so that the innermost
// loop always has steps of 0 or 1. A "lane" is a scalar, or a SIMD batch in the library's own kernels.

#include <array>
#include <complex>
#include <type_traits>
#include <utility>

#include <autograd/contents.hpp>
#include <autograd/shape.hpp>

namespace xgrad {

using Complex = std::complex<double>;

namespace loops {

/// Row-major strides of `shape` laid over `target` (0 where it broadcasts).
inline Dims strides_over(const Shape& target, const Shape& shape) {
  Dims strides = target;
  Index stride = 1;
  for (Index i = target.rank(); i-- > 0;) {
    const Index k = i - (target.rank() - shape.rank());
    const Index size = k >= 0 ? shape[k] : 1;
    strides[i] = size == 1 ? 0 : stride;
    stride *= size;
  }
  return strides;
}

/// Axes of size 1 dropped and axes that all operands walk alike merged; the last one is the run.
template <std::size_t N>
class Nest {
 public:
  Nest(const Shape& shape, const std::array<Dims, N>& strides) {
    for (Index i = 0; i < shape.rank(); ++i) {
      if (shape[i] == 0) empty_ = true;
      if (shape[i] == 1) continue;
      const bool merges = lengths_.rank() > 0 && [&] {
        for (std::size_t n = 0; n < N; ++n)
          if (strides_[n][lengths_.rank() - 1] != strides[n][i] * shape[i]) return false;
        return true;
      }();
      if (merges) {
        const Index last = lengths_.rank() - 1;
        lengths_[last] *= shape[i];
        for (std::size_t n = 0; n < N; ++n) strides_[n][last] = strides[n][i];
      } else {
        lengths_.push_back(shape[i]);
        for (std::size_t n = 0; n < N; ++n) strides_[n].push_back(strides[n][i]);
      }
    }
  }
  Index run() const { return lengths_.empty() ? 1 : lengths_[lengths_.rank() - 1]; }
  /// The innermost stride of operand n.
  Index step(std::size_t n) const { return lengths_.empty() ? 0 : strides_[n][lengths_.rank() - 1]; }

  /// f(offsets) for each run, in row-major order.
  template <class F>
  void each(F f) const {
    if (empty_) return;
    std::array<Index, N> at{};
    std::array<Index, Dims::capacity> index{};
    do f(std::as_const(at));
    while (next(at, index));
  }

 private:
  // The next run, if there is one.
  bool next(std::array<Index, N>& at, std::array<Index, Dims::capacity>& index) const {
    for (Index i = lengths_.rank() - 1; i-- > 0;) {
      const auto u = static_cast<std::size_t>(i);
      for (std::size_t n = 0; n < N; ++n) at[n] += strides_[n][i];
      if (++index[u] < lengths_[i]) return true;
      for (std::size_t n = 0; n < N; ++n) at[n] -= strides_[n][i] * lengths_[i];
      index[u] = 0;
    }
    return false;
  }

  Dims lengths_;
  std::array<Dims, N> strides_;
  bool empty_ = false;
};

/// One element at a time.
template <class T>
struct ScalarLane {
  static constexpr Index width = 1;
  static T load(const T* p) { return *p; }
  static T splat(T v) { return v; }
  template <class U>
  static void store(U* p, U v) {
    *p = v;
  }
};

/// out[i] = f(in0[i], in1[i] …) over one run; operand n steps by 1 where bit n of `Moves` is set, else by 0.
template <class Lane, unsigned Moves, class T, class U, class F, std::size_t... I>
void map_run(U* out, const T* const* in, Index count, F f, std::index_sequence<I...>) {
  constexpr auto moves = [](std::size_t n) { return (Moves >> n & 1u) != 0; };
  const auto load = [&]<std::size_t n>(std::integral_constant<std::size_t, n>, Index i) {
    if constexpr (moves(n))
      return Lane::load(in[n] + i);
    else
      return Lane::splat(*in[n]);
  };
  Index i = 0;
  for (; i + Lane::width <= count; i += Lane::width)
    Lane::store(out + i, f(load(std::integral_constant<std::size_t, I>{}, i)...));
  if constexpr (Lane::width > 1) {
    if (i == count) return;
    // The tail goes through the same instructions, padded, so that a result depends on its element alone.
    T padded[sizeof...(I)][Lane::width];
    for (std::size_t n = 0; n < sizeof...(I); ++n)
      for (Index k = 0; k < Lane::width; ++k)
        padded[n][k] = in[n][moves(n) && i + k < count ? i + k : moves(n) ? i : 0];
    U result[Lane::width];
    Lane::store(result, f(Lane::load(padded[I])...));
    for (Index k = 0; i < count; ++i, ++k) out[i] = result[k];
  }
}

/// The same where `moves` is known at run time only.
template <class Lane, std::size_t N, class T, class U, class F>
void run(F f, U* out, const T* const* in, unsigned moves, Index count) {
  [&]<std::size_t... M>(std::index_sequence<M...>) {
    ((moves == M ? map_run<Lane, static_cast<unsigned>(M)>(out, in, count, f, std::make_index_sequence<N>{}) : void()),
     ...);
  }
  (std::make_index_sequence<(std::size_t{1} << N)>{});
}

/// Of operands broadcast to one shape, and of the result behind them.
template <std::size_t N>
Nest<N + 1> nest_of(const Shape& shape, const std::array<const Shape*, N>& shapes) {
  std::array<Dims, N + 1> strides;
  for (std::size_t n = 0; n < N; ++n) strides[n] = strides_over(shape, *shapes[n]);
  strides[N] = strides_over(shape, shape);
  return {shape, strides};
}

/// run(out, in, moves, count) for each contiguous run of operands broadcast to `shape`.
template <class T, class U, std::size_t N, class Run>
void each_run(const Shape& shape, U* out, const std::array<const T*, N>& in, const std::array<const Shape*, N>& shapes,
              Run run) {
  bool alike = true;
  for (std::size_t n = 0; n < N; ++n) alike = alike && *shapes[n] == shape;
  if (alike) {  // the usual case: one run, nothing to work out
    run(out, in.data(), (1u << N) - 1, element_count(shape));
    return;
  }
  const Nest<N + 1> nest = nest_of(shape, shapes);
  unsigned moves = 0;
  for (std::size_t n = 0; n < N; ++n) moves |= (nest.step(n) != 0 ? 1u : 0u) << n;
  nest.each([&](const std::array<Index, N + 1>& at) {
    std::array<const T*, N> from;
    for (std::size_t n = 0; n < N; ++n) from[n] = in[n] + at[n];
    run(out + at[N], from.data(), moves, nest.run());
  });
}

/// Elementwise in little code: one loop for every way to broadcast, an element at a time.
template <class T, class U, class F, std::size_t N, std::size_t... I>
void map_one_by_one(const Nest<N + 1>& nest, U* out, const std::array<const T*, N>& in, F f,
                    std::index_sequence<I...>) {
  const std::array<Index, N> steps{nest.step(I)...};
  nest.each([&](const std::array<Index, N + 1>& at) {
    for (Index i = 0; i < nest.run(); ++i) out[at[N] + i] = f(in[I][at[I] + i * steps[I]]...);
  });
}

/// out = f(in0, in1 …) elementwise, each operand of its own shape broadcast to `shape`.
template <class Lane, class T, class U, class F, std::size_t N>
void map(const Shape& shape, U* out, const std::array<const T*, N>& in, const std::array<const Shape*, N>& shapes,
         F f) {
  if constexpr (!contents::fast_loops) {
    map_one_by_one(nest_of(shape, shapes), out, in, f, std::make_index_sequence<N>{});
  } else {
    each_run(shape, out, in, shapes, [&](U* to, const T* const* from, unsigned moves, Index count) {
      run<Lane, N>(f, to, from, moves, count);
    });
  }
}

}  // namespace loops
}  // namespace xgrad
