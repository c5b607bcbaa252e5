#pragma once
// Values that are made when somebody reads them (deferred.cpp says which), for those who make or pass them on.

#include <thread>

#include <autograd/storage.hpp>

namespace xgrad::detail {

/// A value to be made of these: of `source`, for a product of `other`, and of `row` where one is added.
Tensor defer(Deferred how, const Shape& shape, Tensor source, Tensor other = {}, Tensor row = {});
/// An untracked Tensor with the values of t; what is unread stays so.
Tensor same_values(const Tensor& t);

/// While it lives no other thread makes this value, or lets go of what it is made of.
class Making {
 public:
  explicit Making(const Storage& v) : busy_(v.busy) {
    while (busy_.test_and_set(std::memory_order_acquire)) std::this_thread::yield();
  }
  ~Making() { busy_.clear(std::memory_order_release); }
  Making(const Making&) = delete;
  Making& operator=(const Making&) = delete;

 private:
  std::atomic_flag& busy_;
};

}  // namespace xgrad::detail
