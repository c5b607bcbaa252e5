#pragma once
// e^x, log x, tanh x, erf x and their kin over a SIMD batch, without branches but for arguments off the beaten track;
// ≤ 2.5 ulp, IEEE results everywhere (tests/elementwise_test.cpp). The range is reduced as by Cody and Waite (Software
// Manual for the Elementary Functions, 1980), logarithms are arranged as in fdlibm (Sun, 1993), and polynomials are
// minimax by the Remez algorithm, for the relative error of the function. Every fma may be a product and a sum, as on
// CPUs without it.

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
  static constexpr double low = -708, high = 708;       // e^x is a normal number between them
  static constexpr double beyond = 750, step = 0x1p64;  // e^±beyond is 0 or infinite; 2^n·step^±1 is normal for it
  static constexpr double subnormal_shift = 54;
  static constexpr double ln2_high = 0x1.62e42feep-1, ln2_low = 0x1.a39ef35793c76p-33;  // n·ln2_high is exact
  static constexpr double ln2 = 0x1.62e42fefa39efp-1;
  static constexpr double zero = 0, one = 1, sqrt_half = 0x1.6a09e667f3bcdp-1;
  static constexpr double tanh_is_1 = 40;  // at twice x
  static constexpr double erf_is_1 = 5.95;
};
template <>
struct Format<float> {
  using Bits = std::uint32_t;
  static constexpr int mantissa = 23, bias = 127;
  static constexpr float low = -87, high = 88;
  static constexpr float beyond = 105, step = 0x1p32f;
  static constexpr float subnormal_shift = 24;
  static constexpr float ln2_high = 0x1.62e3p-1f, ln2_low = 0x1.2fefa2p-17f;
  static constexpr float ln2 = 0x1.62e43p-1f;
  static constexpr float zero = 0, one = 1, sqrt_half = 0x1.6a09e6p-1f;
  static constexpr float tanh_is_1 = 20;
  static constexpr float erf_is_1 = 3.95f;
};

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

// ------------------------------------------------------------------------------------------------ exponentials

/// e^x = 2^n (1 + q), with n = round(x log₂e) and |q| ≤ √2 − 1.
template <class X>
struct Power {
  X rounded;  // n + bias in its lowest bits
  X q;
  /// 2^(n − less).
  X scale(const X& less) const { return number<X>(bits(rounded - less) << FormatOf<X>::mantissa); }
  X scale() const { return number<X>(bits(rounded) << FormatOf<X>::mantissa); }
};

template <class X>
Power<X> power(const X& x) {
  using T = typename X::value_type;
  using K = Format<T>;
  // Numbers of this size have no fraction: adding one rounds, and leaves n + bias in the lowest bits.
  const X shift(T(1.5) / std::numeric_limits<T>::epsilon() + T(K::bias));
  const X rounded = batches::fma(x, X(T(0x1.71547652b82fep0)), shift), n = rounded - shift;
  const X r = batches::fma(n, X(-K::ln2_low), batches::fma(n, X(-K::ln2_high), x)), square = r * r;
  X p;
  if constexpr (sizeof(T) == 8)
    p = batches::polynomial(r, square, 0x1.af76db11759a2p-26, 0x1.28a2d1f1444eep-22, 0x1.71dde9eab4523p-19,
                            0x1.a019a660f14e4p-16, 0x1.a01a01b5e2993p-13, 0x1.6c16c17f430f2p-10, 0x1.111111110e6bbp-7,
                            0x1.55555555520cap-5, 0x1.555555555555cp-3, 0x1.0000000000005p-1);
  else
    p = batches::polynomial(r, square, 0x1.6d995cp-10, 0x1.122838p-7, 0x1.555486p-5, 0x1.5554bp-3, 0.5);
  return {rounded, batches::fma(p, square, r)};
}

template <class X>
auto has_normal_exp(const X& x) {
  using K = FormatOf<X>;
  return (x >= X(K::low)) & (x <= X(K::high));
}

/// e^x of any x, in two steps that do not leave the range before the result does.
template <class X>
X exp_in_steps(const X& x) {
  using K = FormatOf<X>;
  // of a NaN and another number x86's min and max take the second
  const Power<X> power = batches::power(xsimd::max(X(-K::beyond), xsimd::min(X(K::beyond), x)));
  const auto large = x > X(0);
  const X less(static_cast<typename X::value_type>(sizeof(typename X::value_type) * 8));  // log₂ of the step
  const X scale = power.scale(xsimd::select(large, less, -less));
  return batches::fma(scale, power.q, scale) * xsimd::select(large, X(K::step), X(1 / K::step));
}

template <class X>
X exp(const X& x) {
  const Power<X> power = batches::power(x);
  const X scale = power.scale();
  return unless(has_normal_exp(x), batches::fma(scale, power.q, scale), [&] { return exp_in_steps(x); });
}

