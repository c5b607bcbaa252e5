#pragma once
// Numbers of twice the digits, as in Dekker, "A Floating-Point Technique for Extending the Available Precision", 1971:
// for exponents, whose absolute errors become relative ones of the power. Results are within some units of the last of
// those digits.

#include <autograd/kernels/batch.hpp>

namespace xgrad::math::batches {

/// high + low, where low is about as small as the rounding of high.
template <class X>
struct DoubleLength {
  X high, low;
};

/// x with half of its digits: products of two such are exact.
template <class X>
X upper_half(const X& x) {
  using Bits = typename FormatOf<X>::Bits;
  return number<X>(bits(x) & BitsOf<X>(static_cast<Bits>(~Bits(0) << (FormatOf<X>::mantissa + 2) / 2)));
}

/// What the rounded product of a and b has lost; without fma but for 2^-104 of the product in f64, where second halves
/// have 27 digits.
template <class X>
X lost(const X& a, const X& b, const X& product) {
  using A = typename X::arch_type;
  if constexpr (std::is_base_of_v<xsimd::avx512f, A> || std::is_same_v<A, xsimd::fma3<xsimd::avx2>>) {
    return batches::fma(a, b, -product);
  } else {
    const X a1 = batches::upper_half(a), a2 = a - a1, b1 = batches::upper_half(b), b2 = b - b1;
    return a2 * b2 - (((product - a1 * b1) - a2 * b1) - a1 * b2);
  }
}

template <class X>
DoubleLength<X> product(const X& a, const X& b) {
  const X high = a * b;
  return {high, batches::lost(a, b, high)};
}
template <class X>
DoubleLength<X> product(const DoubleLength<X>& a, const X& b) {
  const X high = a.high * b;
  return {high, batches::fma(a.low, b, batches::lost(a.high, b, high))};
}
template <class X>
DoubleLength<X> product(const DoubleLength<X>& a, const DoubleLength<X>& b) {
  const X high = a.high * b.high;
  return {high, batches::lost(a.high, b.high, high) + batches::fma(a.high, b.low, a.low * b.high)};
}

/// Of two of which the first is no smaller, or 0.
template <class X>
DoubleLength<X> sum(const X& large, const X& small) {
  const X high = large + small;
  return {high, small - (high - large)};
}

/// a − b of any two; Knuth, The Art of Computer Programming, volume 2, section 4.2.2.
template <class X>
DoubleLength<X> difference(const X& a, const X& b) {
  const X high = a - b, minus_b = high - a, back = high - minus_b;
  return {high, (a - back) - (b + minus_b)};
}

/// a / b.
template <class X>
DoubleLength<X> quotient(const X& a, const DoubleLength<X>& b) {
  const X inverse = X(1) / b.high, high = a * inverse;
  const DoubleLength<X> back = batches::product(b, high);
  return batches::sum(high, ((a - back.high) - back.low) * inverse);
}

}  // namespace xgrad::math::batches
