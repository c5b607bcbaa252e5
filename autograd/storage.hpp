#pragma once
// Storage: all that Tensors share of one value. For the library's own files; users see what stands in tensor.hpp.

#include <memory>
#include <string>

#include <autograd/op.hpp>
#include <autograd/pool.hpp>

namespace xgrad::detail {

/// What a value is made of when it is first read (deferred.cpp): nothing, it was at once; `source` with its last two
/// axes swapped; the product source · other; source, which is a product, with `other` added to each row.
enum class Deferred : std::uint8_t { nothing, transpose, product, row_sum };

/// Its own elements follow it in the same block; or they belong to `source`.
struct Storage : Value {
  Deferred deferred = Deferred::nothing;
  mutable std::atomic<bool> passed_on{false};        // an activation has made it without keeping it
  mutable std::atomic_flag busy = ATOMIC_FLAG_INIT;  // held while a first read is published
  std::size_t bytes;                                 // of the block
  mutable Tensor source, other;                      // what it is made of; or who owns the elements that are not here
  mutable Tensor materialised;                       // a deferred value once read
  std::shared_ptr<const OpSpec> op;
  std::string name;

  static constexpr std::size_t header = 192;

  Storage(const Shape& s, DType d, std::size_t b) : Value{.dtype = d, .shape = s}, bytes(b) {}

  static Tensor make(const Shape& shape, DType dtype, std::size_t element_bytes) {
    const std::size_t bytes = header + element_bytes;
    void* block = pool::allocate(bytes);
    Storage* v = new (block) Storage(shape, dtype, bytes);
    if (element_bytes) v->data.store(static_cast<const std::byte*>(block) + header, std::memory_order_relaxed);
    return Tensor(v);
  }
  static Tensor defer(Deferred how, const Shape& shape, const Tensor& source, const Tensor& other = {}) {
    Tensor result = make(shape, source.dtype(), 0);
    Storage& v = of(result);
    v.deferred = how;
    v.source = source;
    v.other = other;
    return result;
  }
  bool unread() const { return !data.load(std::memory_order_acquire); }
  /// What a deferred value is made of; of a product or a sum nothing once it was read.
  std::array<Tensor, 2> parts() const;
  static Storage& of(const Tensor& t) {
    if (!t.value_) refuse_empty();
    return static_cast<Storage&>(*t.value_);
  }
  static void set_op(Storage& v, const Op& op) { v.op = op.spec_; }
};
static_assert(sizeof(Storage) <= Storage::header);

}  // namespace xgrad::detail
