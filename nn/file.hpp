#pragma once
// Files as a whole: read, and written so that whoever opens the path finds the old content or the new, never a part.

#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace xgrad::nn {

/// The content of a regular file. Throws IoError naming the path and the system's reason, or for more than `most`
/// bytes.
std::string read_file(const std::string& path, std::size_t most = std::numeric_limits<std::size_t>::max());
namespace detail {
[[noreturn]] void fail_too_large(const std::string& path, std::size_t most);
}

/// Whether something stands at the path. Throws IoError if that cannot be told.
bool file_exists(const std::string& path);

/// Replaces the file at `path` by the parts, one after another. They go to `path.part`, are synced to the disk and
/// renamed, and the folder is synced: a process killed at any moment leaves the old file or the new one, and at most
/// one
/// `.part`, which the next write takes over. Writers of the same path, in one process or several, take turns. A
/// symbolic link is followed, permissions are kept. Throws IoError naming the path and the system's reason (no room, no
/// permission, no such folder, not a regular file …); then the old file is untouched and no `.part` is left.
void write_file(const std::string& path, std::span<const std::string_view> parts);
void write_file(const std::string& path, std::string_view content);

}  // namespace xgrad::nn
