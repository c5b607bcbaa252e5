#pragma once
// Typed access to values, and kernels made from generic callables: built for f32, f64 and, where the callable takes
// them, complex numbers. A callable that has no complex form says so with `requires std::floating_point<T>`.

#include <complex>
#include <concepts>
#include <type_traits>

#include <autograd/loops.hpp>
#include <autograd/op.hpp>

namespace xgrad {

/// The instructions that the library's own elementwise loops use here: "avx512", "avx2" or "baseline", whichever is the
/// best that this CPU has. The environment variable XGRAD_ISA, read once, lowers it; another word in it is an error.
const char* instruction_set();

template <class T>
inline constexpr DType dtype_of = std::same_as<T, float>    ? DType::f32
                                  : std::same_as<T, double> ? DType::f64
                                                            : DType::complex_step;

namespace detail {
[[noreturn]] void refuse_dtype(const Tensor& t, DType wanted);
}

/// A Tensor's values, row-major. Throws DTypeError if T is not its element type.
template <class T>
inline const T* elements(const Tensor& t) {
  static_assert(std::same_as<T, float> || std::same_as<T, double> || std::same_as<T, Complex>);
  if (t.dtype() != dtype_of<T>) detail::refuse_dtype(t, dtype_of<T>);
  return static_cast<const T*>(t.data());
}
/// For kernels that fill a Tensor of their own.
template <class T>
inline T* mutable_elements(Tensor& t) {
  return const_cast<T*>(elements<T>(t));
}

namespace detail {

template <class F, class T, std::size_t... I>
constexpr bool takes(std::index_sequence<I...>) {
  return std::is_invocable_v<const F&, std::conditional_t<(I >= 0), T, T>...>;
}

/// A result that map(out, in, shapes) fills from N operands.
template <class T, std::size_t N, class Map>
Tensor map_kernel(const Call& call, const Shape& shape, Map map) {
  Tensor y = allocate(shape, dtype_of<T>);
  std::array<const T*, N> in;
  std::array<const Shape*, N> shapes;
  for (std::size_t n = 0; n < N; ++n) {
    in[n] = elements<T>(call.x[n]);
    shapes[n] = &call.x[n].shape();
  }
  map(mutable_elements<T>(y), in, shapes);
  return y;
}

template <class T, std::size_t N, class F>
Tensor one_by_one(const F& f, const Call& call, const Shape& shape) {
  return map_kernel<T, N>(call, shape, [&](T* out, const auto& in, const auto& shapes) {
    loops::map<loops::ScalarLane<T>>(shape, out, in, shapes, f);
  });
}

}  // namespace detail

/// Applies f to each element, or to each N of broadcast operands: `elementwise([](auto x) { return x * x * x; })`.
template <std::size_t N = 1, class F>
Kernels elementwise(F f) {
  Kernels k;
  k.f32 = [f](const Call& c, const Shape& s) { return detail::one_by_one<float, N>(f, c, s); };
  k.f64 = [f](const Call& c, const Shape& s) { return detail::one_by_one<double, N>(f, c, s); };
  if constexpr (detail::takes<F, Complex>(std::make_index_sequence<N>{}))
    k.complex = [f](const Call& c, const Shape& s) { return detail::one_by_one<Complex, N>(f, c, s); };
  return k;
}

/// A kernel that fills the whole result: `f.template operator()<T>(call, y)` with y a T*, row-major of the result's
/// shape. `array_kernel([]<class T>(const Call& c, T* y) { … })`
template <class F>
Kernels array_kernel(F f) {
  const auto make = [f]<class T>(std::type_identity<T>) -> Kernel {
    return [f](const Call& call, const Shape& shape) {
      Tensor y = detail::allocate(shape, dtype_of<T>);
      f(call, mutable_elements<T>(y));
      return y;
    };
  };
  Kernels k{make(std::type_identity<float>{}), make(std::type_identity<double>{}), {}};
  if constexpr (std::is_invocable_v<const F&, const Call&, Complex*>) k.complex = make(std::type_identity<Complex>{});
  return k;
}

}  // namespace xgrad