/// e^x − 1 = 2^n q + (2^n − 1), whose second part is exact wherever it is not lost in the first.
template <class X>
X expm1(const X& x) {
  const Power<X> power = batches::power(x);
  const X scale = power.scale();
  const X value =
      unless(has_normal_exp(x), batches::fma(scale, power.q, scale - X(1)), [&] { return exp_in_steps(x) - X(1); });
  return xsimd::select(x == X(0), x, value);
}

/// (1 − e^−2|x|) / (1 + e^−2|x|), with the sign of x: that way round numerator and denominator lie close below a power
/// of two where x is small, so their roundings weigh half of what they would above it.
template <class X>
X tanh(const X& x) {
  const BitsOf<X> sign = bits(X(-FormatOf<X>::zero));
  const X minus = number<X>(bits(x) | sign);
  const Power<X> power = batches::power(xsimd::max(X(-FormatOf<X>::tanh_is_1), minus + minus));  // NaN stays NaN
  const X scale = power.scale();
  // each with a rounding of its own: the numerator's in both would count twice
  const X above = batches::fma(scale, power.q, scale - X(1)), below = batches::fma(scale, power.q, scale + X(1));
  const BitsOf<X> quotient = bits(above / below);
  return number<X>(quotient ^ ((quotient ^ bits(x)) & sign));
}

/// x + x T(x²) for |x| < 1; beyond that 1 − e^−Q(|x|) with the sign of x, Q = −log(1 − erf).
template <class X>
X erf(const X& x) {
  using K = FormatOf<X>;
  constexpr bool wide = sizeof(typename X::value_type) == 8;
  const X size = xsimd::abs(x), z = x * x;
  X t;
  if constexpr (wide)
    t = batches::polynomial(z, z * z, -0x1.abae3f79fe0f7p-31, 0x1.d71b0c63c7717p-27, -0x1.5c0726a1e0dd3p-23,
                            0x1.b97fd3d11223ep-20, -0x1.f4ca4d6eeba6cp-17, 0x1.f9a2baa9052b6p-14,
                            -0x1.c02db03dd80e1p-11, 0x1.565bccf92b3c9p-8, -0x1.b82ce311fa949p-6, 0x1.ce2f21a040d16p-4,
                            -0x1.812746b0379bdp-2, 0x1.06eba8214db68p-3);
  else
    t = batches::polynomial(z, z * z, 0x1.496a4p-14, -0x1.a3f706p-11, 0x1.5405b2p-8, -0x1.b7f90ep-6, 0x1.ce2cf8p-4,
                            -0x1.81273ep-2, 0x1.06eba8p-3);
  return unless(size < X(K::one), batches::fma(x, t, x), [&] {
    const X near = xsimd::min(X(K::erf_is_1), size), square = near * near;  // NaN stays NaN
    X minus_q;
    if constexpr (wide)
      minus_q = batches::polynomial(near, square, 0x1.322ace609aa95p-36, -0x1.60703f3687c62p-31, 0x1.708ef478a8d62p-27,
                                    -0x1.c922478dc4dc2p-24, 0x1.6a981191ed9c3p-21, -0x1.5e67dc06792abp-19,
                                    0x1.c507d31ff2d08p-19, 0x1.e1329ec06e295p-16, -0x1.e6ed81c412b3ap-13,
                                    0x1.e3b9ece9182cep-11, -0x1.1391ee86e374cp-9, 0x1.3438401c3d892p-11,
                                    0x1.350a908c10172p-6, -0x1.a465930902da2p-4, -0x1.45f961a390431p-1,
                                    -0x1.20dcc2e1669dep+0, -0x1.2260a9f3ab02dp-20);
    else
      minus_q = batches::polynomial(near, square, 0x1.852d3p-13, -0x1.814cdp-9, 0x1.65421ep-6, -0x1.a60a82p-4,
                                    -0x1.46c584p-1, -0x1.2085b2p+0, -0x1.72e6a2p-12);
    const Power<X> power = batches::power(minus_q);
    const X scale = power.scale(), value = X(K::one) - batches::fma(scale, power.q, scale);
    return number<X>(bits(value) | (bits(x) & bits(X(-K::zero))));
  });
}

// ------------------------------------------------------------------------------------------------ logarithms

/// x = 2^n (1 + f) with √½ ≤ 1 + f < √2, of a positive normal x.
template <class X>
struct Scaled {
  BitsOf<X> exponent;  // n + bias
  X n, f;
};

template <class X>
Scaled<X> scaled(const X& x) {
  using T = typename X::value_type;
  using K = Format<T>;
  using B = BitsOf<X>;
  const B half = bits(X(K::sqrt_half));
  const B moved = bits(x) + (bits(X(K::one)) - half);
  const B exponent = moved >> K::mantissa;
  const B fraction = (moved & B((typename K::Bits(1) << K::mantissa) - 1)) + half;
  // as the lowest bits of a number that has no fraction
  const X whole(1 / std::numeric_limits<T>::epsilon());
  return {exponent, number<X>(bits(whole) | exponent) - (whole + X(T(K::bias))), number<X>(fraction) - X(1)};
}

