#pragma once
// What a layer does, into one output: product, a row added to it and a function of that. A recording keeps operands and
// results, so its products and sums with a row may wait until somebody reads them (deferred.cpp); an activation then
// makes all of it together, thin products some rows at a time, and nobody keeps what lies between. On the way back
// products wait for the activation's rule likewise.

#include <functional>

#include <autograd/kernels/dispatch.hpp>

namespace xgrad::ops {

/// The elements of an operand of a product, or those of the matrix that it is the transpose of.
struct Stored {
  bool transposed;
  const Tensor& values;
  explicit Stored(const Tensor& t)
      : transposed(t.transposed_source().defined()), values(transposed ? t.transposed_source() : t) {}
};

/// Whether t is a product, or a sum with a row, that nobody has read.
bool waits(const Tensor& t);

/// f(from, to, count): so many elements from one place to another, which may be the same.
template <class T>
using Step = std::function<void(const T*, T*, Index)>;

/// The elements of an unread product, through f where it is given. For whoever holds its `Making`.
template <class T>
void make_layer(const xgrad::detail::Storage& product, T* out, const Step<T>& f = {});
/// Those of t, which waits, through f. False if t has been read in the meantime, or f is the second that asks: then it
/// is better read.
template <class T>
bool pass_on(const Tensor& t, T* out, const Step<T>& f);

/// a + row, to be made when it is read; empty where the operands are others, or no recording keeps them.
Tensor wait_for_row_sum(const Call& c, const Shape& shape);
/// The first operand times b, one matrix by another, to each row of which is added `row`, if there; to be made when it
/// is read. Empty where the operands are others.
Tensor wait_for_product(const Call& c, const Shape& shape, const Tensor& b, const Tensor& row = {});

/// `shortcut(call, shape)` where it gives something, else the formula element by element.
template <class F, class Shortcut>
Kernels with_shortcut(F f, Shortcut shortcut) {
  const auto kernel = [=]<class T>(std::type_identity<T>) -> Kernel {
    return [=](const Call& c, const Shape& shape) {
      if constexpr (!std::same_as<T, Complex>)
        if (Tensor y = shortcut.template operator()<T>(c, shape); y.defined()) return y;
      return kernels::map_elements<T>(f, c, shape);
    };
  };
  return {kernel(std::type_identity<float>{}), kernel(std::type_identity<double>{}),
          kernel(std::type_identity<Complex>{})};
}

/// An activation, or the backward rule of one: where the first operand is a layer that waits it is made in the same
/// pass.
template <class F>
Kernels after_layer(F f) {
  if constexpr (!contents::fused_rules) return kernels::vectorised(f);
  return with_shortcut(f, [f]<class T>(const Call& c, const Shape& shape) {
    std::array<const T*, F::operands> in{};
    if (!waits(c.x[0])) return Tensor();
    for (std::size_t n = 0; n < F::operands; ++n) {
      if (c.x[n].shape() != shape) return Tensor();
      if (n > 0) in[n] = elements<T>(c.x[n]);
    }
    Tensor y = xgrad::detail::allocate(shape, dtype_of<T>);
    T* const out = mutable_elements<T>(y);
    const auto step = [&](const T* first, T* to, Index count) {
      std::array<const T*, F::operands> from{first};
      for (std::size_t n = 1; n < F::operands; ++n) from[n] = in[n] + (to - out);
      kernels::run_of<F, T>()(f, to, from.data(), (1u << F::operands) - 1, count);
    };
    return pass_on<T>(c.x[0], out, std::ref(step)) ? y : Tensor();
  });
}

}  // namespace xgrad::ops
