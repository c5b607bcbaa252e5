#pragma once
// atan2 over a SIMD batch.

#include <autograd/kernels/batch.hpp>

namespace xgrad::math::batches {

/// The angle of the point (b, a), as std::atan2(a, b): from the smaller coordinate over the larger, t + t³ P(t²), and
/// turned to its octant.
template <class X>
X atan2(const X& a, const X& b) {
  using K = FormatOf<X>;
  const BitsOf<X> sign = bits(X(-K::zero));
  const X size_a = xsimd::abs(a), size_b = xsimd::abs(b);
  const auto steep = size_a > size_b, backward = number<X>((bits(b) & sign) | bits(X(1))) < X(0);
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
  const BitsOf<X> octant =
      bits(batches::fma(t * z, p, t)) ^ (bits(b) & sign) ^ bits(xsimd::select(steep, X(-K::zero), X(K::zero)));
  const X turn = xsimd::select(steep, X(K::half_pi), xsimd::select(backward, X(2 * K::half_pi), X(0)));
  const X turn_low = xsimd::select(steep, X(K::half_pi_low), xsimd::select(backward, X(2 * K::half_pi_low), X(0)));
  const X angle = turn + (number<X>(octant) + turn_low);
  return number<X>((bits(angle) & ~sign) | (bits(a) & sign));
}

}  // namespace xgrad::math::batches
