#pragma once
// The laws of every reader of files that somebody else may have written. Include it in one source only.

#include "support.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include "allocations.hpp"

namespace support {

/// Shape, dtype and every bit of the values.
inline bool same_bits(const xgrad::Tensor& a, const xgrad::Tensor& b) {
  return a.shape() == b.shape() && a.dtype() == b.dtype() &&
         std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * xgrad::size_of(a.dtype())) == 0;
}

struct Hostile {
  std::string bytes, message;
};

/// Each file, called f, gives its message, and costs no more memory than that.
template <class Parse>
void check_hostile(const Parse& parse, const std::vector<Hostile>& files, std::size_t most) {
  for (const auto& [bytes, expected] : files) {
    std::string found;
    const std::size_t taken =
        allocated_by([&, &bytes = bytes] { found = message([&] { parse(std::string_view(bytes)); }); });
    BOOST_TEST(found == "f: " + expected);
    BOOST_TEST(taken <= most);
  }
}

/// Cut off anywhere, a file is refused.
template <class Parse>
void check_prefixes(const Parse& parse, const std::string& good) {
  for (std::size_t length = 0; length < good.size(); ++length)
    BOOST_TEST(!message([&] { parse(std::string_view(good).substr(0, length)); }).empty());
  BOOST_CHECK_NO_THROW(parse(good));
}

/// Each of the first `count` bytes by each value: an IoError or a file that is still valid, and never more memory than
/// that. Some do stay valid: the unchanged one each time.
template <class Parse>
void check_changed_bytes(const Parse& parse, const std::string& good, std::size_t count, std::size_t most) {
  std::size_t valid = 0, taken = 0;
  for (std::size_t i = 0; i < count; ++i) {
    std::string bytes = good;
    for (int value = 0; value < 256; ++value) {
      bytes[i] = static_cast<char>(value);
      taken = std::max(taken, allocated_by([&] {
                         try {
                           parse(bytes);
                           ++valid;
                         } catch (const xgrad::IoError&) {}
                       }));
    }
  }
  BOOST_TEST_MESSAGE("still valid: " << valid << " of " << 256 * count << "; most memory: " << taken << " bytes");
  BOOST_TEST(valid > count);
  BOOST_TEST(taken <= most);
}

}  // namespace support
