#pragma once
// Tensors of either dtype, filled element by element without a detour through a vector. Internal to this folder.

#include <autograd/kernel.hpp>

namespace xgrad::nn::data::detail {

/// f(T{}) for the element type T of a dtype.
template <class F>
auto with_type(DType dtype, F f) {
  if (dtype != f32 && dtype != f64) throw DTypeError("data: a Tensor is made as f32 or f64");
  return dtype == f32 ? f(float{}) : f(double{});
}

/// f(k) at each row-major place k.
template <class F>
Tensor fill(const Shape& shape, DType dtype, F f) {
  return with_type(dtype, [&]<class T>(T) {
    Tensor t = xgrad::detail::allocate(shape, dtype);
    T* out = mutable_elements<T>(t);
    for (Index k = 0; k < t.size(); ++k) out[k] = static_cast<T>(f(k));
    return t;
  });
}

}  // namespace xgrad::nn::data::detail
