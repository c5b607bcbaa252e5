#pragma once
// e^x and what is made of it, over a SIMD batch: ≤ 2.5 ulp, IEEE results everywhere (tests/elementwise_test.cpp). The
// range is reduced as by Cody and Waite (Software Manual for the Elementary Functions, 1980), and polynomials are
// minimax by the Remez algorithm, for the relative error of the function; so too in the files beside this one.

#include <autograd/kernels/batch.hpp>

namespace xgrad::math::batches {

/// x = n log 2 + r, with n = round(x log₂e).
template <class X>
struct Reduced {
  X rounded;  // n + bias in its lowest bits
  X r;
};

template <class X>
Reduced<X> reduced(const X& x) {
  using T = typename X::value_type;
  using K = Format<T>;
  // Numbers of this size have no fraction: adding one rounds, and leaves n + bias in the lowest bits.
  const X shift(T(1.5) / std::numeric_limits<T>::epsilon() + T(K::bias));
  const X rounded = batches::fma(x, X(T(0x1.71547652b82fep0)), shift), n = rounded - shift;
  return {rounded, batches::fma(n, X(-K::ln2_low), batches::fma(n, X(-K::ln2_high), x))};
}

/// e^x = 2^n (1 + q), |q| ≤ √2 − 1.
template <class X>
struct Power {
  X rounded;  // n + bias in its lowest bits
  X q;

  explicit Power(const X& x) {
    const Reduced<X> reduced = batches::reduced(x);
    const X &r = reduced.r, square = r * r;
    rounded = reduced.rounded;
    q = batches::fma(second_order(r, square), square, r);
  }
  /// Of high + low, |low| ≤ 0.06: the polynomial holds a little beyond |r| ≤ ½ log 2.
  Power(const X& high, const X& low) {
    const Reduced<X> reduced = batches::reduced(high);
    const X r = reduced.r + low, square = r * r;
    rounded = reduced.rounded;
    q = reduced.r + batches::fma(second_order(r, square), square, low);  // with one rounding of its first two terms
  }

  /// 2^(n − less).
  X scale(const X& less) const { return number<X>(bits(rounded - less) << FormatOf<X>::mantissa); }
  X scale() const { return number<X>(bits(rounded) << FormatOf<X>::mantissa); }
  /// scale·e^x / 2^n, for any scale.
  X times(const X& scale) const { return batches::fma(scale, q, scale); }

