#pragma once
// sin, cos, tan and atan2 over a SIMD batch.

#include <autograd/kernels/double_length.hpp>

namespace xgrad::math::batches {

/// x − n π/2 of double length, n being the nearest whole number below 2²⁰ (f32: 2¹²): n times the first two of four
/// parts of π/2 is exact.
template <class X>
DoubleLength<X> from_quarter_turns(const X& x, const X& n) {
  const X half_pi = either<X>(0x1.921fb544p+0, 0x1.92p+0f), second_part = either<X>(0x1.0b4611a6p-34, 0x1.fb4p-12f);
  const DoubleLength<X> others{either<X>(0x1.3198a2e037073p-69, 0x1.4442d2p-24f),
                               either<X>(0x1.129024e088a68p-123, -0x1.ee59dap-50f)};
  const X near = x - n * half_pi;  // exact too, as they lie close
  const DoubleLength<X> first = batches::difference(near, n * second_part), rest = batches::product(others, n),
                        second = batches::difference(first.high, rest.high);
  return batches::sum(second.high, (first.low + second.low) - rest.low);
}

/// An angle as n quarter turns and r + r_low, |r| ≤ π/4.
template <class X>
struct Angle {
  using T = typename X::value_type;
  using K = FormatOf<X>;
  BitsOf<X> n;  // in the lowest bits
  X r, r_low;
  X z = r * r;

