#pragma once
// One axis of a shape, and copies that walk axes in any order.

#include <autograd/kernel.hpp>

namespace xgrad::ops {

/// The sizes before, along and after an axis: x[outer, length, inner].
struct Around {
  Index outer = 1, length, inner = 1;
  Around(const Shape& shape, Index axis) : length(shape[axis]) {
    for (Index i = 0; i < axis; ++i) outer *= shape[i];
    for (Index i = axis + 1; i < shape.rank(); ++i) inner *= shape[i];
  }
};

inline Shape with_size(Shape shape, Index axis, Index size) {
  shape[axis] = size;
  return shape;
}

/// The attribute `axis`, from the front.
inline Index axis_of(const Call& c) { return c.axis(c.attributes.integer("axis")); }

/// Row-major strides of a shape.
inline Dims strides_of(const Shape& shape) {
  Dims strides = shape;
  Index stride = 1;
  for (Index i = shape.rank(); i-- > 0; stride *= shape[i]) strides[i] = stride;
  return strides;
}

/// A new Tensor of that shape whose element (i, j …) is in[i·strides[0] + j·strides[1] + …].
template <class T>
Tensor strided_copy(const T* in, const Dims& strides, const Shape& shape) {
  Tensor y = detail::allocate(shape, dtype_of<T>);
  T* out = mutable_elements<T>(y);
  const loops::Nest<2> nest(shape, {strides, loops::strides_over(shape, shape)});
  if (nest.empty()) return y;
  loops::in_parts(loops::Hands::many, nest.outer(), y.size() / nest.outer(), [&](Index first, Index count) {
    const loops::Nest<2> part = count == nest.outer() ? nest : nest.part(first, count);
    const Index run = part.run(), step = part.step(0);
    part.each([&](const std::array<Index, 2>& at) {
      for (Index i = 0; i < run; ++i) out[at[1] + i] = in[at[0] + i * step];
    });
  });
  return y;
}

}  // namespace xgrad::ops
