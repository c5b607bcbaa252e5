#include <autograd/tensor.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <complex>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <ostream>

#include <autograd/op.hpp>
#include <autograd/ops.hpp>
#include <autograd/pool.hpp>

namespace xgrad {

const char* to_string(DType dtype) { return dtype == f32 ? "f32" : dtype == f64 ? "f64" : "complex"; }

std::size_t size_of(DType dtype) { return dtype == f32 ? 4 : dtype == f64 ? 8 : 16; }

namespace detail {

// What Tensors share. Its own elements follow it in the same block; or they belong to `source`.
struct Value {
  std::atomic<int> references{1};
  DType dtype;
  bool transposed = false;  // elements are source's, the last two axes swapped, until first read
  mutable std::atomic_flag busy = ATOMIC_FLAG_INIT;  // held while a first read is published
  std::uint32_t node = 0;
  std::uint64_t recording = 0;
  std::size_t bytes;  // of the block
  Shape shape;
  mutable std::atomic<const std::byte*> data{nullptr};
  Tensor source;                // owner of the elements, where they are not here
  mutable Tensor materialised;  // a transposed value once read
  std::shared_ptr<const OpSpec> op;
  std::string name;

  static constexpr std::size_t header = 256;

  static Tensor make(const Shape& shape, DType dtype, std::size_t element_bytes) {
    const std::size_t bytes = header + element_bytes;
    void* block = pool::allocate(bytes);
    Value* v = new (block) Value;
    v->dtype = dtype;
    v->bytes = bytes;
    v->shape = shape;
    if (element_bytes) v->data = static_cast<const std::byte*>(block) + header;
    return Tensor(v);
  }
  static Value& of(const Tensor& t) {
    if (!t.value_) throw ShapeError("an empty Tensor has neither shape nor values");
    return *t.value_;
  }
  static void set_op(Value& v, const Op& op) { v.op = op.spec_; }
  void release() noexcept {
    if (references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    const std::size_t size = bytes;
    this->~Value();
    pool::release(this, size);
  }
};
static_assert(sizeof(Value) <= Value::header);

namespace {

// Elements are moved as opaque bytes of their size; blocks keep both sides in cache.
template <class T>
void transpose_matrix(const T* in, T* out, Index rows, Index columns) {
  constexpr Index block = 16;
  for (Index i0 = 0; i0 < rows; i0 += block)
    for (Index j0 = 0; j0 < columns; j0 += block)
      for (Index i = i0; i < std::min(i0 + block, rows); ++i)
        for (Index j = j0; j < std::min(j0 + block, columns); ++j) out[j * rows + i] = in[i * columns + j];
}

template <class T>
void transpose_all(const Tensor& in, Tensor& out) {
  const Index rows = in.shape()[in.rank() - 2], columns = in.shape()[in.rank() - 1], step = rows * columns;
  const T* from = static_cast<const T*>(in.data());
  T* to = static_cast<T*>(mutable_data(out));
  for (Index k = 0; k < in.size(); k += step) transpose_matrix(from + k, to + k, rows, columns);
}

// Two threads may both do the work; one result is kept.
const void* materialise(const Value& v) {
  Tensor out = allocate(v.shape, v.dtype);
  if (v.dtype == f32)
    transpose_all<float>(v.source, out);
  else if (v.dtype == f64)
    transpose_all<double>(v.source, out);
  else
    transpose_all<std::complex<double>>(v.source, out);
  while (v.busy.test_and_set(std::memory_order_acquire)) {}
  if (!v.data.load(std::memory_order_relaxed)) {
    v.materialised = out;
    v.data.store(static_cast<const std::byte*>(out.data()), std::memory_order_release);
  }
  v.busy.clear(std::memory_order_release);
  return v.data.load(std::memory_order_relaxed);
}

}  // namespace

Tensor allocate(const Shape& shape, DType dtype) {
  if (!contents::f32 && dtype == f32) throw DTypeError("this build computes in f64; it has no f32");
  const Index count = std::max<Index>(1, element_count(shape));
  const auto most = std::numeric_limits<std::size_t>::max() / 4 / size_of(dtype);  // 32 bits of it wrap round soon
  if (static_cast<std::uint64_t>(count) > most) throw std::bad_alloc();
  return Value::make(shape, dtype, static_cast<std::size_t>(count) * size_of(dtype));
}

void* mutable_data(Tensor& t) { return const_cast<void*>(t.data()); }

Tensor share(const Tensor& t, const Shape& shape) {
  const Value& v = Value::of(t);
  const void* data = t.data();
  Tensor result = Value::make(shape, v.dtype, 0);
  Value& r = Value::of(result);
  r.source = v.materialised.defined() ? v.materialised : v.source.defined() ? v.source : t;
  r.data = static_cast<const std::byte*>(data);
  return result;
}

Tensor lazy_transpose(const Tensor& t) {
  Shape shape = t.shape();
  std::swap(shape[shape.rank() - 1], shape[shape.rank() - 2]);
  if (const Tensor source = t.transposed_source(); source.defined()) return share(source, shape);  // (Aᵀ)ᵀ = A
  if (shape[shape.rank() - 1] == 1 || shape[shape.rank() - 2] == 1) return share(t, shape);
  Tensor result = Value::make(shape, t.dtype(), 0);
  Value& r = Value::of(result);
  r.source = t;
  r.transposed = true;
  return result;
}

void set_trace(Tensor& t, const Trace& trace, const Op* op) {
  Value& v = Value::of(t);
  v.recording = trace.recording;
  v.node = trace.node;
  if (op) Value::set_op(v, *op);
}

// An untracked Tensor with the values of t; an unread transpose stays unread.
Tensor same_values(const Tensor& t) {
  const Value& v = Value::of(t);
  return v.transposed && !v.data.load(std::memory_order_acquire) ? lazy_transpose(v.source) : share(t, v.shape);
}

Tensor with_name(const Tensor& t, std::string name) {
  const Value& v = Value::of(t);
  Tensor result = same_values(t);
  Value& r = Value::of(result);
  r.recording = v.recording;
  r.node = v.node;
  r.op = v.op;
  r.name = std::move(name);
  return result;
}

}  // namespace detail

using detail::Value;

Tensor::Tensor(const Tensor& other) noexcept : value_(other.value_) {
  if (value_) value_->references.fetch_add(1, std::memory_order_relaxed);
}
Tensor& Tensor::operator=(const Tensor& other) noexcept { return *this = Tensor(other); }
Tensor& Tensor::operator=(Tensor&& other) noexcept {
  std::swap(value_, other.value_);
  return *this;
}
Tensor::~Tensor() {
  if (value_) value_->release();
}

const Shape& Tensor::shape() const { return Value::of(*this).shape; }
DType Tensor::dtype() const { return Value::of(*this).dtype; }
Trace Tensor::trace() const {
  const Value& v = Value::of(*this);
  return {v.recording, v.node};
}
bool Tensor::unique() const {
  const Value& v = Value::of(*this);
  return v.references.load(std::memory_order_acquire) == 1 && !v.source.defined();
}
const void* Tensor::data() const {
  const Value& v = Value::of(*this);
  const void* data = v.data.load(std::memory_order_acquire);
  return data ? data : detail::materialise(v);
}
Tensor Tensor::transposed_source() const {
  const Value& v = Value::of(*this);
  return v.transposed ? v.source : Tensor();
}

std::string Tensor::name() const {
  const Value& v = Value::of(*this);
  if (!v.name.empty()) return v.name;
  if (v.op) return v.op->name + "#" + std::to_string(v.node);
  return v.recording ? "variable#" + std::to_string(v.node) : "";
}

Tensor Tensor::detach() const {
  if (!tracked()) return *this;
  return detail::with_name(detail::same_values(*this), name());
}

namespace {

double element(const Tensor& t, Index i) {
  if (t.dtype() == f32) return static_cast<const float*>(t.data())[i];
  if (t.dtype() == f64) return static_cast<const double*>(t.data())[i];
  return static_cast<const std::complex<double>*>(t.data())[i].real();
}

}  // namespace

std::string detail::label(const Tensor& t) {
  const std::string name = t.name();
  return (name.empty() ? "Tensor" : name) + " " + to_string(t.shape());
}

double Tensor::item() const {
  if (size() != 1)
    throw ShapeError("item: " + detail::label(*this) + " has " + std::to_string(size()) + " elements, not one");
  return element(*this, 0);
}

double Tensor::at(const Dims& indices) const {
  const auto fail = [&](const std::string& why) {
    throw ShapeError("at: " + to_string(indices) + " into " + detail::label(*this) + ": " + why);
  };
  if (indices.rank() != rank()) fail(std::to_string(rank()) + " indices are needed");
  Index offset = 0;
  for (Index i = 0; i < rank(); ++i) {
    const Index size = shape()[i], index = indices[i] < 0 ? indices[i] + size : indices[i];
    if (index < 0 || index >= size) fail("axis " + std::to_string(i) + " has size " + std::to_string(size));
    offset = offset * size + index;
  }
  return element(*this, offset);
}

std::vector<double> Tensor::values() const {
  std::vector<double> result(static_cast<std::size_t>(size()));
  for (Index i = 0; i < size(); ++i) result[static_cast<std::size_t>(i)] = element(*this, i);
  return result;
}

Tensor Tensor::to(DType dtype, const char* file, int line) const {
  const DType own = this->dtype();
  const bool stays =
      own == dtype || own == DType::complex_step || dtype == DType::complex_step;  // complex: a gradient check
  return stays ? *this : cast(Arg(*this, file, line), dtype);
}

}  // namespace xgrad
