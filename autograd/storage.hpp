#pragma once
// Storage: all that Tensors share of one value. For the library's own files; users see what stands in tensor.hpp.

#include <memory>

#include <autograd/op.hpp>
#include <autograd/pool.hpp>

namespace xgrad::detail {

/// What a value is made of when it is first read (deferred.cpp): nothing, it was at once; `source` with its last two
/// axes swapped; the product source · other, with `row`, if there, added to each row.
enum class Deferred : std::uint8_t { nothing, transpose, product };

/// Its own elements follow it in the same block, or another Tensor owns them.
struct Storage : Value {
  Deferred deferred = Deferred::nothing;
  mutable bool passed_on = false;                    // an activation has made it without keeping it
  mutable std::atomic_flag busy = ATOMIC_FLAG_INIT;  // held while somebody makes it, or copies these
  std::size_t bytes;                                 // of the block
  mutable Tensor source, other, row;                 // what it is made of; once that is read, see owner()
  std::shared_ptr<const OpSpec> op;
  pool::String name;

  static constexpr std::size_t header = 192;

  Storage(const Shape& s, DType d, std::size_t b) : Value{.dtype = d, .shape = s}, bytes(b) {}

  static Tensor make(const Shape& shape, DType dtype, std::size_t element_bytes) {
    const std::size_t bytes = header + element_bytes;
    void* block = pool::allocate(bytes);
    Storage* v = new (block) Storage(shape, dtype, bytes);
    if (element_bytes) v->data.store(static_cast<const std::byte*>(block) + header, std::memory_order_relaxed);
    return Tensor(v);
  }
  bool unread() const { return !data.load(std::memory_order_acquire); }
  /// Of a value that has been read: who has its elements, empty if they are here. A transpose keeps its source, which
  /// products still read by a flag; what else was deferred lets go of what it was made of.
  Tensor& owner() const { return deferred == Deferred::transpose ? other : source; }
  static Storage& of(const Tensor& t) {
    if (!t.value_) refuse_empty();
    return static_cast<Storage&>(*t.value_);
  }
  /// Asks memory for a value's header and first elements, which will be needed soon.
  static void fetch(const Tensor& t) {
    __builtin_prefetch(t.value_);
    __builtin_prefetch(reinterpret_cast<const std::byte*>(t.value_) + header);
  }
  static void set_op(Storage& v, const Op& op) { v.op = op.spec_; }
};
static_assert(sizeof(Storage) <= Storage::header);

}  // namespace xgrad::detail
