#pragma once
// Tensor: an immutable n-d value, contiguous and row-major, cheap to copy. Factories stand below it.

#include <atomic>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <autograd/error.hpp>
#include <autograd/shape.hpp>

namespace xgrad {

/// Element types. `complex_step` exists only while gradcheck takes complex steps.
enum class DType : std::uint8_t { f32, f64, complex_step };
inline constexpr DType f32 = DType::f32;
inline constexpr DType f64 = DType::f64;
const char* to_string(DType dtype);
inline std::size_t size_of(DType dtype) { return dtype == f32 ? 4 : dtype == f64 ? 8 : 16; }

class Op;
class Tensor;
namespace detail {

/// What Tensors share, as far as every operation looks at it; the rest is tensor.cpp's.
struct Value {
  std::atomic<int> references{1};
  DType dtype;
  std::uint32_t node = 0;
  std::uint64_t recording = 0;
  mutable std::atomic<const std::byte*> data{nullptr};  // null: deferred, and nobody has read it yet
  Shape shape;
};
struct Storage;
class Lent;
void destroy(Value* value) noexcept;
const void* materialise(const Tensor& t);
[[noreturn]] void refuse_empty();

}  // namespace detail

/// Where on a recording a tracked Tensor stands.
struct Trace {
  std::uint64_t recording = 0;  ///< 0: not tracked, a constant
  std::uint32_t node = 0;
};

/// A shared, immutable value. Default-constructed it is empty: only `defined()` and assignment work on that.
class Tensor {
 public:
  Tensor() = default;
  Tensor(const Tensor& other) noexcept : value_(other.value_) {
    if (value_) value_->references.fetch_add(1, std::memory_order_relaxed);
  }
  Tensor(Tensor&& other) noexcept : value_(other.value_) { other.value_ = nullptr; }
  Tensor& operator=(const Tensor& other) noexcept { return *this = Tensor(other); }
  Tensor& operator=(Tensor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Tensor() {
    // Alone with it there is nobody to agree with.
    if (value_ && (value_->references.load(std::memory_order_acquire) == 1 ||
                   value_->references.fetch_sub(1, std::memory_order_acq_rel) == 1))
      detail::destroy(value_);
  }

  bool defined() const { return value_ != nullptr; }
  const Shape& shape() const { return value().shape; }
  DType dtype() const { return value().dtype; }
  Index rank() const { return shape().rank(); }
  Index size() const { return element_count(shape()); }

  /// The only element. Throws ShapeError if there is not exactly one.
  double item() const;
  /// The element at these indices (negative ones count from the end). Throws ShapeError.
  template <std::convertible_to<Index>... I>
  double at(I... indices) const {
    return at(Dims{static_cast<Index>(indices)...});
  }
  double at(const Dims& indices) const;
  /// All elements, row-major, widened to double.
  std::vector<double> values() const;

  /// The same values in another dtype; recorded, so gradients pass.
  Tensor to(DType dtype, const char* file = __builtin_FILE(), int line = __builtin_LINE()) const;
  /// The same values as a constant: no gradient flows past it.
  Tensor detach() const;

  /// Whether a recording has tracked it (that recording may be over by now).
  bool tracked() const { return trace().recording != 0; }
  /// Its name, or the operation and number (`tanh#3`) that made it, or "".
  std::string name() const;

  // For kernels and the tape:
  /// The values, `size()` of them. array.hpp has typed views.
  const void* data() const {
    const void* data = value().data.load(std::memory_order_acquire);
    return data ? data : detail::materialise(*this);
  }
  Trace trace() const { return {value().recording, value().node}; }
  /// Whether nobody else holds this value, so that it may be changed in place.
  bool unique() const;
  /// Of a matrix transposed but not yet read: the matrix itself, so that a product can take a flag. Else empty.
  const Tensor& transposed_source() const;

 private:
  friend struct detail::Storage;
  friend class detail::Lent;
  friend class Operands;
  friend class Tape;
  explicit Tensor(detail::Value* value) : value_(value) {}
  // A second handle. Where this is the only one nobody else counts meanwhile, and it takes no atomic step.
  Tensor second() const {
    if (value_->references.load(std::memory_order_acquire) != 1) return *this;
    value_->references.store(2, std::memory_order_relaxed);
    return Tensor(value_);
  }
  const detail::Value& value() const {
    if (!value_) detail::refuse_empty();
    return *value_;
  }
  detail::Value* value_ = nullptr;
};

namespace detail {
/// What errors call it: `W1 (4, 2)`, or `Tensor (4, 2)` where it has no name.
std::string label(const Tensor& t);
/// New, uninitialised values; `mutable_data` may write them until the Tensor is first shared.
Tensor allocate(const Shape& shape, DType dtype);
void* mutable_data(Tensor& t);
/// The same values under another shape of the same size; never tracked.
Tensor share(const Tensor& t, const Shape& shape);
/// The last two axes swapped; computed when first read.
Tensor lazy_transpose(const Tensor& t);
/// t itself, or what reading it has made of it, which no longer holds its operands.
Tensor settled(Tensor t);
/// Marks a fresh Tensor as node `trace.node` of a recording, made by `op` (none for a leaf).
void set_trace(Tensor& t, const Trace& trace, const Op* op);
/// The same tensor under a name; one that nobody shares takes it itself.
Tensor with_name(Tensor t, std::string_view name);
}  // namespace detail

/// Values and shape: `tensor({1., 2.}, {2, 1})`; without a shape a vector. Throws ShapeError if they do not fit.
Tensor tensor(const std::vector<double>& values, DType dtype = f64);
Tensor tensor(const std::vector<double>& values, const Shape& shape, DType dtype = f64);
/// A scalar, shape ().
Tensor scalar(double value, DType dtype = f64);
/// Rows of equal length: `matrix({{1, 2}, {3, 4}})`.
Tensor matrix(std::initializer_list<std::initializer_list<double>> rows, DType dtype = f64);
Tensor full(const Shape& shape, double value, DType dtype = f64);
Tensor zeros(const Shape& shape, DType dtype = f64);
Tensor ones(const Shape& shape, DType dtype = f64);
/// start, start + step, … below stop.
Tensor arange(double start, double stop, double step = 1, DType dtype = f64);
/// `count` values from start to stop, both included.
Tensor linspace(double start, double stop, Index count, DType dtype = f64);
/// Ones on the diagonal of (n, n).
Tensor eye(Index n, DType dtype = f64);

std::ostream& operator<<(std::ostream& out, DType dtype);
/// Name, dtype, shape and values; the middle of long axes is left out.
std::ostream& operator<<(std::ostream& out, const Tensor& t);

}  // namespace xgrad
