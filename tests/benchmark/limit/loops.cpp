#include "loops.hpp"

#include <type_traits>
#include <utility>

#include "functions.hpp"

namespace limit {
namespace {

// Whether all are normal and positive: seen as unsigned, everything else lies outside one range of bits.
template <class T>
bool all_normal(const T* __restrict x, std::size_t count) {
  using Bits = std::make_unsigned_t<typename Format<T>::Bits>;
  constexpr Bits least = std::bit_cast<Bits>(std::numeric_limits<T>::min());
  constexpr Bits range = std::bit_cast<Bits>(std::numeric_limits<T>::infinity()) - least;
  Bits outside = 0;
#pragma omp simd reduction(| : outside)
  for (std::size_t i = 0; i < count; ++i) outside |= static_cast<Bits>(std::bit_cast<Bits>(x[i]) - least >= range);
  return outside == 0;
}

// The short form where it may be taken.
template <class T>
void log_in_blocks(const T* __restrict x, T* __restrict y, std::size_t count) {
  for (std::size_t i = 0; i < count; i += 256) {
    const std::size_t end = count - i < 256 ? count : i + 256;
    if (all_normal(x + i, end - i)) {
#pragma omp simd
      for (std::size_t j = i; j < end; ++j) y[j] = log_of_normal(x[j]);
    } else {
#pragma omp simd
      for (std::size_t j = i; j < end; ++j) y[j] = log(x[j]);
    }
  }
}

}  // namespace

template <class T>
void apply(Function f, const T* __restrict x, T* __restrict y, std::size_t count) {
  if (f == Function::tanh) {
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) y[i] = tanh(x[i]);
  } else if (f == Function::exp) {
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) y[i] = exp(x[i]);
  } else if (f == Function::log) {
    log_in_blocks(x, y, count);
  } else {
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) y[i] = sigmoid(x[i]);
  }
}

namespace {

constexpr std::size_t short_row = 16, tiled = 16;  // rows up to that length are walked so many at a time

// Rows of a length known to the compiler, where it is short.
template <class F>
bool with_length(std::size_t length, F f) {
  const auto one = [&]<std::size_t N>(std::integral_constant<std::size_t, N> n) { return length == N && (f(n), true); };
  return [&]<std::size_t... N>(std::index_sequence<N...>) {
    return (one(std::integral_constant<std::size_t, N + 1>{}) || ...);
  }
  (std::make_index_sequence<8>{});
}

// The same short row added to each: as one long run of rows.
template <class T>
void add_short_row(const T* __restrict a, const T* __restrict row, T* __restrict y, std::size_t rows,
                   std::size_t length) {
  T tile[short_row * tiled];
  for (std::size_t i = 0; i < length * tiled; ++i) tile[i] = row[i % length];
  const std::size_t count = rows * length, step = length * tiled;
  std::size_t i = 0;
  for (; i + step <= count; i += step)
#pragma omp simd
    for (std::size_t k = 0; k < step; ++k) y[i + k] = a[i + k] + tile[k];
  for (std::size_t k = 0; i + k < count; ++k) y[i + k] = a[i + k] + tile[k];
}

template <class T>
void add_column_to_short_rows(const T* __restrict a, const T* __restrict column, T* __restrict y, std::size_t rows,
                              std::size_t length) {
  with_length(length, [=](auto n) {
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t k = 0; k < n; ++k) y[i * n + k] = a[i * n + k] + column[i];
  });
}

}  // namespace

template <class T>
void add(const T* __restrict a, const T* __restrict b, T* __restrict y, std::size_t outer, std::size_t middle,
         std::size_t inner, Over over) {
  if (!over.inner && !over.middle && !over.outer) inner *= std::exchange(middle, 1) * std::exchange(outer, 1);
  if (over.inner && !over.middle && !over.outer && inner <= short_row)
    return add_short_row(a, b, y, outer * middle, inner);
  if (!over.inner && over.middle && outer == 1 && inner <= 8) return add_column_to_short_rows(a, b, y, middle, inner);
  const std::size_t step_j = over.middle ? (over.inner ? inner : 1) : 0;
  const std::size_t step_i = over.outer ? (over.middle ? middle : 1) * (over.inner ? inner : 1) : 0;
  for (std::size_t i = 0; i < outer; ++i)
    for (std::size_t j = 0; j < middle; ++j) {
      const T* __restrict from = a + (i * middle + j) * inner, * __restrict with = b + i * step_i + j * step_j;
      T* __restrict to = y + (i * middle + j) * inner;
      if (over.inner) {
#pragma omp simd
        for (std::size_t k = 0; k < inner; ++k) to[k] = from[k] + with[k];
      } else {
        const T same = *with;
#pragma omp simd
        for (std::size_t k = 0; k < inner; ++k) to[k] = from[k] + same;
      }
    }
}

