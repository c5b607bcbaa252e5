#pragma once
// erf x, x·Φ(x), Φ the normal distribution, and what resembles it, over a SIMD batch.

#include <autograd/kernels/double_length.hpp>
#include <autograd/kernels/exponentials.hpp>

namespace xgrad::math::batches {

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
    const X near = xsimd::min(either<X>(5.95, 3.95f), size), square = near * near;  // NaN stays NaN
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
    const Power<X> power(minus_q);
    const X value = X(K::one) - power.times(power.scale());
    return batches::with_sign_of(x, value);
  });
}

/// gelu and gelu_tanh of −t are 0 from this t on.
template <class X>
X gelu_is_0() {
  return either<X>(39, 14.5f);
}

/// t e^½t² Φ(−t) of t ≥ 1: H(v), v = (t − a) / (t + a). What t + a loses, t − a loses too. a makes H(0) a number of
/// either format but for a tenth of a unit.
template <class X>
DoubleLength<X> times_mills(const X& t) {
  constexpr typename X::value_type a = 1.859375;
  const X below = t + X(a), v = (below - X(2 * a)) / below, square = v * v;
  X rest;
  if constexpr (sizeof(typename X::value_type) == 8)
    rest = batches::polynomial(
        v, square, -0x1.ce65f91eb3649p-18, 0x1.fb7d642877f9ep-16, -0x1.547cc73e0094ep-15, 0x1.039a7f89b229p-19,
        0x1.3bc95eaff8d49p-15, -0x1.4740f8168d7a8p-15, 0x1.173f3108f77d1p-16, 0x1.775bbddfdff98p-16,
        0x1.a385f39c3fe15p-18, -0x1.a24b4910abc8bp-17, -0x1.03eaafbad1eeep-14, -0x1.a1e1b0973197cp-14,
        -0x1.6268bc9f76a0bp-16, 0x1.1d0512f7b4fbbp-12, 0x1.4a9a04563eb98p-11, 0x1.49c4b47c498cfp-12,
        -0x1.c3a3d74dd61dcp-10, -0x1.1d26c6a21eb3ap-8, 0x1.1ae5caf924b83p-12, 0x1.5c62443fc6547p-6,
        0x1.366edc9bdc12dp-6, -0x1.2e8686d09ac08p-3, 0x1.738907f82c03bp-3);
  else
    rest = batches::polynomial(v, square, 0x1.bebbe6p-12, 0x1.c1723cp-11, -0x1.f56eb8p-10, -0x1.220254p-8,
                               0x1.45831cp-12, 0x1.5c6cdcp-6, 0x1.3664dcp-6, -0x1.2e8688p-3, 0x1.73890cp-3);
  return batches::sum(either<X>(0x1.51b431fad1d01p-2, 0x1.51b432p-2f), v * rest);
}

/// x Φ(x) of |x| ≤ 1: x (½ (1 + x) + x (φ(0) − ½ + x² S(x²))). The first term is exact with what 1 + x has lost, and
/// the second one's factor stays below 0.16.
template <class X>
X gelu_near_0(const X& x) {
  using K = FormatOf<X>;
  const X z = x * x;
  X s;
  if constexpr (sizeof(typename X::value_type) == 8)
    s = batches::polynomial(z, z * z, -0x1.87e3f99fccd15p-34, 0x1.3157a99f7ddedp-29, -0x1.61952793cdf2ap-25,
                            0x1.658363c72ef75p-21, -0x1.3ce8c6d433e68p-17, 0x1.e42b0b60fd332p-14,
                            -0x1.37403f66299a4p-10, 0x1.46d04297591b4p-7, -0x1.1058377e2cdc1p-4);
  else
    s = batches::polynomial(z, z * z, -0x1.ef6e32p-18, 0x1.d8d9acp-14, -0x1.36ca8p-10, 0x1.46cb7cp-7, -0x1.105822p-4);
  const X sum = X(1) + x, lost = x - (sum - X(1)), half(K::half);
  const X slope = either<X>(-0x1.9deeb30af26bep-4, -0x1.9deeb4p-4f);  // φ(0) − ½
  return x * batches::fma(half, sum, batches::fma(x, batches::fma(z, s, slope), half * lost));
}

/// x Φ(x) = max(x, 0) − |x| Φ(−|x|), whose e^−½x² takes x² in two parts; −0 at −∞.
template <class X>
X gelu(const X& x) {
  using K = FormatOf<X>;
  const X size = xsimd::abs(x), t = xsimd::min(gelu_is_0<X>(), size);  // NaN stays NaN
  const X head = batches::upper_half(t), half(-K::half);
  const auto [factor, lost] = batches::times_mills(t);
  // What the factor has lost is a factor 1 + lost / factor, and the factor is about a third.
  const X high = half * head * head, low = batches::fma(lost, X(3), half * (t - head) * (t + head));
  const Power<X> power(high, low);
  const X tail = unless(high >= X(K::low), power.times(factor * power.scale()),
                        [&, f = factor] { return batches::exp_in_steps(high, low, f); });
  const X value = xsimd::select(x > X(0), x, number<X>(sign_bit<X>())) - tail;
  return unless(!(size < X(1)), value, [&] { return batches::gelu_near_0(x); });
}

/// x σ(2u), 2u = k₁x + k₃x³ of double length; −0 at −∞.
template <class X>
X gelu_tanh(const X& x) {
  const X size = xsimd::abs(x), t = xsimd::min(gelu_is_0<X>(), size);  // NaN stays NaN
  const DoubleLength<X> k1{either<X>(-0x1.9884533d43651p+0, -0x1.988454p+0f),
                           either<X>(0x1.cbc0d30ebfd15p-54, 0x1.857936p-25f)};
  const DoubleLength<X> k3{either<X>(-0x1.2444f2a4d8b4bp-4, -0x1.2444f2p-4f),
                           either<X>(0x1.6c843a29d1c7p-61, -0x1.49b16ap-29f)};
  const auto linear = batches::product(k1, t),
             cubic = batches::product(batches::product(batches::product(t, t), t), k3);
  const X larger = xsimd::min(linear.high, cubic.high), smaller = xsimd::max(linear.high, cubic.high);
  const DoubleLength<X> sum = batches::sum(larger, smaller);
  const X low = sum.low + (linear.low + cubic.low);
  return batches::times_sigmoid(Power<X>(sum.high, low), sum.high, low, x);
}

}  // namespace xgrad::math::batches
