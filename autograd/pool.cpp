#include <autograd/pool.hpp>

#include <array>
#include <bit>
#include <new>
#include <utility>

namespace xgrad::pool {
namespace {

constexpr std::align_val_t alignment{64};

#ifdef XGRAD_NO_POOL  // sanitizers must see every block come and go
constexpr bool caching = false;
#else
constexpr bool caching = true;
#endif

// Sizes are rounded up by 64 bytes, beyond 1024 to sixteen steps a power of two: at most a sixteenth is wasted.
constexpr std::size_t class_count = 16 * 48;

struct SizeClass {
  std::size_t index, bytes;
};

SizeClass size_class(std::size_t bytes) {
  if (bytes <= 1024) {
    const std::size_t lines = (bytes + 63) / 64;
    return {lines, 64 * (lines ? lines : 1)};
  }
  const auto power = static_cast<std::size_t>(std::bit_width(bytes - 1)) - 1;  // 2^power < bytes <= 2^(power + 1)
  const std::size_t step = std::size_t{1} << (power - 4);
  const std::size_t rounded = (bytes + step - 1) / step * step;
  return {16 * (power - 9) + (rounded - (std::size_t{1} << power)) / step, rounded};
}

void system_free(void* block) noexcept { ::operator delete(block, alignment); }

// A free block holds the address of the next one of its class.
struct Cache {
  std::array<void*, class_count> free{};
  Statistics statistics;
  bool used = false, ended = false;  // Tensors with static storage may outlive it
};
constinit thread_local Cache cache;

// Empties the cache when its thread ends.
struct Janitor {
  ~Janitor() {
    trim();
    cache.ended = true;
  }
};

bool caches(const SizeClass& size) { return caching && size.index < class_count && !cache.ended; }

}  // namespace

void* allocate(std::size_t bytes) {
  const SizeClass size = size_class(bytes);
  if (caches(size) && cache.free[size.index]) {
    void* const block = cache.free[size.index];
    cache.free[size.index] = *static_cast<void**>(block);
    cache.statistics.cached_bytes -= size.bytes;
    return block;
  }
  ++cache.statistics.system_allocations;
  return ::operator new(size.bytes, alignment);
}

void release(void* block, std::size_t bytes) noexcept {
  const SizeClass size = size_class(bytes);
  if (!caches(size)) return system_free(block);
  if (!cache.used) {
    static thread_local Janitor janitor;
    cache.used = true;
  }
  *static_cast<void**>(block) = cache.free[size.index];
  cache.free[size.index] = block;
  cache.statistics.cached_bytes += size.bytes;
}

Statistics statistics() noexcept { return cache.statistics; }

void trim() noexcept {
  for (void*& first : cache.free)
    while (first) system_free(std::exchange(first, *static_cast<void**>(first)));
  cache.statistics.cached_bytes = 0;
}

}  // namespace xgrad::pool
