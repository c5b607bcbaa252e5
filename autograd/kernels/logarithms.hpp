#pragma once
// log x and log(1 + x) over a SIMD batch, arranged as in fdlibm (Sun, 1993).

#include <autograd/kernels/batch.hpp>

namespace xgrad::math::batches {

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
    Scaled<X> raised = scaled(x * X(Format<T>::subnormal_factor));
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
