#pragma once
// The loops under all kernels: operands broadcast to one shape are walked in contiguous runs, so that the innermost
// loop always has steps of 0 or 1. A "lane" is a scalar, or a SIMD batch in the library's own kernels.

#include <array>
#include <complex>
#include <cstring>
#include <type_traits>
#include <utility>

#include <autograd/contents.hpp>
#include <autograd/shape.hpp>
#include <autograd/threads.hpp>

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
  Index run() const { return length(0); }
  /// The innermost stride of operand n.
  Index step(std::size_t n) const { return step(n, 0); }
  /// The same of an axis counted from the innermost.
  Index length(Index axis) const { return axis < lengths_.rank() ? lengths_[lengths_.rank() - 1 - axis] : 1; }
  Index step(std::size_t n, Index axis) const {
    return axis < lengths_.rank() ? strides_[n][lengths_.rank() - 1 - axis] : 0;
  }

  /// Whether there is no element.
  bool empty() const { return empty_; }
  /// Along the outermost axis.
  Index outer() const { return lengths_.empty() ? 1 : lengths_[0]; }
  Index outer_step(std::size_t n) const { return lengths_.empty() ? 0 : strides_[n][0]; }
  /// So much of the outermost axis alone.
  Nest part(Index from, Index count) const {
    Nest nest = *this;
    nest.lengths_[0] = count;
    for (std::size_t n = 0; n < N; ++n) nest.first_[n] += from * strides_[n][0];
    return nest;
  }

  /// f(offsets) for each run, or for each stack of them along so many inner axes, in row-major order.
  template <class F>
  void each(F f, Index inner = 1) const {
    if (empty_) return;
    std::array<Index, N> at = first_;
    std::array<Index, Dims::capacity> index{};
    do f(std::as_const(at));
    while (next(at, index, inner));
  }

 private:
  // The next run, if there is one.
  bool next(std::array<Index, N>& at, std::array<Index, Dims::capacity>& index, Index inner) const {
    for (Index i = lengths_.rank() - inner; i-- > 0;) {
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
  std::array<Index, N> first_{};
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
  const auto at = [&](Index i) { return f(load(std::integral_constant<std::size_t, I>{}, i)...); };
  const Index last = count - Lane::width;
  if constexpr (Lane::width == 1) {
    for (Index i = 0; i < count; ++i) Lane::store(out + i, at(i));
  } else if (last >= 0) {
    // The last register's elements may overlap with those before, and the result may lie over an operand: read first.
    const auto end = at(last);
    for (Index i = 0; i < last; i += Lane::width) Lane::store(out + i, at(i));
    Lane::store(out + last, end);
  } else if (count > 0) {
    // Fewer go through the same instructions, padded, so that a result depends on its element alone.
    T padded[sizeof...(I)][Lane::width];
    for (std::size_t n = 0; n < sizeof...(I); ++n)
      for (Index k = 0; k < Lane::width; ++k) padded[n][k] = in[n][moves(n) && k < count ? k : 0];
    U result[Lane::width];
    Lane::store(result, f(Lane::load(padded[I])...));
    for (Index i = 0; i < count; ++i) out[i] = result[i];
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

inline Index least(Index a, Index b) { return a < b ? a : b; }

/// A row so many times, one after another.
template <class T>
void repeat(T* to, const T* row, Index length, Index times) {
  const auto copy = [to](const T* from, Index count, Index at) {
    std::memcpy(to + at, from, static_cast<std::size_t>(count) * sizeof(T));
  };
  copy(row, length, 0);
  for (Index have = length, all = times * length; have < all; have += have) copy(to, least(have, all - have), have);
}

/// Of operands whose runs are short many are walked as one, which has to be contiguous: an operand whose rows do not
/// follow each other is copied, as far as a buffer goes.
template <class T>
class Rows {
 public:
  static constexpr Index shortest_long = 65, capacity = 1024;

  /// Rows that the buffer holds, such that they fill SIMD registers of any width.
  static Index count(Index length) { return capacity / length / 16 * 16; }

  /// `rows` rows of `length` elements from `from` on. An operand without gaps moves along both, along one of them, or,
  /// of one element, along none.
  const T* operator()(const T* from, Index rows, Index length, bool moves_along_rows, bool moves_down) {
    if (moves_along_rows == moves_down) return from;
    if (moves_along_rows)
      repeat(from, rows, length);
    else
      spread(from, rows, length);
    return buffer_;
  }

 private:
  void repeat(const T* from, Index rows, Index length) {
    if (from == repeated_ && rows <= repetitions_) return;
    repeated_ = from;
    repetitions_ = rows;
    loops::repeat(buffer_, from, length, rows);
  }
  // Each element of a column to a row. Lengths that the compiler knows take it no loop.
  void spread(const T* from, Index rows, Index length) {
    const auto with = [&](auto length_) {
      for (Index i = 0; i < rows; ++i)
        for (Index k = 0; k < length_; ++k) buffer_[i * length_ + k] = from[i];
    };
    if (length == 2) return with(std::integral_constant<Index, 2>{});
    if (length == 4) return with(std::integral_constant<Index, 4>{});
    if (length == 8) return with(std::integral_constant<Index, 8>{});
    with(length);
  }

  const T* repeated_ = nullptr;
  Index repetitions_ = 0;
  T buffer_[capacity];
};

template <class T, class U, std::size_t N, class Run>
void each_stack_of_rows(const Nest<N + 1>& nest, U* out, const std::array<const T*, N>& in, Run run) {
  const Index length = nest.length(0), rows = nest.length(1), most = Rows<T>::count(length);
  unsigned moves = 0;
  for (std::size_t n = 0; n < N; ++n) moves |= (nest.step(n, 0) != 0 || nest.step(n, 1) != 0 ? 1u : 0u) << n;
  std::array<Rows<T>, N> operands;
  nest.each(
      [&](const std::array<Index, N + 1>& at) {
        for (Index row = 0; row < rows; row += most) {
          const Index count = least(most, rows - row);
          std::array<const T*, N> from;
          for (std::size_t n = 0; n < N; ++n) {
            const Index row_step = nest.step(n, 1);
            from[n] = operands[n](in[n] + at[n] + row * row_step, count, length, nest.step(n, 0) != 0, row_step != 0);
          }
          run(out + at[N] + row * length, from.data(), moves, count * length);
        }
      },
      2);
}

template <class T, class U, std::size_t N, class Run>
void each_run_of(const Nest<N + 1>& nest, U* out, const std::array<const T*, N>& in, Run run) {
  if constexpr (std::is_floating_point_v<T>)
    if (nest.length(0) < Rows<T>::shortest_long && nest.length(1) > 1)
      return each_stack_of_rows<T, U, N>(nest, out, in, run);
  unsigned moves = 0;
  for (std::size_t n = 0; n < N; ++n) moves |= (nest.step(n) != 0 ? 1u : 0u) << n;
  nest.each([&](const std::array<Index, N + 1>& at) {
    std::array<const T*, N> from;
    for (std::size_t n = 0; n < N; ++n) from[n] = in[n] + at[n];
    run(out + at[N], from.data(), moves, nest.run());
  });
}

/// Who may walk over the elements: a function that throws, or keeps count of its calls, needs them in order.
enum class Hands { one, many };

constexpr Index enough = 16'384;  // elements for a thread, a multiple of every register's width
inline bool has_parts(Hands hands, Index elements) {
  return contents::fast_loops && hands == Hands::many && elements >= 2 * enough;
}

/// f(first, count) over `length` slices of `size` elements each: in parts for several threads, where that pays.
template <class F>
void in_parts(Hands hands, Index length, Index size, F f) {
  if (!has_parts(hands, length * size)) return f(0, length);
  const Index step = size < enough ? enough / size : 1;
  parallel((length + step - 1) / step, [&](Index i) { f(i * step, least(step, length - i * step)); });
}

/// f(first, count) for all rows of `length` elements, `at_once` of them at a time but for the last ones.
template <class F>
void rows_in_blocks(Index rows, Index at_once, Index length, F f) {
  in_parts(Hands::many, (rows + at_once - 1) / at_once, at_once * length, [&](Index block, Index blocks) {
    for (const Index end = block + blocks; block < end; ++block)
      f(block * at_once, least(at_once, rows - block * at_once));
  });
}

/// run(out, in, moves, count) for each contiguous run of operands broadcast to `shape`.
template <class T, class U, std::size_t N, class Run>
void each_run_broadcast(const Shape& shape, U* out, const std::array<const T*, N>& in,
                        const std::array<const Shape*, N>& shapes, Run run, Hands hands) {
  const Nest<N + 1> nest = nest_of(shape, shapes);
  if (nest.empty()) return;
  const Index outer = nest.outer();
  in_parts(hands, outer, element_count(shape) / outer, [&](Index first, Index count) {
    if (count == outer)
      each_run_of(nest, out, in, run);
    else
      each_run_of(nest.part(first, count), out, in, run);
  });
}

/// The same. Mostly nothing broadcasts: then it is one run, or one a part, and nothing has to be worked out.
template <class T, class U, std::size_t N, class Run>
inline void each_run(const Shape& shape, U* out, const std::array<const T*, N>& in,
                     const std::array<const Shape*, N>& shapes, Run run, Hands hands) {
  bool alike = true;
  for (std::size_t n = 0; n < N; ++n) alike = alike && *shapes[n] == shape;
  if (!alike) return each_run_broadcast(shape, out, in, shapes, run, hands);
  constexpr unsigned all_move = (1u << N) - 1;
  const Index size = element_count(shape);
  if (!has_parts(hands, size)) return run(out, in.data(), all_move, size);
  in_parts(hands, size, 1, [&](Index first, Index count) {
    std::array<const T*, N> from;
    for (std::size_t n = 0; n < N; ++n) from[n] = in[n] + first;
    run(out + first, from.data(), all_move, count);
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
    each_run(
        shape, out, in, shapes,
        [&](U* to, const T* const* from, unsigned moves, Index count) { run<Lane, N>(f, to, from, moves, count); },
        Hands::one);
  }
}

}  // namespace loops
}  // namespace xgrad
