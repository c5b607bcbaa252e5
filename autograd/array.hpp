#pragma once
// Between Tensors and xtensor, and kernels for custom operations. The only header that includes xtensor.

#include <complex>
#include <concepts>
#include <type_traits>
#include <vector>

#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>

#include <autograd/kernel.hpp>

namespace xgrad {

/// A Tensor's values as an xtensor expression, without a copy. It must not outlive the Tensor. Throws DTypeError.
template <class T>
auto view(const Tensor& t) {
  const Shape& shape = t.shape();
  return xt::adapt(elements<T>(t), static_cast<std::size_t>(t.size()), xt::no_ownership(),
                   std::vector<std::size_t>(shape.begin(), shape.end()));
}
template <class T>
void view(Tensor&&) = delete;  // it would dangle

/// A copy of a Tensor's values.
template <class T>
xt::xarray<T> to_xtensor(const Tensor& t) {
  return view<T>(t);
}

/// A Tensor with the values of any xtensor expression: f32 if its elements are float, else f64.
template <class E>
Tensor from_xtensor(const xt::xexpression<E>& expression) {
  using T = std::conditional_t<std::same_as<typename E::value_type, float>, float, double>;
  const xt::xarray<T, xt::layout_type::row_major> values = expression.derived_cast();
  Shape shape;
  for (const auto size : values.shape()) shape.push_back(static_cast<Index>(size));
  Tensor t = detail::allocate(shape, dtype_of<T>);
  std::copy(values.begin(), values.end(), mutable_elements<T>(t));
  return t;
}

}  // namespace xgrad
