#pragma once
// Files as bytes, plain or gzip. Internal to this folder.

#include <string>

namespace xgrad::nn::data::detail {

/// All of a file, unpacked where its first bytes say gzip, whatever its name. Throws IoError: what failed and why, also
/// for more than 4 GB, packed or unpacked, and for gzip in a build without zlib.
std::string read_file(const std::string& path);

}  // namespace xgrad::nn::data::detail
