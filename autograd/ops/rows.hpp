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
  T sum(0);
  if (length > 0) kernels::folds_of<folds::Sum, T>().rows(row, 1, length, &sum);
  return sum;
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
  Tensor buffer = detail::allocate({2, at_once, length}, dtype_of<T>),
         of_rows = detail::allocate({at_once}, dtype_of<T>);
  T *shifted = mutable_elements<T>(buffer), *powers = shifted + at_once * length, *one = mutable_elements<T>(of_rows);
  const auto start = [&](Index row) { return row / at.inner * length * at.inner + row % at.inner; };
  for (Index from = 0; from < rows; from += at_once) {
    const Index count = std::min(at_once, rows - from);
    const Shape block{count, length}, kept{count, 1};
    const T* read = x + start(from);
    if (at.inner != 1) {
      for (Index r = 0; r < count; ++r)
        for (Index j = 0; j < length; ++j) shifted[r * length + j] = x[start(from + r) + j * at.inner];
      read = shifted;
    }
    std::fill_n(one, count, math::constant<T>(folds::Largest::of_nothing));
    kernels::fold(folds::Largest{}, read, block, one, kept);
    for (Index r = 0; r < count; ++r) one[r] = T(math::real(one[r]));
    kernels::map<formulas::Sub, T>({}, block, shifted, {read, one}, {&block, &kept});
    kernels::map<formulas::Exp, T>({}, block, powers, {shifted}, {&block});
    std::fill_n(one, count, T(0));
    kernels::fold(folds::Sum{}, powers, block, one, kept);
    for (Index r = 0; r < count; ++r)
      f(Exponentials<T>{from + r, start(from + r), shifted + r * length, powers + r * length, one[r]});
  }
}

}  // namespace xgrad::ops
