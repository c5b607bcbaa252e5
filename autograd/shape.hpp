#pragma once
// Dims: a short list of whole numbers held inline. A Shape is the sizes of a Tensor's axes; Axes name some of them.

#include <array>
#include <cstddef>
#include <initializer_list>
#include <iosfwd>
#include <span>
#include <string>

namespace xgrad {

using Index = std::ptrdiff_t;

/// At most 8 numbers, without any allocation. Throws ShapeError beyond that.
class Dims {
 public:
  static constexpr Index capacity = 8;

  Dims() = default;
  Dims(std::initializer_list<Index> values) : Dims(std::span(values.begin(), values.size())) {}
  explicit Dims(std::span<const Index> values);

  Index rank() const { return rank_; }
  bool empty() const { return rank_ == 0; }
  Index operator[](Index i) const { return values_[static_cast<std::size_t>(i)]; }
  Index& operator[](Index i) { return values_[static_cast<std::size_t>(i)]; }
  const Index* begin() const { return values_.data(); }
  const Index* end() const { return values_.data() + rank_; }
  void push_back(Index value) {
    if (rank_ == capacity) refuse_more();
    values_[static_cast<std::size_t>(rank_++)] = value;
  }
  bool contains(Index value) const {
    for (Index v : *this)
      if (v == value) return true;
    return false;
  }
  friend bool operator==(const Dims& a, const Dims& b) {
    if (&a == &b) return true;
    if (a.rank_ != b.rank_) return false;
    for (Index i = 0; i < a.rank_; ++i)
      if (a[i] != b[i]) return false;
    return true;
  }

 private:
  [[noreturn]] static void refuse_more();
  Index rank_ = 0;  // first, so that a short shape lies in one cache line with it
  std::array<Index, capacity> values_{};
};

using Shape = Dims;
using Axes = Dims;

/// Number of elements: the product of the sizes, 1 for rank 0.
inline Index element_count(const Shape& shape) {
  Index count = 1;
  for (Index size : shape) count *= size;
  return count;
}
/// The indices of element k in row-major order.
Dims unravel(Index k, const Shape& shape);
/// `(4, 2)`, `(4)`, `()`.
std::string to_string(const Dims& dims);
std::ostream& operator<<(std::ostream& out, const Dims& dims);

/// Whether two shapes broadcast by NumPy's rule: aligned at the last axis, sizes equal or one of them 1.
bool broadcastable(const Shape& a, const Shape& b);
/// Their common shape; call it only if broadcastable.
Shape broadcast(const Shape& a, const Shape& b);

}  // namespace xgrad
