#include "loops.hpp"

#include <type_traits>

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

template <class T>
void add(const T* __restrict a, const T* __restrict b, T* __restrict y, std::size_t outer, std::size_t middle,
         std::size_t inner, Over over) {
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

// In four chains, so that the additions do not wait for each other.
template <class T>
T sum(const T* __restrict x, std::size_t count) {
  T s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  if (count < 16) {
    for (std::size_t i = 0; i < count; ++i) s0 += x[i];
    return s0;
  }
  const std::size_t quarter = count / 4;
  const T* __restrict x1 = x + quarter, * __restrict x2 = x1 + quarter, * __restrict x3 = x2 + quarter;
#pragma omp simd reduction(+ : s0, s1, s2, s3)
  for (std::size_t i = 0; i < quarter; ++i) {
    s0 += x[i];
    s1 += x1[i];
    s2 += x2[i];
    s3 += x3[i];
  }
  for (std::size_t i = 4 * quarter; i < count; ++i) s0 += x[i];
  return (s0 + s1) + (s2 + s3);
}

}  // namespace

template <class T>
void sum_middle(const T* __restrict x, T* __restrict y, std::size_t outer, std::size_t middle, std::size_t inner) {
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
