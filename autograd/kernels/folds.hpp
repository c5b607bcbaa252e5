#pragma once
// Folding the elements of rows, or of columns, into one each, by a sum, a product or an extreme. Written for a lane
// (loops.hpp), so that run.hpp can build it for every instruction set; in an order that follows from the shape alone.

#include <limits>

#include <autograd/kernels/formulas.hpp>
#include <autograd/kernels/registers.hpp>
#include <autograd/loops.hpp>

namespace xgrad::folds {

// What is folded, and what that gives over no elements.
struct Sum : formulas::Add {
  static constexpr double of_nothing = 0;
};
struct Product : formulas::Mul {
  static constexpr double of_nothing = 1;
};
struct Largest : formulas::Maximum {
  static constexpr double of_nothing = -std::numeric_limits<double>::infinity();
};
struct Smallest : formulas::Minimum {
  static constexpr double of_nothing = std::numeric_limits<double>::infinity();
};
using Listed = formulas::List<Sum, Product, Largest, Smallest>;

/// Of `count` elements. By halves, so that the error grows with the logarithm of the count; a half that is short enough
/// in four chains, which do not wait for each other.
template <class Lane, class F, class T>
T fold_run(const T* x, Index count) {
  constexpr Index width = Lane::width, step = 4 * width;
  const F f;
  if (count < width) {
    T result = x[0];
    for (Index i = 1; i < count; ++i) result = f(result, x[i]);
    return result;
  }
  if (count > 128 * width) {
    const Index half = count / 2 / step * step;
    return f(fold_run<Lane, F>(x, half), fold_run<Lane, F>(x + half, count - half));
  }
  const auto nothing = Lane::splat(math::constant<T>(F::of_nothing));
  auto a = Lane::load(x), b = nothing, c = nothing, d = nothing;
  Index i = width;
  for (; i + step <= count; i += step) {
    a = f(a, Lane::load(x + i));
    b = f(b, Lane::load(x + i + width));
    c = f(c, Lane::load(x + i + 2 * width));
    d = f(d, Lane::load(x + i + 3 * width));
  }
  for (; i + width <= count; i += width) b = f(b, Lane::load(x + i));
  T parts[width];
  if (i < count) {  // the last register overlaps with what has been folded, which is left out
    for (Index k = 0; k < width; ++k) parts[k] = static_cast<T>(k);
    const auto is_new = Lane::load(parts) >= Lane::splat(static_cast<T>(width - (count - i)));
    c = f(c, math::select(is_new, Lane::load(x + count - width), nothing));
  }
  Lane::store(parts, f(f(a, b), f(c, d)));
  for (Index half = width / 2; half > 0; half /= 2)
    for (Index k = 0; k < half; ++k) parts[k] = f(parts[k], parts[k + half]);
  return parts[0];
}

// Rows of N elements, as many at a time as a register has elements, each from its first element on; how many those
// were.
template <class Lane, class F, Index N, class T>
Index fold_short_rows(const T* x, Index rows, T* out) {
  namespace registers = kernels::registers;
  Index i = 0;
  for (; i + Lane::width <= rows; i += Lane::width) {
    typename Lane::Batch columns[N];
    registers::each<N>([&](auto l) { columns[l] = Lane::load(x + i * N + l * Lane::width); });
    registers::columns_of<N>(columns);
    auto result = columns[0];
    registers::each<N - 1>([&](auto l) { result = F()(result, columns[l + 1]); });
    Lane::store(out + i, F()(Lane::load(out + i), result));
  }
  return i;
}

/// out[i] = f(out[i], …) of the elements of row i.
template <class Lane, class F, class T>
void fold_rows(const T* x, Index rows, Index length, T* out) {
  Index i = 0;
  if constexpr (kernels::registers::moves_freely<typename Lane::Batch>) {
    if (length == 2) i = fold_short_rows<Lane, F, 2>(x, rows, out);
    if (length == 3) i = fold_short_rows<Lane, F, 3>(x, rows, out);
    // A row that fills a register is folded by halves, whatever stands beside it.
    if constexpr (Lane::width > 4)
      if (length == 4) i = fold_short_rows<Lane, F, 4>(x, rows, out);
    if constexpr (Lane::width > 8)
      if (length == 8) i = fold_short_rows<Lane, F, 8>(x, rows, out);
  }
  for (; i < rows; ++i) out[i] = F()(out[i], fold_run<Lane, F>(x + i * length, length));
}

/// to[k] = f(to[k], from[k]).
template <class Lane, class F, class T>
void fold_onto(T* to, const T* from, Index count) {
  const T* both[] = {to, from};
  loops::map_run<Lane, 3>(to, both, count, F(), std::make_index_sequence<2>{});
}

// sums[k] = f(…f(sums[k], x[k]), x[k + step]), …) over `rows` rows, of columns that fill N registers.
template <class Lane, class F, Index N, class T>
void fold_stripe(T* sums, const T* x, Index rows, Index step) {
  namespace registers = kernels::registers;
  typename Lane::Batch sum[N];
  registers::each<N>([&](auto n) { sum[n] = Lane::load(sums + n * Lane::width); });
  for (Index i = 0; i < rows; ++i)
    registers::each<N>([&](auto n) { sum[n] = F()(sum[n], Lane::load(x + i * step + n * Lane::width)); });
  registers::each<N>([&](auto n) { Lane::store(sums + n * Lane::width, sum[n]); });
}

/// out[k] = f(out[k], …) of the elements of column k. Short rows are taken 16 or more at a time, which fill
/// registers of any width, and those sums folded by halves in the end; of long ones some rows before they go to the
/// others, so that errors grow less, and two at a time, since they need more loads than sums.
template <class Lane, class F, class T>
void fold_columns(const T* x, Index rows, Index length, T* out) {
  constexpr Index least = 16, shortest_long = 65, enough = 256;  // elements, so that no sum waits for the one before
  if (length < shortest_long && rows > least) {
    Index together = least;
    while (2 * together * length <= enough && 8 * together <= rows) together *= 2;
    const Index step = together * length, whole = rows / together * together;
    T sums[least * shortest_long];
    for (Index k = 0; k < step; k += Lane::width) Lane::store(sums + k, Lane::load(x + k));
    // Of rows in few stripes as many as stay in the nearest cache for all of them, else one: memory is best read in
    // order.
    const Index rows_nearby = step <= enough ? 4096 / step : 1;
    for (Index i = together; i < whole; i += rows_nearby * together) {
      const Index left = (whole - i) / together, count = left < rows_nearby ? left : rows_nearby;
      Index k = 0;
      for (; k + 4 * Lane::width <= step; k += 4 * Lane::width)
        fold_stripe<Lane, F, 4>(sums + k, x + i * length + k, count, step);
      for (; k < step; k += Lane::width) fold_stripe<Lane, F, 1>(sums + k, x + i * length + k, count, step);
    }
    fold_onto<Lane, F>(sums, x + whole * length, (rows - whole) * length);
    for (Index half = step / 2; half >= length; half /= 2) fold_onto<Lane, F>(sums, sums + half, half);
    return fold_onto<Lane, F>(out, sums, length);
  }
  constexpr Index wide = 512, high = 64;
  T sums[wide];
  for (Index column = 0; column < length; column += wide) {
    const Index count = length - column < wide ? length - column : wide;
    for (Index from = 0; from < rows; from += high) {
      const Index end = rows - from < high ? rows : from + high;
      const auto row = [=](Index i) { return x + i * length + column; };
      for (Index k = 0; k < count; ++k) sums[k] = row(from)[k];
      Index i = from + 1;
      for (; i + 2 <= end; i += 2) {
        const T* three[] = {sums, row(i), row(i + 1)};
        loops::map_run<Lane, 7>(
            sums, three, count, [](auto sum, auto a, auto b) { return F()(F()(sum, a), b); },
            std::make_index_sequence<3>{});
      }
      if (i < end) fold_onto<Lane, F>(sums, row(i), count);
      fold_onto<Lane, F>(out + column, sums, count);
    }
  }
}

// The same in little code, for complex numbers and small builds: `count` elements that lie `step` apart, by halves too.
template <class F, class T>
T fold_plainly(const T* x, Index count, Index step) {
  const F f;
  if (count > 128)
    return f(fold_plainly<F>(x, count / 2, step), fold_plainly<F>(x + count / 2 * step, count - count / 2, step));
  T result = x[0];
  for (Index i = 1; i < count; ++i) result = f(result, x[i * step]);
  return result;
}
template <class F, class T>
void fold_rows_plainly(const T* x, Index rows, Index length, T* out) {
  for (Index i = 0; i < rows; ++i) out[i] = F()(out[i], fold_plainly<F>(x + i * length, length, 1));
}
template <class F, class T>
void fold_columns_plainly(const T* x, Index rows, Index length, T* out) {
  for (Index k = 0; k < length; ++k) out[k] = F()(out[k], fold_plainly<F>(x + k, rows, length));
}

}  // namespace xgrad::folds
