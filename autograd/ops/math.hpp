#pragma once
// The functions that kernels are written in, for a SIMD batch, a float or double, or a complex number (gradcheck).
// Piecewise ones branch on the real part; tests/elementwise_test.cpp and binary_test.cpp hold the laws.

#include <cmath>
#include <complex>
#include <limits>
#include <numbers>
#include <type_traits>

#include <xsimd/xsimd.hpp>

#include <autograd/kernels/angles.hpp>
#include <autograd/kernels/logarithms.hpp>
#include <autograd/kernels/normal_distribution.hpp>
#include <autograd/kernels/powers.hpp>
#include <autograd/error.hpp>
#include <autograd/loops.hpp>

namespace xgrad::math {

// Calls are qualified: for a batch or a complex number, argument-dependent lookup would find xsimd's or std's own.

/// One SIMD register of the type.
template <class T, class Arch = xsimd::default_arch>
struct BatchLane {
  using Batch = xsimd::batch<T, Arch>;
  static constexpr Index width = static_cast<Index>(Batch::size);
  static Batch load(const T* p) { return Batch::load_unaligned(p); }
  static Batch splat(T v) { return Batch(v); }
  static void store(T* p, const Batch& v) { v.store_unaligned(p); }
};

template <class X>
inline constexpr bool is_batch = xsimd::is_batch<X>::value;
template <class X>
inline constexpr bool is_complex = std::same_as<X, Complex>;

template <class X>
struct scalar_of {
  using type = X;
};
template <class T, class A>
struct scalar_of<xsimd::batch<T, A>> {
  using type = T;
};
template <>
struct scalar_of<Complex> {
  using type = double;
};
template <class X>
using scalar_t = typename scalar_of<X>::type;

/// A constant of the type of an operand.
template <class X>
X constant(double v) {
  return X(static_cast<scalar_t<X>>(v));
}

template <class X>
auto real(const X& x) {
  if constexpr (is_complex<X>)
    return x.real();
  else
    return x;
}

template <class C, class X>
X select(const C& condition, const X& a, const X& b) {
  if constexpr (is_batch<X>)
    return xsimd::select(condition, a, b);
  else
    return condition ? a : b;
}

/// With the sign turned round, that of 0 too; xsimd's minus for AVX-512 is 0 − x.
template <class X>
X neg(const X& x) {
  if constexpr (is_batch<X>)
    return batches::number<X>(batches::bits(x) ^ batches::bits(constant<X>(-0.)));
  else
    return -x;
}

#define XGRAD_MATH(name, batch_name) \
  template <class X>                 \
  X name(const X& x) {               \
    if constexpr (is_batch<X>)       \
      return batch_name(x);          \
    else                             \
      return std::name(x);           \
  }
XGRAD_MATH(exp, batches::exp)
XGRAD_MATH(log, batches::log)
XGRAD_MATH(tanh, batches::tanh)
XGRAD_MATH(sqrt, xsimd::sqrt)
XGRAD_MATH(sin, batches::sin)
XGRAD_MATH(cos, batches::cos)
XGRAD_MATH(tan, batches::tan)
XGRAD_MATH(sinh, batches::sinh)
XGRAD_MATH(cosh, batches::cosh)
#undef XGRAD_MATH

// Of complex numbers by the formulas of Kahan, "Branch Cuts for Complex Elementary Functions", 1987: some standard
// libraries lose an imaginary part as small as a complex step's.
template <class X>
X asin(const X& x) {
  if constexpr (is_batch<X>) {
    return xsimd::asin(x);
  } else if constexpr (is_complex<X>) {
    const X minus = std::sqrt(1. - x), plus = std::sqrt(1. + x);
    return {std::atan2(x.real(), (minus * plus).real()), std::asinh((std::conj(minus) * plus).imag())};
  } else {
    return std::asin(x);
  }
}

template <class X>
X acos(const X& x) {
  if constexpr (is_batch<X>) {
    return xsimd::acos(x);
  } else if constexpr (is_complex<X>) {
    const X minus = std::sqrt(1. - x), plus = std::sqrt(1. + x);
    return {2 * std::atan2(minus.real(), plus.real()), std::asinh((std::conj(plus) * minus).imag())};
  } else {
    return std::acos(x);
  }
}

template <class X>
X atan(const X& x) {
  if constexpr (is_batch<X>) {
    return xsimd::atan(x);
  } else if constexpr (is_complex<X>) {
    const double a = x.real(), b = x.imag();
    return {0.5 * std::atan2(2 * a, (1 - a) * (1 + a) - b * b), 0.25 * std::log1p(4 * b / (a * a + (1 - b) * (1 - b)))};
  } else {
    return std::atan(x);
  }
}

/// The angle of the point (b, a). The complex form goes through atan of the smaller quotient, so that a tiny imaginary
/// part survives.
template <class X>
X atan2(const X& a, const X& b) {
  if constexpr (is_batch<X>) {
    return batches::atan2(a, b);
  } else if constexpr (is_complex<X>) {
    const double turn = std::copysign(std::numbers::pi, a.real());
    if (std::abs(b.real()) < std::abs(a.real())) return turn / 2 - math::atan(b / a);
    return math::atan(a / b) + (b.real() < 0 ? turn : 0.);
  } else {
    return std::atan2(a, b);
  }
}

// The sign of x is kept, as −0 shows. Of complex numbers the real part is rounded: the derivative is 0.
#define XGRAD_ROUNDING(name, batch_name)               \
  template <class X>                                   \
  X name(const X& x) {                                 \
    if constexpr (is_batch<X>)                         \
      return xsimd::copysign(xsimd::batch_name(x), x); \
    else                                               \
      return std::batch_name(math::real(x));           \
  }
XGRAD_ROUNDING(floor, floor)
XGRAD_ROUNDING(ceil, ceil)
XGRAD_ROUNDING(round, nearbyint)
#undef XGRAD_ROUNDING

/// log(1 + x) without loss near 0.
template <class X>
X log1p(const X& x) {
  if constexpr (is_batch<X>)
    return batches::log1p(x);
  else if constexpr (is_complex<X>)  // |1 + x|² = 1 + Re x (2 + Re x) + (Im x)²
    return {0.5 * std::log1p(x.real() * (2 + x.real()) + x.imag() * x.imag()), std::atan2(x.imag(), 1 + x.real())};
  else
    return std::log1p(x);
}

/// e^x − 1 without cancellation near 0.
template <class X>
X expm1(const X& x) {
  if constexpr (is_batch<X>) {
    return batches::expm1(x);
  } else if constexpr (is_complex<X>) {  // e^a cos b − 1 = (e^a − 1) cos b − 2 sin²(b/2)
    const double a = x.real(), b = x.imag(), half = std::sin(b / 2);
    return {std::expm1(a) * std::cos(b) - 2 * half * half, std::exp(a) * std::sin(b)};
  } else {
    return std::expm1(x);
  }
}

/// factor (e^x − 1).
template <class X>
X expm1(const X& x, const X& factor) {
  if constexpr (is_batch<X>)
    return batches::expm1(x, factor);
  else
    return factor * math::expm1(x);
}

/// a^b. Throws NumericError for a complex base whose real part is ≤ 0: there it has no complex form.
template <class X>
X pow(const X& a, const X& b) {
  if constexpr (is_batch<X>) {
    return batches::pow(a, b);
  } else {
    if constexpr (is_complex<X>)
      if (a.real() <= 0) throw NumericError("pow: has no complex form at base <= 0");
    return std::pow(a, b);
  }
}

template <class X>
requires(!is_complex<X>)  // the standard library has none
    X erf(const X& x) {
  if constexpr (is_batch<X>)
    return batches::erf(x);
  else
    return std::erf(x);
}

/// −1, 0 or 1 by the real part; NaN for NaN.
template <class X>
X sign(const X& x) {
  const X positive = math::select(math::real(x) > math::real(X(0)), X(1), x);
  return math::select(math::real(x) < math::real(X(0)), X(-1), positive);
}

template <class X>
X abs(const X& x) {
  if constexpr (is_batch<X>)
    return xsimd::abs(x);
  else if constexpr (is_complex<X>)
    return x.real() < 0 ? -x : x;
  else
    return std::abs(x);
}

/// The larger real part; NaN if one is.
template <class X>
X maximum(const X& a, const X& b) {
  X larger;
  if constexpr (is_batch<X>)
    larger = xsimd::max(a, b);  // b where either is NaN
  else
    larger = math::real(a) > math::real(b) ? a : b;
  return math::select(math::real(a) == math::real(a), larger, a);  // xsimd has no NaN ≠ NaN for AVX-512
}

/// The smaller one.
template <class X>
X minimum(const X& a, const X& b) {
  X smaller;
  if constexpr (is_batch<X>)
    smaller = xsimd::min(a, b);
  else
    smaller = math::real(a) < math::real(b) ? a : b;
  return math::select(math::real(a) == math::real(a), smaller, a);
}

/// max(x, 0), NaN for NaN.
template <class X>
X positive_part(const X& x) {
  return math::select(math::real(x) <= math::real(X(0)), X(0), x);
}

/// max(x, 0) for formulas that are smooth at 0: its slope there is 1, as that of `abs`, so that the complex step finds
/// the slope of the sum.
template <class X>
X smooth_positive_part(const X& x) {
  return math::select(math::real(x) < math::real(X(0)), X(0), x);
}

/// 1 / (1 + e^−x), from e^−|x| so that nothing overflows.
template <class X>
X sigmoid(const X& x) {
  if constexpr (is_batch<X>) {
    return batches::sigmoid(x);
  } else {
    const X e = math::exp(math::neg(math::abs(x)));
    return (math::real(x) >= 0 ? X(1) : e) / (X(1) + e);
  }
}

// As a factor of what has long been 0 there: −∞ · 0 would be NaN.
template <class X>
X at_least_minus_10000(const X& x) {
  return math::real(x) < -10000 ? X(-10000) : x;
}

/// x σ(x), −0 at −∞.
template <class X>
X silu(const X& x) {
  if constexpr (is_batch<X>)
    return batches::silu(x);
  else
    return math::at_least_minus_10000(x) * math::sigmoid(x);
}

/// x Φ(x), Φ the normal distribution; −0 at −∞.
template <class X>
requires(!is_complex<X>) X gelu(const X& x) {
  if constexpr (is_batch<X>)
    return batches::gelu(x);
  else
    return X(0.5) * math::at_least_minus_10000(x) * std::erfc(x * X(-std::numbers::sqrt2 / 2));  // no loss where x << 0
}

/// Hendrycks, Gimpel: Gaussian Error Linear Units (2016), section 2.
inline constexpr double gelu_tanh_slope = 0.79788456080286535587989211986876, gelu_tanh_cubic = 0.044715;  // √(2/π)

/// ½x (1 + tanh u), u = √(2/π) (x + 0.044715 x³), as x σ(2u), where nothing is lost for x << 0; −0 at −∞.
template <class X>
X gelu_tanh(const X& x) {
  if constexpr (is_batch<X>) {
    return batches::gelu_tanh(x);
  } else {
    const X u = X(gelu_tanh_slope) * (x + X(gelu_tanh_cubic) * x * x * x);
    return math::at_least_minus_10000(x) * math::sigmoid(u + u);
  }
}

/// log(1 + e^−|x|), which softplus and the logistic loss have in common.
template <class X>
X log1p_exp_minus_abs(const X& x) {
  const X e = math::exp(math::neg(math::abs(x)));
  if constexpr (is_batch<X>)
    return batches::log1p_up_to_1(e);
  else
    return math::log1p(e);
}

/// log(1 + e^x) = max(x, 0) + log(1 + e^−|x|).
template <class X>
X softplus(const X& x) {
  return math::smooth_positive_part(x) + math::log1p_exp_minus_abs(x);
}

template <class X>
auto is_probability(const X& p) {
  const auto from_0 = math::real(p) >= math::real(X(0)), to_1 = math::real(p) <= math::real(X(1));
  if constexpr (is_batch<X>)
    return from_0 & to_1;
  else
    return from_0 && to_1;
}

/// y x, 0 where y is 0 whatever x is.
template <class X>
X weighted(const X& y, const X& x) {
  return math::select(math::real(y) == math::real(X(0)), X(0), y * x);
}

}  // namespace xgrad::math
