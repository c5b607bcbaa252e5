#include <autograd/shape.hpp>

#include <algorithm>
#include <ostream>

#include <autograd/error.hpp>

namespace xgrad {

Dims::Dims(std::span<const Index> values) {
  for (Index value : values) push_back(value);
}

void Dims::refuse_more() { throw ShapeError("a Tensor has at most 8 axes"); }

Dims unravel(Index k, const Shape& shape) {
  Dims index = shape;
  for (Index i = shape.rank(); i-- > 0; k /= shape[i]) index[i] = k % shape[i];
  return index;
}

std::string to_string(const Dims& dims) {
  std::string text = "(";
  for (Index i = 0; i < dims.rank(); ++i) text += (i ? ", " : "") + std::to_string(dims[i]);
  return text + ")";
}

std::ostream& operator<<(std::ostream& out, const Dims& dims) { return out << to_string(dims); }

bool broadcastable(const Shape& a, const Shape& b) {
  for (Index i = 1; i <= std::min(a.rank(), b.rank()); ++i) {
    const Index p = a[a.rank() - i], q = b[b.rank() - i];
    if (p != q && p != 1 && q != 1) return false;
  }
  return true;
}

Shape broadcast(const Shape& a, const Shape& b) {
  const Shape& longer = a.rank() >= b.rank() ? a : b;
  const Shape& shorter = a.rank() >= b.rank() ? b : a;
  Shape shape = longer;
  const Index lead = longer.rank() - shorter.rank();
  for (Index i = 0; i < shorter.rank(); ++i)
    if (shape[lead + i] == 1) shape[lead + i] = shorter[i];
  return shape;
}

}  // namespace xgrad
