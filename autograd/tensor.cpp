#include <autograd/tensor.hpp>

#include <algorithm>
#include <complex>
#include <limits>
#include <new>
#include <ostream>

#include <autograd/deferred.hpp>
#include <autograd/kernel.hpp>
#include <autograd/ops.hpp>

namespace xgrad {

const char* to_string(DType dtype) { return dtype == f32 ? "f32" : dtype == f64 ? "f64" : "complex"; }

namespace detail {

void destroy(Value* value) noexcept {
  auto* const v = static_cast<Storage*>(value);
  const std::size_t bytes = v->bytes;
  v->~Storage();
  pool::release(v, bytes);
}

void refuse_dtype(const Tensor& t, DType wanted) {
  throw DTypeError("elements of " + t.name() + " " + to_string(t.shape()) + " are " + to_string(t.dtype()) + ", not " +
                   to_string(wanted));
}

void refuse_empty() { throw ShapeError("an empty Tensor has neither shape nor values"); }

Tensor allocate(const Shape& shape, DType dtype) {
  if (!contents::f32 && dtype == f32) throw DTypeError("this build computes in f64; it has no f32");
  const Index count = std::max<Index>(1, element_count(shape));
  const auto most = std::numeric_limits<std::size_t>::max() / 4 / size_of(dtype);  // 32 bits of it wrap round soon
  if (static_cast<std::uint64_t>(count) > most) throw std::bad_alloc();
  return Storage::make(shape, dtype, static_cast<std::size_t>(count) * size_of(dtype));
}

void* mutable_data(Tensor& t) { return const_cast<void*>(t.data()); }

Tensor share(const Tensor& t, const Shape& shape) {
  const Storage& v = Storage::of(t);
  const void* data = t.data();
  Tensor result = Storage::make(shape, v.dtype, 0);
  Storage& r = Storage::of(result);
  r.source = v.owner().defined() ? v.owner() : t;
  r.data = static_cast<const std::byte*>(data);
  return result;
}

void set_trace(Tensor& t, const Trace& trace, const Op* op) {
  Storage& v = Storage::of(t);
  v.recording = trace.recording;
  v.node = trace.node;
  if (op) Storage::set_op(v, *op);
}

Tensor with_name(Tensor t, std::string_view name) {
  const Storage& v = Storage::of(t);
  Tensor result = t.unique() ? std::move(t) : same_values(t);
  Storage& r = Storage::of(result);
  r.recording = v.recording;
  r.node = v.node;
  r.op = v.op;
  r.name = name;
  return result;
}

}  // namespace detail

using detail::Storage;

bool Tensor::unique() const {
  const Storage& v = Storage::of(*this);
  return v.references.load(std::memory_order_acquire) == 1 && !v.source.defined();
}
std::string Tensor::name() const {
  const Storage& v = Storage::of(*this);
  if (!v.name.empty()) return std::string(v.name);
  if (v.op) return v.op->name + "#" + std::to_string(v.node);
  return v.recording ? "variable#" + std::to_string(v.node) : "";
}

Tensor Tensor::detach() const {
  const Tensor values = detail::settled(*this);
  return tracked() ? detail::with_name(detail::same_values(values), name()) : values;
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