  /// r + r³ S(r²).
  X sine() const {
    X s;
    if constexpr (sizeof(T) == 8)
      s = batches::polynomial(z, z * z, 0x1.5d8fa47fbe8abp-33, -0x1.ae5e59fa3af3ap-26, 0x1.71de3567180f1p-19,
                              -0x1.a01a019bfd1e3p-13, 0x1.111111110f7cap-7, -0x1.5555555555548p-3);
    else
      s = batches::polynomial(z, z * z, -0x1.994386p-13, 0x1.11073ap-7, -0x1.555546p-3);
    return r + batches::fma(r_low, batches::fma(X(-K::half), z, X(1)), r * z * s);
  }
  /// 1 − r²/2 + r⁴ C(r²), with what the difference of the first two loses.
  X cosine() const {
    X c;
    if constexpr (sizeof(T) == 8)
      c = batches::polynomial(z, z * z, -0x1.8fa4660a1fc0ap-37, 0x1.1ee9d752c91afp-29, -0x1.27e4f7ea37e47p-22,
                              0x1.a01a019c83915p-16, -0x1.6c16c16c14f8ap-10, 0x1.555555555554bp-5);
    else
      c = batches::polynomial(z, z * z, 0x1.99eb4cp-16, -0x1.6c0c32p-10, 0x1.55554ap-5);
    const X half = X(K::half) * z, about = X(1) - half;
    return about + (((X(1) - about) - half) + batches::fma(z * z, c, -(r * r_low)));
  }
  /// r + r³ P(r²), and what that has lost.
  DoubleLength<X> tangent() const {
    X p;
    if constexpr (sizeof(T) == 8)
      p = batches::polynomial(z, z * z, 0x1.5dfbd4f460b05p-16, -0x1.785c5572a9be2p-15, 0x1.771af72c3be54p-14,
                              -0x1.ba503015a14a9p-16, 0x1.1e47fee535925p-13, 0x1.d26185df3bcf3p-13,
                              0x1.37fbdcf166ff6p-11, 0x1.7d5b3371ff347p-10, 0x1.d6d93734edb59p-9, 0x1.226e1240bffd5p-7,
                              0x1.664f49a962965p-6, 0x1.ba1ba1b465ecep-5, 0x1.1111111118359p-3, 0x1.55555555554f1p-2);
    else
      p = batches::polynomial(z, z * z, 0x1.1ee00ap-8, 0x1.6e748p-14, 0x1.631f64p-7, 0x1.5cad54p-6, 0x1.badc1cp-5,
                              0x1.110d8cp-3, 0x1.55556p-2);
    const X cubic = r * z * p, about = r + cubic;
    return batches::sum(r, batches::fma(r_low, batches::fma(about, about, X(1)), cubic));
  }
};

/// |x| below 2²⁰ (f32: 2¹²).
template <class X>
Angle<X> reduced_angle(const X& size) {
  using T = typename X::value_type;
  using K = FormatOf<X>;
  // Numbers of this size have no fraction: adding one rounds, and leaves n in the lowest bits.
  const X shift(T(1.5) / std::numeric_limits<T>::epsilon());
  const X rounded = batches::fma(size, X(T(1 / K::half_pi)), shift);
  const auto [r, r_low] = batches::from_quarter_turns(size, rounded - shift);
  return {bits(rounded), r, r_low};
}

/// Any |x|, one element after another by the method of Payne and Hanek (1983), which xsimd has from fdlibm. It is long,
/// and kernels take in whatever they call.
template <class X>
[[gnu::noinline]] Angle<X> reduced_angle_of_many_turns(const X& size) {
  using T = typename X::value_type;
  using L = std::numeric_limits<T>;
  T sizes[X::size], r[X::size], r_low[X::size];
  typename FormatOf<X>::Bits n[X::size];
  size.store_unaligned(sizes);
  for (std::size_t i = 0; i < X::size; ++i) {
    double rest[2] = {L::quiet_NaN(), 0};
    const bool finite = sizes[i] <= L::max();
    n[i] = finite ? static_cast<typename FormatOf<X>::Bits>(xsimd::detail::__ieee754_rem_pio2(sizes[i], rest)) : 0;
    r[i] = static_cast<T>(rest[0]);
    r_low[i] = static_cast<T>((rest[0] - static_cast<double>(r[i])) + rest[1]);
  }
  return {BitsOf<X>::load_unaligned(n), X::load_unaligned(r), X::load_unaligned(r_low)};
}

/// f(angle of |x|).
template <class X, class F>
X of_angle(const X& x, F f) {
  const X size = xsimd::abs(x);
  return unless(size < either<X>(0x1p20, 0x1p12f), f(batches::reduced_angle(size)),
                [&] { return f(batches::reduced_angle_of_many_turns(size)); });
}

/// Bit `bit` of whole numbers as the sign of 0.
template <class X>
BitsOf<X> as_sign(const BitsOf<X>& n, int bit) {
  return (n << (8 * static_cast<int>(sizeof(typename X::value_type)) - 1 - bit)) & sign_bit<X>();
}
template <class X>
auto is_odd(const BitsOf<X>& n) {
  return number<X>(as_sign<X>(n, 0) | bits(X(1))) < X(0);
}

/// The sine of r and n quarter turns.
template <class X>
X sine_of(const Angle<X>& angle, const BitsOf<X>& n) {
  const X value = xsimd::select(is_odd<X>(n), angle.cosine(), angle.sine());
  return number<X>(bits(value) ^ as_sign<X>(n, 1));
}

template <class X>
X sin(const X& x) {
  const auto f = [](const Angle<X>& angle) { return batches::sine_of(angle, angle.n); };
  return batches::times_sign_of(x, batches::of_angle(x, f));
}

template <class X>
X cos(const X& x) {
  return batches::of_angle(x, [](const Angle<X>& angle) { return batches::sine_of(angle, angle.n + BitsOf<X>(1)); });
}

/// tan r, and −1 / tan r where n is odd.
template <class X>
X tan(const X& x) {
  const auto f = [](const Angle<X>& angle) {
    const DoubleLength<X> t = angle.tangent();
    const X inverse = X(-1) / t.high;
    return xsimd::select(is_odd<X>(angle.n), batches::fma(inverse * inverse, t.low, inverse), t.high);
  };
  return batches::times_sign_of(x, batches::of_angle(x, f));
}

/// The angle of the point (b, a), as std::atan2(a, b): from the smaller coordinate over the larger, t + t³ P(t²), and
/// turned to its octant.
template <class X>
X atan2(const X& a, const X& b) {
  using K = FormatOf<X>;
  const X size_a = xsimd::abs(a), size_b = xsimd::abs(b);
  const auto steep = size_a > size_b, backward = batches::with_sign_of(b, X(1)) < X(0);
  const X small = xsimd::select(steep, size_b, size_a), large = xsimd::select(steep, size_a, size_b);
  const X equal = xsimd::select(large == X(0), X(0), X(1));
  const X t = xsimd::select(small == large, equal, small / large), z = t * t;
  X p;
  if constexpr (sizeof(typename X::value_type) == 8)
    p = batches::polynomial(z, z * z, 0x1.bbc1ff60d4738p-17, -0x1.3f1a645f620bap-13, 0x1.b3d9b4ac00198p-11,
                            -0x1.7a217c4a9f608p-9, 0x1.d7a0f7c62b05fp-8, -0x1.c77e1cb519cap-7, 0x1.683306b0798a1p-6,
                            -0x1.e9f1c2a736583p-6, 0x1.2c2b9e8cc6e49p-5, -0x1.59a29395ea8ddp-5, 0x1.82da445bc6473p-5,
                            -0x1.ae5e445884407p-5, 0x1.e1bb9b293c712p-5, -0x1.110e501e1c6efp-4, 0x1.3b13667631c48p-4,
                            -0x1.745d11aaf8e3ap-4, 0x1.c71c717f95014p-4, -0x1.249249237e263p-3, 0x1.9999999995548p-3,
                            -0x1.5555555555526p-2);
  else
    p = batches::polynomial(z, z * z, -0x1.d62ff4p-10, 0x1.65a66p-7, -0x1.fed164p-6, 0x1.dac9e6p-5, -0x1.583492p-4,
                            0x1.c099fep-4, -0x1.2421b6p-3, 0x1.9991fep-3, -0x1.55553ep-2);
  const X octant = batches::fma(t * z, p, t), turned = xsimd::select(steep, -octant, octant);
  const X turn = xsimd::select(steep, X(K::half_pi), xsimd::select(backward, X(2 * K::half_pi), X(0)));
  const X turn_low = xsimd::select(steep, X(K::half_pi_low), xsimd::select(backward, X(2 * K::half_pi_low), X(0)));
  const X angle = turn + (batches::times_sign_of(b, turned) + turn_low);
  return batches::with_sign_of(a, angle);
}

}  // namespace xgrad::math::batches
