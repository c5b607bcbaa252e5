#pragma once
// Counts what a test program asks of operator new, the buffer pool's blocks included. Include it in one source only.

#include <atomic>
#include <cstdlib>
#include <new>

namespace support {

inline std::atomic<std::size_t> allocated{0};  ///< bytes ever asked for

/// Bytes that f asks for, freed or not.
template <class F>
std::size_t allocated_by(const F& f) {
  const std::size_t before = allocated;
  f();
  return allocated - before;
}

}  // namespace support

namespace support::detail {
[[gnu::noinline]] inline void* counted(std::size_t bytes, std::size_t alignment) {
  allocated += bytes;
  void* block = nullptr;
  if (::posix_memalign(&block, alignment, bytes ? bytes : 1) != 0) throw std::bad_alloc();
  return block;
}
// Not inline, or GCC with sanitizers takes posix_memalign and free for a mismatch.
[[gnu::noinline]] inline void give_back(void* block) noexcept { std::free(block); }
}  // namespace support::detail

void* operator new(std::size_t bytes) { return support::detail::counted(bytes, alignof(std::max_align_t)); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return support::detail::counted(bytes, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  try {
    return operator new(bytes);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void operator delete(void* block) noexcept { support::detail::give_back(block); }
void operator delete(void* block, std::size_t) noexcept { support::detail::give_back(block); }
void operator delete(void* block, std::align_val_t) noexcept { support::detail::give_back(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { support::detail::give_back(block); }
