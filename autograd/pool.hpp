#pragma once
// A per-thread cache of freed blocks, so that a steady training step asks the system for no memory.
// Blocks may be freed on another thread than they came from: they stay with the thread that freed them.

#include <cstddef>

namespace xgrad::pool {

/// At least `bytes` bytes, aligned to 64. Throws std::bad_alloc.
void* allocate(std::size_t bytes);
/// Gives back what allocate(bytes) returned.
void release(void* block, std::size_t bytes) noexcept;

struct Statistics {
  std::size_t system_allocations = 0;  ///< blocks this thread has asked of the system
  std::size_t cached_bytes = 0;        ///< free bytes that this thread holds for reuse
};
Statistics statistics() noexcept;
/// Gives this thread's free blocks back to the system.
void trim() noexcept;

}  // namespace xgrad::pool