template <class T>
void outer_product(const T* __restrict a, const T* __restrict b, T* __restrict y, std::size_t rows,
                   std::size_t columns) {
  for (std::size_t i = 0; i < rows; ++i) {
    const T factor = a[i];
#pragma omp simd
    for (std::size_t j = 0; j < columns; ++j) y[i * columns + j] = factor * b[j];
  }
}

namespace {

// 64 bytes, wherever they begin.
template <class T>
using Vector [[gnu::aligned(sizeof(T)), gnu::may_alias, gnu::vector_size(64)]] = T;

// In eight chains, so that the additions do not wait for each other.
template <class T>
T sum(const T* x, std::size_t count) {
  using V = Vector<T>;
  constexpr std::size_t width = sizeof(V) / sizeof(T), chains = 8;
  V sums[chains] = {};
  std::size_t i = 0;
  for (; i + chains * width <= count; i += chains * width)
    for (std::size_t c = 0; c < chains; ++c) sums[c] += *reinterpret_cast<const V*>(x + i + c * width);
  for (; i + width <= count; i += width) sums[0] += *reinterpret_cast<const V*>(x + i);
  T total = 0;
  for (; i < count; ++i) total += x[i];
  for (std::size_t c = 1; c < chains; ++c) sums[0] += sums[c];
  for (std::size_t k = 0; k < width; ++k) total += sums[0][k];
  return total;
}

template <class T>
void sum_short_rows(const T* __restrict x, T* __restrict y, std::size_t rows, std::size_t length) {
  with_length(length, [=](auto n) {
#pragma omp simd
    for (std::size_t i = 0; i < rows; ++i) {
      T total = 0;
      for (std::size_t k = 0; k < n; ++k) total += x[i * n + k];
      y[i] = total;
    }
  });
}

// Columns of short rows: so many rows at a time into a sum for each of their elements.
template <class T>
void sum_short_columns(const T* __restrict x, T* __restrict y, std::size_t rows, std::size_t length) {
  T sums[short_row * tiled] = {};
  const std::size_t count = rows * length, step = length * tiled;
  std::size_t i = 0;
  for (; i + step <= count; i += step)
#pragma omp simd
    for (std::size_t k = 0; k < step; ++k) sums[k] += x[i + k];
  for (std::size_t k = 0; i + k < count; ++k) sums[k] += x[i + k];
  for (std::size_t k = 0; k < length; ++k) {
    y[k] = 0;
    for (std::size_t j = k; j < step; j += length) y[k] += sums[j];
  }
}

}  // namespace

template <class T>
void sum_middle(const T* __restrict x, T* __restrict y, std::size_t outer, std::size_t middle, std::size_t inner) {
  if (inner == 1 && middle <= 8) return sum_short_rows(x, y, outer, middle);
  if (outer == 1 && inner > 1 && inner <= short_row) return sum_short_columns(x, y, middle, inner);
  for (std::size_t i = 0; i < outer; ++i) {
    const T* from = x + i * middle * inner;
    T* __restrict to = y + i * inner;
    if (inner == 1) {
      *to = sum(from, middle);
      continue;
    }
    for (std::size_t k = 0; k < inner; ++k) to[k] = 0;
    for (std::size_t j = 0; j < middle; ++j) {
      const T* __restrict row = from + j * inner;
#pragma omp simd
      for (std::size_t k = 0; k < inner; ++k) to[k] += row[k];
    }
  }
}

#define LIMIT_INSTANTIATE(T)                                                              \
  template void apply(Function, const T*, T*, std::size_t);                               \
  template void add(const T*, const T*, T*, std::size_t, std::size_t, std::size_t, Over); \
  template void outer_product(const T*, const T*, T*, std::size_t, std::size_t);          \
  template void sum_middle(const T*, T*, std::size_t, std::size_t, std::size_t)
LIMIT_INSTANTIATE(float);
LIMIT_INSTANTIATE(double);
#undef LIMIT_INSTANTIATE

}  // namespace limit
