#include <nn/data/file.hpp>

#include <algorithm>

#include <autograd/error.hpp>
#include <nn/file.hpp>

#ifdef XGRAD_ZLIB
#include <zlib.h>
#endif

namespace xgrad::nn::data::detail {
namespace {

constexpr std::size_t chunk = 1 << 20;

// A file's name and how many bytes of it, packed or not, are taken.
struct Source {
  const std::string& path;
  std::size_t most;
};

// Grown in place: `more(buffer, room)` says how many bytes it put there, 0 at the end.
template <class F>
std::string collect(const Source& source, std::size_t expected, F more) {
  const std::size_t largest = source.most + 1;  // one more, to see whether there is more
  std::string bytes(std::min(std::max(expected, chunk), largest), '\0');
  std::size_t used = 0;
  while (const std::size_t count = more(bytes.data() + used, bytes.size() - used)) {
    used += count;
    if (used == largest) nn::detail::fail_too_large(source.path, source.most);
    if (used == bytes.size()) bytes.resize(std::min(largest, used + std::max(chunk, used / 2)));
  }
  bytes.resize(used);
  return bytes;
}

#ifdef XGRAD_ZLIB
struct Inflater {
  z_stream z{};
  explicit Inflater(const std::string& packed) {
    z.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));
    if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK) throw std::bad_alloc();
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&z); }
};

std::string unpack(const Source& source, const std::string& packed) {
  const std::string& path = source.path;
  Inflater inflater(packed);
  z_stream& z = inflater.z;
  std::size_t left = packed.size();
  bool ended = false;  // a gzip file is one or more members
  return collect(source, packed.size() * 4, [&](char* to, std::size_t room) -> std::size_t {
    z.next_out = reinterpret_cast<Bytef*>(to);
    z.avail_out = static_cast<uInt>(std::min<std::size_t>(room, 1 << 30));
    const std::size_t offered = z.avail_out;
    while (z.avail_out == offered) {
      if (ended) {
        if (left == 0) return 0;
        inflateReset(&z);
        ended = false;
      }
      z.avail_in = static_cast<uInt>(std::min<std::size_t>(left, 1 << 30));
      const std::size_t given = z.avail_in;
      const int state = inflate(&z, Z_NO_FLUSH);
      left -= given - z.avail_in;
      ended = state == Z_STREAM_END;
      if (state == Z_MEM_ERROR) throw std::bad_alloc();
      if (state == Z_BUF_ERROR) throw IoError(path + ": the gzip data ends too early; fetch the file again");
      if (state != Z_OK && !ended) throw IoError(path + ": the gzip data is damaged; fetch the file again");
    }
    return offered - z.avail_out;
  });
}
#else
std::string unpack(const Source& source, const std::string&) {
  throw IoError(source.path + ": is packed, and this build has no zlib; unpack it with gunzip first");
}
#endif

}  // namespace

std::string read_file(const std::string& path, std::size_t most) {
  std::string bytes = nn::read_file(path, most);
  return bytes.starts_with("\x1f\x8b") ? unpack({path, most}, bytes) : bytes;
}

}  // namespace xgrad::nn::data::detail
