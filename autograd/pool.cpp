#include <autograd/pool.hpp>

#include <array>
#include <bit>
#include <new>
#include <vector>

namespace xgrad::pool {
namespace {

constexpr std::align_val_t alignment{64};

#ifdef XGRAD_NO_POOL  // sanitizers must see every block come and go
constexpr bool caching = false;
#else
constexpr bool caching = true;
#endif

// Sizes are rounded up to four steps a power of two (at most a quarter is wasted), from 64 bytes on.
constexpr std::size_t class_count = 4 * 48;

struct SizeClass {
  std::size_t index, bytes;
};

SizeClass size_class(std::size_t bytes) {
  if (bytes <= 256) {
    const std::size_t quarter = (bytes + 63) / 64;
    return {quarter, 64 * (quarter ? quarter : 1)};
  }
  const auto power = static_cast<std::size_t>(std::bit_width(bytes - 1)) - 1;  // 2^power < bytes <= 2^(power + 1)
  const std::size_t step = std::size_t{1} << (power - 2);
  const std::size_t rounded = (bytes + step - 1) / step * step;
  return {4 * (power - 7) + (rounded - (std::size_t{1} << power)) / step, rounded};
}

void system_free(void* block) noexcept { ::operator delete(block, alignment); }

struct Cache {
  std::array<std::vector<void*>, class_count> free;
  Statistics statistics;

  Cache() { alive = true; }
  ~Cache() {
    alive = false;
    clear();
  }
  void clear() noexcept {
    for (auto& blocks : free) {
      for (void* block : blocks) system_free(block);
      blocks.clear();
    }
    statistics.cached_bytes = 0;
  }
  static thread_local bool alive;  // Tensors with static storage may outlive the cache
};
thread_local bool Cache::alive = false;

Cache* cache() {
  static thread_local Cache instance;
  return Cache::alive ? &instance : nullptr;
}

}  // namespace

void* allocate(std::size_t bytes) {
  const SizeClass size = size_class(bytes);
  Cache* const c = cache();
  if (caching && c && size.index < class_count && !c->free[size.index].empty()) {
    void* block = c->free[size.index].back();
    c->free[size.index].pop_back();
    c->statistics.cached_bytes -= size.bytes;
    return block;
  }
  void* block = ::operator new(size.bytes, alignment);
  if (c) ++c->statistics.system_allocations;
  return block;
}

void release(void* block, std::size_t bytes) noexcept {
  const SizeClass size = size_class(bytes);
  Cache* const c = cache();
  if (!caching || !c || size.index >= class_count) return system_free(block);
  try {
    c->free[size.index].push_back(block);
    c->statistics.cached_bytes += size.bytes;
  } catch (...) {
    system_free(block);
  }
}

Statistics statistics() noexcept { return cache() ? cache()->statistics : Statistics{}; }

void trim() noexcept {
  if (Cache* c = cache()) c->clear();
}

}  // namespace xgrad::pool
