// Values that are made when somebody reads them. A matrix transposed is a note on the matrix, so that products can read
// it by a flag. Products and sums with a row wait too where a recording keeps their operands (ops/layer.hpp): an
// activation then needs no pass over memory of its own.

#include <algorithm>
#include <complex>

#include <autograd/ops/layer.hpp>
#include <autograd/storage.hpp>

namespace xgrad {
namespace detail {
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

// False if another thread has read it in the meantime.
template <class T>
bool make(const Tensor& t, Tensor& out) {
  const Storage& v = Storage::of(t);
  if (v.deferred == Deferred::transpose)
    transpose_all<T>(v.source, out);
  else if constexpr (contents::fused_rules && !std::same_as<T, Complex>)
    return ops::make_layer<T>(t, mutable_elements<T>(out));
  return true;
}

class Lock {
 public:
  explicit Lock(std::atomic_flag& busy) : busy_(busy) {
    while (busy_.test_and_set(std::memory_order_acquire)) {}
  }
  ~Lock() { busy_.clear(std::memory_order_release); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  std::atomic_flag& busy_;
};

}  // namespace

std::array<Tensor, 2> Storage::parts() const {
  const Lock lock(busy);
  return {source, other};
}

// Two threads may both do the work; one result is kept, and what it was made of is let go: but for a transpose's, which
// products still read by a flag.
const void* materialise(const Tensor& t) {
  const Storage& v = Storage::of(t);
  Tensor out = allocate(v.shape, v.dtype);
  const bool made = v.dtype == f32   ? make<float>(t, out)
                    : v.dtype == f64 ? make<double>(t, out)
                                     : make<Complex>(t, out);
  std::array<Tensor, 2> done_with;
  const Lock lock(v.busy);
  if (made && v.unread()) {
    v.materialised = out;
    v.data.store(static_cast<const std::byte*>(out.data()), std::memory_order_release);
    if (v.deferred != Deferred::transpose) done_with = {std::move(v.source), std::move(v.other)};
  }
  return v.data.load(std::memory_order_relaxed);
}

Tensor lazy_transpose(const Tensor& t) {
  Shape shape = t.shape();
  std::swap(shape[shape.rank() - 1], shape[shape.rank() - 2]);
  if (const Tensor source = t.transposed_source(); source.defined()) return share(source, shape);  // (Aᵀ)ᵀ = A
  if (shape[shape.rank() - 1] == 1 || shape[shape.rank() - 2] == 1) return share(t, shape);
  return Storage::defer(Deferred::transpose, shape, settled(t));
}

Tensor settled(Tensor t) {
  const Storage& v = Storage::of(t);
  const bool makes = v.deferred == Deferred::product || v.deferred == Deferred::row_sum;
  if (!contents::fused_rules || !makes) return t;
  t.data();
  return v.materialised;
}

}  // namespace detail

Tensor Tensor::transposed_source() const {
  const detail::Storage& v = detail::Storage::of(*this);
  return v.deferred == detail::Deferred::transpose ? v.source : Tensor();
}

}  // namespace xgrad
