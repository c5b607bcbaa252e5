#pragma once
// How far a result is off, and arguments that deserve a look.

#include <cmath>
#include <limits>
#include <vector>

/// Zeros, ones, the least and the largest numbers, infinities, NaN, and where exponentials leave the range.
template <class T>
std::vector<double> specials() {
  using L = std::numeric_limits<T>;
  const double tiny = L::denorm_min(), least = L::min(), most = L::max(), inf = L::infinity();
  return {0., -0., 1,    -1, 0.5, -0.5, tiny, -tiny, 1000 * tiny, least, -least, most, -most, inf, -inf, L::quiet_NaN(),
          88, -88, -100, 89, 708, -709, -745, 710,   1e-20,       -1e-20};
}

inline bool same(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
}

/// In units of the last place of the exact value, as T has it; infinitely many for a wrong sign, that of 0 too.
template <class T>
double ulps(T value, long double exact) {
  const T nearest = std::abs(static_cast<T>(exact)), infinity = std::numeric_limits<T>::infinity();
  if (std::isnan(exact) || std::isinf(nearest) || std::isinf(value))
    return same(value, static_cast<T>(exact)) ? 0 : infinity;
  if (std::signbit(value) != std::signbit(exact)) return infinity;
  const long double next = std::nextafter(nearest, infinity);
  const long double unit = std::isinf(next) ? nearest - std::nextafter(nearest, T(0)) : next - nearest;
  return static_cast<double>(std::abs(value - exact) / unit);
}
