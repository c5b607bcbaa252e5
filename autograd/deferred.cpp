// Values that are made when somebody reads them. A matrix transposed is a note on the matrix, so that products can read
// it by a flag. Products, with a row added or not, wait too where a recording keeps their operands (ops/layer.hpp): an
// activation then needs no pass over memory of its own.

#include <algorithm>
#include <complex>

#include <autograd/deferred.hpp>
#include <autograd/ops/layer.hpp>

namespace xgrad {
namespace detail {
namespace {

const Tensor nothing;

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

template <class T>
void make(const Storage& v, Tensor& out) {
  if (v.deferred == Deferred::transpose)
    transpose_all<T>(v.source, out);
  else if constexpr (contents::fused_rules && !std::same_as<T, Complex>)
    ops::make_layer<T>(v, mutable_elements<T>(out));
}

}  // namespace

Tensor defer(Deferred how, const Shape& shape, Tensor source, Tensor other, Tensor row) {
  Tensor result = Storage::make(shape, source.dtype(), 0);
  Storage& v = Storage::of(result);
  v.deferred = how;
  v.source = std::move(source);
  v.other = std::move(other);
  v.row = std::move(row);
  return result;
}

Tensor same_values(const Tensor& t) {
  const Storage& v = Storage::of(t);
  if (v.unread()) {
    const Making making(v);
    if (v.unread()) return defer(v.deferred, v.shape, v.source, v.other, v.row);
  }
  return share(t, v.shape);
}

// A second thread that reads it waits for the first.
const void* materialise(const Tensor& t) {
  const Storage& v = Storage::of(t);
  std::array<Tensor, 3> done_with;
  const Making making(v);
  if (!v.unread()) return v.data;
  Tensor out = allocate(v.shape, v.dtype);
  v.dtype == f32 ? make<float>(v, out) : v.dtype == f64 ? make<double>(v, out) : make<Complex>(v, out);
  if (v.deferred == Deferred::product) done_with = {std::move(v.source), std::move(v.other), std::move(v.row)};
  v.owner() = out;
  v.data.store(static_cast<const std::byte*>(out.data()), std::memory_order_release);
  return v.data;
}

Tensor lazy_transpose(const Tensor& t) {
  Shape shape = t.shape();
  std::swap(shape[shape.rank() - 1], shape[shape.rank() - 2]);
  if (const Tensor& source = t.transposed_source(); source.defined()) return share(source, shape);  // (Aᵀ)ᵀ = A
  if (shape[shape.rank() - 1] == 1 || shape[shape.rank() - 2] == 1) return share(t, shape);
  return defer(Deferred::transpose, shape, settled(t));
}

Tensor settled(Tensor t) {
  const Storage& v = Storage::of(t);
  if (!contents::fused_rules || v.deferred != Deferred::product) return t;
  t.data();
  return v.source;
}

}  // namespace detail

const Tensor& Tensor::transposed_source() const {
  const detail::Storage& v = detail::Storage::of(*this);
  return v.deferred == detail::Deferred::transpose ? v.source : detail::nothing;
}

}  // namespace xgrad
