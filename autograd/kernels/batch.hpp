#pragma once
// What functions of a SIMD batch are made of: a format's constants, bits, polynomials, and a way out for arguments off
// the beaten track. Every fma may be a product and a sum, as on CPUs without it.

#include <cstdint>
#include <limits>
#include <type_traits>

#include <xsimd/xsimd.hpp>

namespace xgrad::math::batches {

template <class T>
struct Format;

template <>
struct Format<double> {
  using Bits = std::uint64_t;
  static constexpr int mantissa = 52, bias = 1023;
  static constexpr double low = -708, high = 708;  // e^x is a normal number between them
  // beyond·e^±beyond is 0 or infinite, and 2^n·step^±1 is normal for it
  static constexpr double beyond = 752, step = 0x1p64;
  static constexpr double subnormal_shift = 54, subnormal_factor = 0x1p54;
  static constexpr double ln2 = 0x1.62e42fefa39efp-1;
  static constexpr double ln2_high = 0x1.62e42feep-1, ln2_low = 0x1.a39ef35793c76p-33;  // n·ln2_high is exact
  static constexpr double half_pi = 0x1.921fb54442d18p+0, half_pi_low = 0x1.1a62633145c07p-54;
  static constexpr double zero = 0, half = 0.5, one = 1, sqrt_half = 0x1.6a09e667f3bcdp-1;
};
template <>
struct Format<float> {
  using Bits = std::uint32_t;
  static constexpr int mantissa = 23, bias = 127;
  static constexpr float low = -87, high = 88;
  static constexpr float beyond = 109, step = 0x1p32f;
  static constexpr float subnormal_shift = 24, subnormal_factor = 0x1p24f;
  static constexpr float ln2 = 0x1.62e43p-1f;
  static constexpr float ln2_high = 0x1.62e3p-1f, ln2_low = 0x1.2fefa2p-17f;
  static constexpr float half_pi = 0x1.921fb6p+0f, half_pi_low = -0x1.777a5cp-25f;
  static constexpr float zero = 0, half = 0.5f, one = 1, sqrt_half = 0x1.6a09e6p-1f;
};

/// A constant of X's format.
template <class X>
X either(double wide, float narrow) {
  if constexpr (sizeof(typename X::value_type) == 8)
    return X(wide);
  else
    return X(narrow);
}

template <class X>
using FormatOf = Format<typename X::value_type>;
template <class X>
using BitsOf = xsimd::batch<typename FormatOf<X>::Bits, typename X::arch_type>;

template <class X>
BitsOf<X> bits(const X& x) {
  return xsimd::bitwise_cast<BitsOf<X>>(x);
}
template <class X>
X number(const BitsOf<X>& b) {
  return xsimd::bitwise_cast<X>(b);
}

template <class X>
BitsOf<X> sign_bit() {
  return bits(X(-FormatOf<X>::zero));
}
/// −|x|.
template <class X>
X minus_size(const X& x) {
  return number<X>(bits(x) | sign_bit<X>());
}
template <class X>
X with_sign_of(const X& x, const X& size) {
  const BitsOf<X> b = bits(size);
  return number<X>(b ^ ((b ^ bits(x)) & sign_bit<X>()));
}
/// With its sign turned where x has one.
template <class X>
X times_sign_of(const X& x, const X& value) {
  return number<X>(bits(value) ^ (bits(x) & sign_bit<X>()));
}

/// a b + c, rounded once where the CPU can. xsimd 8.1 has no such instruction for AVX-512.
template <class X>
X fma(const X& a, const X& b, const X& c) {
  if constexpr (std::is_base_of_v<xsimd::avx512f, typename X::arch_type>) {
    if constexpr (sizeof(typename X::value_type) == 8)
      return X(_mm512_fmadd_pd(a.data, b.data, c.data));
    else
      return X(_mm512_fmadd_ps(a.data, b.data, c.data));
  } else {
    return xsimd::fma(a, b, c);
  }
}

// value·x^2n + the terms of the 2n other coefficients, two at a time.
template <class X>
X pairs(const X&, const X&, const X& value) {
  return value;
}
template <class X, class... C>
X pairs(const X& x, const X& square, const X& value, double odd, double even, C... others) {
  using T = typename X::value_type;
  const X pair = batches::fma(x, X(static_cast<T>(odd)), X(static_cast<T>(even)));
  return batches::pairs(x, square, batches::fma(value, square, pair), others...);
}

/// Of coefficients that begin with the highest: by Horner's rule in x², over pairs of terms, which halves the time
/// until the result is there. Where signs alternate and x is positive, the terms of a pair cancel, but not the pairs.
template <class X, class... C>
X polynomial(const X& x, const X& square, double first, double second, C... others) {
  using T = typename X::value_type;
  const X highest(static_cast<T>(first));
  if constexpr (sizeof...(others) % 2 == 0)
    return batches::pairs(x, square, batches::fma(x, highest, X(static_cast<T>(second))), others...);
  else
    return batches::pairs(x, square, highest, second, others...);
}

/// Where `usual` holds for all elements, their value; else each gets its own: what an element gets does not depend on
/// its neighbours.
template <class C, class X, class F>
X unless(const C& usual, const X& value, F otherwise) {
  return xsimd::all(usual) ? value : xsimd::select(usual, value, otherwise());
}

}  // namespace xgrad::math::batches
