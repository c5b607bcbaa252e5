#pragma once
// A per-thread cache of freed blocks, so that a steady training step asks the system for no memory.
// Blocks may be freed on another thread than they came from: they stay with the thread that freed them.

#include <cstddef>
#include <string>
#include <vector>

namespace xgrad::pool {

/// At least `bytes` bytes, aligned to 64. Throws std::bad_alloc.
void* allocate(std::size_t bytes);
/// Gives back what allocate(bytes) returned.
void release(void* block, std::size_t bytes) noexcept;

/// Lets containers take their memory from here.
template <class T>
struct Allocator {
  using value_type = T;
  Allocator() = default;
  template <class U>
  Allocator(const Allocator<U>&) {}
  T* allocate(std::size_t count) { return static_cast<T*>(pool::allocate(count * sizeof(T))); }
  void deallocate(T* block, std::size_t count) noexcept { pool::release(block, count * sizeof(T)); }
  friend bool operator==(const Allocator&, const Allocator&) { return true; }
};

template <class T>
using Vector = std::vector<T, Allocator<T>>;
using String = std::basic_string<char, std::char_traits<char>, Allocator<char>>;

struct Statistics {
  std::size_t system_allocations = 0;  ///< blocks this thread has asked of the system
  std::size_t cached_bytes = 0;        ///< free bytes that this thread holds for reuse
};
Statistics statistics() noexcept;
/// Gives this thread's free blocks back to the system.
void trim() noexcept;

}  // namespace xgrad::pool
