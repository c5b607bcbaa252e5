#pragma once
// Exponentials of rows along one axis: what softmax and its losses are made of. Some rows at a time go through a
// buffer, so that each is read from memory once, and short rows fill whole SIMD registers too.

#include <algorithm>

#include <autograd/kernels/dispatch.hpp>
#include <autograd/ops/axis.hpp>
#include <autograd/ops/reduce.hpp>

namespace xgrad::ops {

/// One of them: x less its largest element, e to that power, and the sum of these, which is NaN where the largest is
/// infinite. Both may be overwritten.
template <class T>
struct Exponentials {
  Index row, first;  ///< its number, and where it starts; its elements lie `inner` of the axis apart
  T *shifted, *powers;
  T sum;
};

template <class T>
T row_sum(const T* row, Index length);

/// Of `count` rows from `from` on: shifted and powers get one row after another, sums an element a row.
template <class T>
void exponentials(const T* x, const Around& at, Index from, Index count, T* shifted, T* powers, T* sums);
/// Where a row starts.
inline Index start_of(Index row, const Around& at) { return row / at.inner * at.length * at.inner + row % at.inner; }

/// How many rows go through a buffer that stays in the first cache.
inline Index rows_at_once(Index rows, Index length) {
  constexpr Index elements_at_once = 2048;
  return std::clamp<Index>(elements_at_once / std::max<Index>(length, 1), 1, rows);
}

/// f(Exponentials) for each row, in any order.
template <class T, class F>
void each_row(const T* x, const Around& at, F f) {
  const Index rows = at.outer * at.inner, length = at.length;
  if (rows == 0) return;
  const Index at_once = ops::rows_at_once(rows, length);
  loops::rows_in_blocks(rows, at_once, 2 * length, [&](Index from, Index count) {
    Tensor buffer = detail::allocate({2, at_once, length}, dtype_of<T>),
           of_rows = detail::allocate({at_once}, dtype_of<T>);
    T *shifted = mutable_elements<T>(buffer), *powers = shifted + at_once * length,
      *sums = mutable_elements<T>(of_rows);
    ops::exponentials(x, at, from, count, shifted, powers, sums);
    for (Index r = 0; r < count; ++r)
      f(Exponentials<T>{from + r, ops::start_of(from + r, at), shifted + r * length, powers + r * length, sums[r]});
  });
}

}  // namespace xgrad::ops
