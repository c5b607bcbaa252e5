#pragma once
// exp, tanh, log and the sigmoid without a branch, for f32 and f64: a loop over them is vectorised by the compiler.
// Used by the limits only, whose files are compiled for this very machine and for finite numbers, so that nothing holds
// them up; errors are up to 2.5 units in the last place.
// Arguments are reduced as in Cody and Waite, Software Manual for the Elementary Functions (1980); the polynomials
// interpolate at Chebyshev nodes of the reduced interval.

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace limit {

template <class T>
struct Format;

template <>
struct Format<double> {
  using Bits = std::int64_t;
  static constexpr int fraction = 52;
  static constexpr Bits one = 0x3ff0'0000'0000'0000, root_half = 0x3fe6'a09e'667f'3bcd;
  static constexpr double log2_e = 1.4426950408889634, ln2_high = 0x1.62e42fefa39efp-1, ln2_low = 0x1.abc9e3b39803fp-56;
  static constexpr double round = 0x1.8p52;  // added and taken away: the nearest whole number
  static constexpr double largest_exp = 750, saturated = 40, least_normal = 0x1p-1022, up = 0x1p54, log_up = 54;
};

template <>
struct Format<float> {
  using Bits = std::int32_t;
  static constexpr int fraction = 23;
  static constexpr Bits one = 0x3f80'0000, root_half = 0x3f35'04f3;
  static constexpr float log2_e = 1.44269504f, ln2_high = 0x1.62e43p-1f, ln2_low = -0x1.05c610p-29f;
  static constexpr float round = 0x1.8p23f;
  static constexpr float largest_exp = 105, saturated = 20, least_normal = 0x1p-126f, up = 0x1p25f, log_up = 25;
};

// Horner's scheme, the highest power first.
template <class T, class... C>
inline T polynomial(T x, T highest, C... rest) {
  T p = highest;
  ((p = p * x + rest), ...);
  return p;
}

// (e^r − 1 − r) / r² for |r| ≤ ln 2 / 2
inline double exp_tail(double r) {
  return polynomial(r, 2.510038549551032e-08, 2.7620088445409746e-07, 2.7557268459997064e-06, 2.4801521295954376e-05,
                    0.00019841269863053618, 0.0013888888917213717, 0.008333333333330062, 0.04166666666662413,
                    0.16666666666666669, 0.5);
}
inline float exp_tail(float r) {
  return polynomial(r, 0.0013926183f, 0.0083631790f, 0.0416665546f, 0.1666657698f, 0.5f);
}

// (log((1 + s) / (1 − s)) − 2 s) / s³ by z = s², for (1 + s) / (1 − s) from √½ to √2
inline double log_tail(double z) {
  return polynomial(z, 0.14616585424888623, 0.15331710618210773, 0.18182889455674947, 0.22222211130259878,
                    0.2857142862600327, 0.39999999999899444, 0.666666666666667);
}
inline float log_tail(float z) { return polynomial(z, 0.2333058193f, 0.2855081659f, 0.4000012187f, 0.6666666655f); }

template <class T>
inline T within(T x, T bound) {  // NaN stays
  const T below = x > bound ? bound : x;
  return below < -bound ? -bound : below;
}

// x = n ln 2 + r; `rounded` holds n in its low bits, the result is e^r − 1.
template <class T>
inline T reduced_expm1(T x, T& rounded) {
  using F = Format<T>;
  rounded = x * F::log2_e + F::round;
  const T n = rounded - F::round;
  const T r = (x - n * F::ln2_high) - n * F::ln2_low;
  return exp_tail(r) * (r * r) + r;
}

template <class T>
inline T power_of_two(typename Format<T>::Bits n) {
  return std::bit_cast<T>((n << Format<T>::fraction) + Format<T>::one);
}

/// Any x: beyond the largest result infinity, below the smallest 0, through the subnormals in two factors.
template <class T>
inline T exp(T x) {
  using F = Format<T>;
  T rounded;
  const T q = reduced_expm1(within(x, F::largest_exp), rounded);
  const auto n = std::bit_cast<typename F::Bits>(rounded) - std::bit_cast<typename F::Bits>(F::round), half = n >> 1;
  const T first = power_of_two<T>(half);
  return (first * q + first) * power_of_two<T>(n - half);
}

/// x ≤ 0 and not too small for one factor: what a loss needs of exp(−|z|).
template <class T>
inline T exp_of_negative(T x) {
  using F = Format<T>;
  T rounded;
  const T least = sizeof(T) == 8 ? T(-708) : T(-87);
  const T q = reduced_expm1(x < least ? least : x, rounded);
  const T scale = std::bit_cast<T>((std::bit_cast<typename F::Bits>(rounded) << F::fraction) + F::one);
  return scale * q + scale;
}

/// (e^2x − 1) / (e^2x + 1), without cancellation near 0
template <class T>
inline T tanh(T x) {
  using F = Format<T>;
  T rounded;
  const T q = reduced_expm1(within(x + x, F::saturated), rounded);
  const T scale = std::bit_cast<T>((std::bit_cast<typename F::Bits>(rounded) << F::fraction) + F::one);
  const T e = scale * q + (scale - T(1));
  return e / (e + T(2));
}

/// Of normal x > 0.
template <class T>
inline T log_of_normal(T x) {
  using F = Format<T>;
  const auto bits = std::bit_cast<typename F::Bits>(x), exponent = (bits - F::root_half) >> F::fraction;
  const T m = std::bit_cast<T>(bits - (exponent << F::fraction));
  const T s = (m - T(1)) / (m + T(1)), z = s * s;
  const T n = std::bit_cast<T>(std::bit_cast<typename F::Bits>(F::round) + exponent) - F::round;
  return n * F::ln2_high + (T(2) * s + (s * z * log_tail(z) + n * F::ln2_low));
}

/// Any x: −infinity of 0, NaN of what is negative.
template <class T>
inline T log(T x) {
  using F = Format<T>;
  using Limits = std::numeric_limits<T>;
  const bool tiny = x < F::least_normal;
  const T y = log_of_normal(tiny ? x * F::up : x) - (tiny ? F::log_up * F::ln2_high : T(0));
  const T at_most_zero = x == T(0) ? -Limits::infinity() : Limits::quiet_NaN();
  return x > T(0) ? (x < Limits::infinity() ? y : x) : at_most_zero;
}

template <class T>
inline T sigmoid(T x) {
  return T(1) / (T(1) + exp(-x));
}

}  // namespace limit
