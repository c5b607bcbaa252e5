#pragma once
// Files as bytes, plain or gzip. Internal to this folder.

#include <algorithm>
#include <cstdint>
#include <string>

namespace xgrad::nn::data::detail {

inline constexpr std::size_t max_file = std::min<std::uint64_t>(std::uint64_t{1} << 32, SIZE_MAX / 2);

/// All of a file, unpacked where its first bytes say gzip, whatever its name. Throws IoError: what failed and why, also
/// for more than `most` bytes, packed or unpacked, and for gzip in a build without zlib.
std::string read_file(const std::string& path, std::size_t most = max_file);

}  // namespace xgrad::nn::data::detail
