#pragma once
// What readers of files have in common.

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>

#include <autograd/error.hpp>
#include <autograd/shape.hpp>

namespace xgrad::nn::detail {

/// The bytes of that many elements, none of which has more than 8. Throws IoError, beginning with `where`, if the
/// product of all sizes but zeros is more than a Tensor of f64 may have: it can then be held, and written again,
/// whatever it is widened to.
inline std::uint64_t byte_count(const Shape& shape, std::size_t element_bytes, const std::string& where) {
  constexpr std::uint64_t limit = std::numeric_limits<Index>::max() / 8;
  std::uint64_t count = 1;
  bool empty = false;
  for (const Index size : shape) {
    empty = empty || size == 0;
    const auto factor = static_cast<std::uint64_t>(std::max<Index>(size, 1));
    if (factor > limit / count) throw IoError(where + ": its shape is larger than any memory");
    count *= factor;
  }
  return empty ? 0 : count * element_bytes;
}

/// The same whole number as an f64. Throws IoError, beginning with `where`, if it is beyond ±2^53 and may not be one.
template <std::integral T>
double whole(T value, const std::string& where) {
  if constexpr (sizeof(T) == 8) {
    constexpr T limit = T{1} << 53;
    bool fits = value <= limit;
    if constexpr (std::signed_integral<T>) fits = fits && value >= -limit;
    if (!fits) throw IoError(where + ": holds " + std::to_string(value) + ", which f64 may not hold exactly");
  }
  return static_cast<double>(value);
}

/// The same bits as another type: std::bit_cast, which emscripten 3.1.6 lacks.
template <class To, class From>
To bits_as(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

/// How errors show a text that a file holds: on one line, not too long.
std::string shown(const std::string& text);

}  // namespace xgrad::nn::detail
