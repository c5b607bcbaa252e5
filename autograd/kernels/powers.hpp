#pragma once
// a^b over a SIMD batch: e^(b log |a|), whose exponent has double length, as has the logarithm.

#include <autograd/kernels/double_length.hpp>
#include <autograd/kernels/exponentials.hpp>
#include <autograd/kernels/logarithms.hpp>

namespace xgrad::math::batches {

/// log x = n log 2 + 2s + ⅔s³ + s⁵ R(s²), s = f / (2 + f), all but the last term of double length.
template <class X>
DoubleLength<X> long_log(const Scaled<X>& x) {
  using K = FormatOf<X>;
  const DoubleLength<X> s = batches::quotient(x.f, batches::sum(X(2), x.f));
  const DoubleLength<X> two_thirds{either<X>(0x1.5555555555555p-1, 0x1.555556p-1f),
                                   either<X>(0x1.5555555555555p-55, -0x1.555556p-26f)};
  const DoubleLength<X> square = batches::product(s, s), cube = batches::product(s, square),
                        third = batches::product(cube, two_thirds);
  const X& z = square.high;
  X r;
  if constexpr (sizeof(typename X::value_type) == 8)
    r = batches::polynomial(z, z * z, 0x1.0e40112e74b27p-3, 0x1.0f8033354ecb6p-3, 0x1.3b1ee8cde52cdp-3,
                            0x1.745ce9f5cde54p-3, 0x1.c71c722d2f13fp-3, 0x1.2492492457fe6p-2, 0x1.9999999999b2fp-2);
  else
    r = batches::polynomial(z, z * z, 0x1.df9a14p-3, 0x1.2452aap-2, 0x1.999ap-2);
  const DoubleLength<X> first = batches::sum(x.n * X(K::ln2_high), X(2) * s.high),
                        second = batches::sum(first.high, third.high);
  const X rest = batches::fma(x.n, X(K::ln2_low), batches::fma(X(2), s.low, third.low));
  return batches::sum(second.high, (first.low + second.low) + batches::fma(cube.high * z, r, rest));
}

/// Of any base ≥ 0; 1 where b is 0 or the base is 1, whatever the other is.
template <class X>
X pow_of_any_size(const X& size, const X& b) {
  using L = std::numeric_limits<typename X::value_type>;
  using K = FormatOf<X>;
  const auto subnormal = size < X(L::min());
  Scaled<X> parts = batches::scaled(xsimd::select(subnormal, size * X(K::subnormal_factor), size));
  parts.n = parts.n - xsimd::select(subnormal, X(K::subnormal_shift), X(0));
  const DoubleLength<X> log = batches::long_log(parts);
  const X of_large = xsimd::select(size <= X(L::max()), log.high, size);  // infinity and NaN are their own
  const X log_size = xsimd::select(size == X(0), X(-L::infinity()), of_large);
  const auto [high, low] = batches::product(DoubleLength<X>{log_size, log.low}, b);
  const X value = batches::exp_in_steps(high, xsimd::select(xsimd::abs(high) <= X(K::beyond), low, X(0)), X(1));
  return xsimd::select((b == X(0)) | (size == X(1)), X(1), value);
}

/// |a|^b with a sign: as the C standard's annex F has it, that of a where b is odd, and NaN where a is a negative
/// number and b is not whole.
template <class X>
X with_sign_of_power(const X& size, const X& a, const X& b) {
  using L = std::numeric_limits<typename X::value_type>;
  const X half = X(FormatOf<X>::half) * b;
  const auto whole = xsimd::floor(b) == b, odd = whole & !(xsimd::floor(half) == half);
  const X value = xsimd::select(odd, batches::times_sign_of(a, size), size);
  return xsimd::select((a < X(0)) & (a >= X(L::lowest())) & !whole, X(L::quiet_NaN()), value);
}

template <class X>
X pow(const X& a, const X& b) {
  using L = std::numeric_limits<typename X::value_type>;
  const X size = xsimd::abs(a);
  const DoubleLength<X> exponent = batches::product(batches::long_log(batches::scaled(size)), b);
  const Power<X> power(exponent.high, exponent.low);
  const auto usual = (size >= X(L::min())) & (size <= X(L::max())) & has_normal_exp(exponent.high);
  const X value = unless(usual, power.times(power.scale()), [&] { return pow_of_any_size(size, b); });
  return unless(a > X(0), value, [&] { return with_sign_of_power(value, a, b); });
}

}  // namespace xgrad::math::batches