/// log x + small, through log(1 + f) = f − (f²/2 − s (f²/2 + R)), s = f / (2 + f).
template <class X>
X log_of(const Scaled<X>& x, const X& small) {
  using K = FormatOf<X>;
  const X s = x.f / (X(2) + x.f), z = s * s, w = z * z;
  X r;
  if constexpr (sizeof(typename X::value_type) == 8)
    r = batches::polynomial(z, w, 0x1.2f0977519e44dp-3, 0x1.39a1580c1d977p-3, 0x1.74664288998aap-3,
                            0x1.c71c51f8b354cp-3, 0x1.249249420458dp-2, 0x1.999999997fc75p-2, 0x1.5555555555593p-1);
  else
    r = batches::polynomial(z, w, 0x1.31e4b4p-2, 0x1.995eaap-2, 0x1.55557ap-1);
  const X square = X(0.5) * x.f * x.f;
  const X rest = square - batches::fma(s, batches::fma(z, r, square), batches::fma(x.n, X(K::ln2_low), small));
  return batches::fma(x.n, X(K::ln2_high), x.f - rest);
}

template <class X>
X log(const X& x) {
  using T = typename X::value_type;
  using L = std::numeric_limits<T>;
  const auto normal = (x >= X(L::min())) & (x <= X(L::max()));
  return unless(normal, log_of(scaled(x), X(0)), [&] {
    constexpr T shift = Format<T>::subnormal_shift;
    Scaled<X> raised = scaled(x * X(sizeof(T) == 8 ? T(0x1p54) : T(0x1p24)));
    raised.n = raised.n - X(shift);
    const X positive = xsimd::select(x <= X(L::max()), log_of(raised, X(0)), x);  // infinity and NaN are their own
    return xsimd::select(x < X(0), X(L::quiet_NaN()), xsimd::select(x == X(0), X(-L::infinity()), positive));
  });
}

/// log(1 + x): the logarithm of u, the rounded 1 + x, and the first term of what the rounding lost, c / u.
template <class X>
X log1p(const X& x) {
  using T = typename X::value_type;
  using K = Format<T>;
  using B = BitsOf<X>;
  using L = std::numeric_limits<T>;
  const X u = X(1) + x, back = u - x;
  const X c = (x - (u - back)) + (X(1) - back);
  const Scaled<X> parts = scaled(u);
  // 1 / u is 2^−n / (1 + f); c is so small beside log u that 1 − f will do
  const X inverse = number<X>((B(static_cast<typename K::Bits>(2 * K::bias)) - parts.exponent) << K::mantissa);
  const X value = log_of(parts, c * ((X(1) - parts.f) * inverse));
  const X usual = unless((x > X(-1)) & (x <= X(L::max() / 4)), value, [&] {  // beyond that 2^−n is none
    const X large = xsimd::select(x <= X(L::max()), log_of(parts, X(0)), x);
    return xsimd::select(x < X(-1), X(L::quiet_NaN()), xsimd::select(x == X(-1), X(-L::infinity()), large));
  });
  return xsimd::select(x == X(0), x, usual);
}

/// The same of 0 ≤ x ≤ 1, without a division: x − x² (1 − log 2 − (1 − x) U(x)), which is exact at both ends.
template <class X>
X log1p_up_to_1(const X& x) {
  using K = FormatOf<X>;
  const X square = x * x;
  X u;
  if constexpr (sizeof(typename X::value_type) == 8)
    u = batches::polynomial(x, square, -0x1.a572247878736p-16, 0x1.15730494907cbp-12, -0x1.5a898e2d4936ap-10,
                            0x1.12f8e645347b1p-8, -0x1.3a661dd23e252p-7, 0x1.17e34ba64e749p-6, -0x1.9c08be660c6e1p-6,
                            0x1.08981df193b17p-5, -0x1.377be070eb67dp-5, 0x1.5e65f2c8a66abp-5, -0x1.83e928c82826bp-5,
                            0x1.adb855ac8e09dp-5, -0x1.e0342bf5b5914p-5, 0x1.0fe064d7c298ep-4, -0x1.394396d2f33bcp-4,
                            0x1.7167087e1ab1fp-4, -0x1.c1cc2a236d975p-4, 0x1.1f19eaec136cdp-3, -0x1.8b90bfbe8e6f6p-3);
  else
    u = batches::polynomial(x, square, 0x1.abab1ep-9, -0x1.11b654p-6, 0x1.4c2416p-5, -0x1.0dcf9p-4, 0x1.6647b4p-4,
                            -0x1.c02baep-4, 0x1.1f0afcp-3, -0x1.8b9062p-3);
  return batches::fma(square, batches::fma(X(K::one) - x, u, X(K::ln2 - K::one)), x);
}

}  // namespace xgrad::math::batches