 private:
  // (e^r − 1 − r) / r²
  static X second_order(const X& r, const X& square) {
    if constexpr (sizeof(typename X::value_type) == 8)
      return batches::polynomial(r, square, 0x1.af76db11759a2p-26, 0x1.28a2d1f1444eep-22, 0x1.71dde9eab4523p-19,
                                 0x1.a019a660f14e4p-16, 0x1.a01a01b5e2993p-13, 0x1.6c16c17f430f2p-10,
                                 0x1.111111110e6bbp-7, 0x1.55555555520cap-5, 0x1.555555555555cp-3,
                                 0x1.0000000000005p-1);
    else
      return batches::polynomial(r, square, 0x1.6d995cp-10, 0x1.122838p-7, 0x1.555486p-5, 0x1.5554bp-3, 0.5);
  }
};

template <class X>
auto has_normal_exp(const X& x) {
  using K = FormatOf<X>;
  return (x >= X(K::low)) & (x <= X(K::high));
}

/// factor·e^(high + low) of any x, in two steps that do not leave the range before the result does.
template <class X>
X exp_in_steps(const X& high, const X& low, const X& factor) {
  using K = FormatOf<X>;
  // of a NaN and another number x86's min and max take the second
  const Power<X> power(xsimd::max(X(-K::beyond), xsimd::min(X(K::beyond), high)), low);
  const auto large = high > X(0);
  const X less(static_cast<typename X::value_type>(sizeof(typename X::value_type) * 8));  // log₂ of the step
  return power.times(factor * power.scale(xsimd::select(large, less, -less))) *
         xsimd::select(large, X(K::step), X(1 / K::step));
}
template <class X>
X exp_in_steps(const X& x) {
  return exp_in_steps(x, X(0), X(1));
}

template <class X>
X exp(const X& x) {
  const Power<X> power(x);
  return unless(has_normal_exp(x), power.times(power.scale()), [&] { return exp_in_steps(x); });
}

/// factor (e^x − 1) = factor (2^n q + (2^n − 1)), whose second part is exact wherever it is not lost in the first.
template <class X>
X expm1(const X& x, const X& factor = X(1)) {
  const Power<X> power(x);
  const X scale = power.scale();
  const X value = unless(has_normal_exp(x), batches::fma(factor * scale, power.q, factor * (scale - X(1))),
                         [&] { return factor * (exp_in_steps(x) - X(1)); });
  const auto tiny = xsimd::abs(x) < X(std::numeric_limits<typename X::value_type>::epsilon() / 4);
  return xsimd::select(tiny, factor * x, value);  // where factor·q may be −0, which + 0 would lose
}

/// ½e^|x|, infinite only where that is.
template <class X>
X half_exp(const X& size) {
  const Power<X> power(size);
  const X half(FormatOf<X>::half);
  return unless(size <= X(FormatOf<X>::high), power.times(half * power.scale()),
                [&] { return exp_in_steps(size, X(0), half); });
}

template <class X>
X cosh(const X& x) {
  const X half_e = batches::half_exp(xsimd::abs(x));
  return half_e + X(0.25) / half_e;
}

/// Of |x| < 1 x + x³ P(x²), for the difference would lose digits.
template <class X>
X sinh(const X& x) {
  const X size = xsimd::abs(x), half_e = batches::half_exp(size);
  const X value = half_e - X(0.25) / half_e;
  return unless(size >= X(1), batches::with_sign_of(x, value), [&] {
    const X z = x * x;
    X p;
    if constexpr (sizeof(typename X::value_type) == 8)
      p = batches::polynomial(z, z * z, 0x1.b4c8f6ae7e9d1p-41, 0x1.611a50fb044bep-33, 0x1.ae646727d20bap-26,
                              0x1.71de3a464bbd2p-19, 0x1.a01a01a028ac7p-13, 0x1.11111111110a5p-7, 0x1.5555555555556p-3);
    else
      p = batches::polynomial(z, z * z, 0x1.7a17d4p-19, 0x1.9ffe84p-13, 0x1.111136p-7, 0x1.555556p-3);
    return batches::fma(x * z, p, x);
  });
}

/// (1 − e^−2|x|) / (1 + e^−2|x|), with the sign of x: that way round numerator and denominator lie close below a power
/// of two where x is small, so their roundings weigh half of what they would above it.
template <class X>
X tanh(const X& x) {
  const X minus = batches::minus_size(x);
  const Power<X> power(xsimd::max(either<X>(-40, -20), minus + minus));  // tanh is 1 from there; NaN stays NaN
  const X scale = power.scale();
  // each with a rounding of its own: the numerator's in both would count twice
  const X above = batches::fma(scale, power.q, scale - X(1)), below = batches::fma(scale, power.q, scale + X(1));
  return batches::with_sign_of(x, above / below);
}

/// 1 / (1 + e^−x), from e^−|x| so that nothing overflows.
template <class X>
X sigmoid(const X& x) {
  using K = FormatOf<X>;
  const X minus = batches::minus_size(x);
  const Power<X> power(minus);
  const X scale = power.scale(), below = batches::fma(scale, power.q, scale + X(1));
  const auto positive = x >= X(0);
  return unless(minus >= X(K::low), xsimd::select(positive, X(1), power.times(scale)) / below,
                [&] { return xsimd::select(positive, X(1), exp_in_steps(minus)); });
}

/// factor / (1 + e^−x) of an x that has the factor's sign, where `power` is that of −|x| = high + low; −0 at −∞. What
/// the denominator has lost goes to e^−|x|, which counts where x < 0: there the roundings of numerator, denominator and
/// quotient would come to more than 2.5 ulp.
template <class X>
X times_sigmoid(Power<X> power, const X& high, const X& low, const X& factor) {
  using K = FormatOf<X>;
  const X scale = power.scale(), sum = scale + X(1), below = batches::fma(scale, power.q, sum);
  const X lost = batches::fma(scale, power.q, sum - below);
  power.q = power.q - lost * (power.q + X(1));
  const auto positive = factor >= X(0);
  return unless(high >= X(K::low), xsimd::select(positive, factor, power.times(factor * scale)) / below, [&] {
    return xsimd::select(positive, factor, exp_in_steps(high, low, xsimd::max(X(-K::beyond), factor)));
  });
}

template <class X>
X silu(const X& x) {
  const X minus = batches::minus_size(x);
  return batches::times_sigmoid(Power<X>(minus), minus, X(0), x);
}

}  // namespace xgrad::math::batches
