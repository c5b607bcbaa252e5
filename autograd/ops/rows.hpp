#pragma once
// Exponentials of rows along one axis: what softmax and its losses are made of. Some rows at a time go through a
// buffer, so that each is read from memory once, and short rows fill whole SIMD registers too.

#include <algorithm>

#include <autograd/kernels/dispatch.hpp>
#include <autograd/ops/axis.hpp>
#include <autograd/ops/reduce.hpp>

namespace xgrad::ops {

/// One of them: x less its largest element, e to that power, and the sum of these; all NaN where the largest is
/// infinite. Both may be overwritten.
template <class T>
struct Exponentials {
  Index row, first;  ///< its number, and where it starts; its elements lie `inner` of the axis apart
  T *shifted, *powers;
  T sum;
};

template <class T>
T row_sum(const T* row, Index length) {
  return length > 0 ? reduction::fold_run(row, length, reduction::Add{}) : T(0);
}

template <class T>
void shift_by_largest(const T* x, Index step, Index length, T* shifted) {
  if (step != 1) {
    for (Index j = 0; j < length; ++j) shifted[j] = x[j * step];
    x = shifted;
  }
  const T largest = length > 0 ? reduction::fold_run(x, length, reduction::Larger{}) : T(0);
  const T shift = T(math::real(largest));
  for (Index j = 0; j < length; ++j) shifted[j] = x[j] - shift;
}

/// How many rows go through a buffer that stays in the first cache.
inline Index rows_at_once(Index rows, Index length) {
  constexpr Index elements_at_once = 2048;
  return std::clamp<Index>(elements_at_once / std::max<Index>(length, 1), 1, rows);
}

/// f(Exponentials) for each row.
template <class T, class F>
void each_row(const T* x, const Around& at, F f) {
  const Index rows = at.outer * at.inner, length = at.length;
  if (rows == 0) return;
  const Index at_once = ops::rows_at_once(rows, length);
  Tensor buffer = detail::allocate({2, at_once, length}, dtype_of<T>);
  T *shifted = mutable_elements<T>(buffer), *powers = shifted + at_once * length;
  const auto start = [&](Index row) { return row / at.inner * length * at.inner + row % at.inner; };
  for (Index from = 0; from < rows; from += at_once) {
    const Index count = std::min(at_once, rows - from);
    for (Index r = 0; r < count; ++r)
      ops::shift_by_largest(x + start(from + r), at.inner, length, shifted + r * length);
    const Shape all{count * length};
    kernels::map<formulas::Exp, T>({}, all, powers, {shifted}, {&all});
    for (Index r = 0; r < count; ++r)
      f(Exponentials<T>{from + r, start(from + r), shifted + r * length, powers + r * length,
                        ops::row_sum(powers + r * length, length)});
  }
}

}  // namespace xgrad::ops
