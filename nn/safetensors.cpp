#include <nn/safetensors.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>
#include <vector>

#include <nn/file.hpp>
#include <nn/safetensors_header.hpp>
#include <nn/untrusted.hpp>

namespace xgrad::nn {
namespace {

using detail::shown;
using Entry = detail::SafetensorsEntry;

static_assert(std::endian::native == std::endian::little, "values are written as they stand in memory");

enum class Half : std::uint16_t {};
enum class Brain : std::uint16_t {};
enum class Truth : std::uint8_t {};

// One value of a file as the Tensor holds it.
template <class T>
auto widened(T value, const std::string& where) {
  if constexpr (std::is_same_v<T, Brain>) {
    return detail::bits_as<float>(static_cast<std::uint32_t>(value) << 16);
  } else if constexpr (std::is_same_v<T, Half>) {
    const auto bits = static_cast<std::uint16_t>(value);
    const int exponent = bits >> 10 & 31, mantissa = bits & 1023;
    const float size = exponent == 0   ? std::ldexp(static_cast<float>(mantissa), -24)
                       : exponent < 31 ? std::ldexp(static_cast<float>(1024 + mantissa), exponent - 25)
                       : mantissa == 0 ? std::numeric_limits<float>::infinity()
                                       : std::numeric_limits<float>::quiet_NaN();
    return bits & 0x8000 ? -size : size;
  } else if constexpr (std::is_same_v<T, Truth>) {
    return static_cast<std::uint8_t>(value) ? 1. : 0.;
  } else if constexpr (std::is_floating_point_v<T>) {
    return value;
  } else {
    return detail::whole(value, where);
  }
}

template <class T>
Tensor read_as(std::string_view bytes, const Shape& shape, const std::string& where) {
  using Element = decltype(widened(T{}, where));
  Tensor t = xgrad::detail::allocate(shape, std::is_same_v<Element, float> ? f32 : f64);
  auto* to = static_cast<Element*>(xgrad::detail::mutable_data(t));
  if constexpr (std::is_same_v<Element, T>) {
    if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  } else {
    for (std::size_t i = 0; i < bytes.size() / sizeof(T); ++i) {
      T value;
      std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
      to[i] = widened(value, where);
    }
  }
  return t;
}

// check_cover has seen that they lie within the bytes.
std::string_view part_of(std::string_view bytes, const detail::SafetensorsEntry& entry) {
  return bytes.substr(static_cast<std::size_t>(entry.begin), static_cast<std::size_t>(entry.end - entry.begin));
}

struct Kind {
  const char* name;
  std::size_t bytes;
  Tensor (*read)(std::string_view bytes, const Shape& shape, const std::string& where);
};
template <class T>
constexpr Kind kind(const char* name) {
  return {name, sizeof(T), read_as<T>};
}
constexpr Kind kinds[] = {kind<double>("F64"),       kind<float>("F32"),         kind<Half>("F16"),
                          kind<Brain>("BF16"),       kind<Truth>("BOOL"),        kind<std::int8_t>("I8"),
                          kind<std::uint8_t>("U8"),  kind<std::int16_t>("I16"),  kind<std::uint16_t>("U16"),
                          kind<std::int32_t>("I32"), kind<std::uint32_t>("U32"), kind<std::int64_t>("I64"),
                          kind<std::uint64_t>("U64")};

const Kind& kind_of(const Entry& entry, const std::string& where) {
  for (const Kind& k : kinds)
    if (entry.dtype == k.name) return k;
  throw IoError(where + ": its dtype " + shown(entry.dtype) + " is not read; convert it to F32 or F64");
}

void check_size(const Entry& entry, const Kind& kind, const std::string& where) {
  const std::uint64_t bytes = detail::byte_count(entry.shape, kind.bytes, where), given = entry.end - entry.begin;
  if (given != bytes)
    throw IoError(where + ": " + entry.dtype + " of shape " + to_string(entry.shape) + " takes " +
                  std::to_string(bytes) + " bytes, its data_offsets give " + std::to_string(given));
}

std::string range(const Entry& entry) {
  return "[" + std::to_string(entry.begin) + ", " + std::to_string(entry.end) + ")";
}

// Values follow one another without a gap, from the first byte to the last.
void check_cover(const std::map<std::string, Entry>& entries, std::size_t size, const std::string& file) {
  std::vector<const std::pair<const std::string, Entry>*> sorted;
  for (const auto& entry : entries) {
    const std::string where = file + ": tensor " + shown(entry.first) + ": its data " + range(entry.second);
    if (entry.second.begin > entry.second.end) throw IoError(where + " end before they begin");
    if (entry.second.end > size) throw IoError(where + " leave the " + std::to_string(size) + " bytes of the file");
    sorted.push_back(&entry);
  }
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
    return std::pair(a->second.begin, a->second.end) < std::pair(b->second.begin, b->second.end);
  });
  std::uint64_t at = 0;
  const std::string* before = nullptr;
  for (const auto* item : sorted) {
    const auto& [name, entry] = *item;
    const std::string where = file + ": tensor " + shown(name) + ": its data " + range(entry);
    if (entry.begin < at) throw IoError(where + " overlap those of " + shown(*before));
    if (entry.begin > at) throw IoError(where + " leave a gap from byte " + std::to_string(at) + " on");
    at = entry.end;
    before = &name;
  }
  if (at != size) throw IoError(file + ": " + std::to_string(size - at) + " bytes follow the last tensor's data");
}

struct Layout {
  std::string length, header;                              // what precedes the values
  std::vector<std::string_view> values;                    // in the file's order
  std::vector<std::string_view> parts() const&& = delete;  // they are views of it
  std::vector<std::string_view> parts() const& {
    std::vector<std::string_view> result{length, header};
    result.insert(result.end(), values.begin(), values.end());
    return result;
  }
};

// f64 first, so that every value is aligned; then by name. So does the reference implementation.
Layout layout(const std::map<std::string, Tensor>& tensors, const std::map<std::string, std::string>& metadata,
              const std::string& file) {
  Layout result;
  detail::SafetensorsHeader header{{}, metadata};
  std::uint64_t at = 0;
  for (const auto& [name, t] : tensors)
    if (!t.defined() || t.dtype() == DType::complex_step)
      throw IoError(file + ": tensor " + shown(name) + " has no values to be written");
  for (const DType dtype : {f64, f32})
    for (const auto& [name, t] : tensors) {
      if (t.dtype() != dtype) continue;
      const std::uint64_t bytes = detail::byte_count(t.shape(), size_of(dtype), file + ": tensor " + shown(name));
      header.entries[name] = {dtype == f64 ? "F64" : "F32", t.shape(), at, at + bytes};
      result.values.emplace_back(static_cast<const char*>(t.data()), static_cast<std::size_t>(bytes));
      at += bytes;
    }
  result.header = safetensors_header(header, file);
  const std::uint64_t length = result.header.size();
  result.length.assign(reinterpret_cast<const char*>(&length), sizeof length);
  return result;
}

}  // namespace

Safetensors parse_safetensors(std::string_view bytes, const std::string& name) {
  std::uint64_t length = 0;
  if (bytes.size() < sizeof length)
    throw IoError(name + ": no safetensors file: it has only " + std::to_string(bytes.size()) + " bytes");
  std::memcpy(&length, bytes.data(), sizeof length);
  bytes.remove_prefix(sizeof length);
  if (length > detail::max_safetensors_header)
    throw IoError(name + ": no safetensors file: its header would have " + std::to_string(length) +
                  " bytes; the format allows " + std::to_string(detail::max_safetensors_header));
  if (length > bytes.size())
    throw IoError(name + ": cut off: its header has " + std::to_string(length) + " bytes, of which " +
                  std::to_string(bytes.size()) + " are there");
  const auto header_size = static_cast<std::size_t>(length);
  detail::SafetensorsHeader header = detail::parse_safetensors_header(bytes.substr(0, header_size), name);
  bytes.remove_prefix(header_size);

  check_cover(header.entries, bytes.size(), name);
  Safetensors result{{}, std::move(header.metadata)};
  for (const auto& [key, entry] : header.entries) {
    const std::string where = name + ": tensor " + shown(key);
    const Kind& kind = kind_of(entry, where);
    check_size(entry, kind, where);
    result.tensors.emplace(key, kind.read(part_of(bytes, entry), entry.shape, where));
  }
  return result;
}

std::string safetensors_bytes(const std::map<std::string, Tensor>& tensors,
                              const std::map<std::string, std::string>& metadata) {
  std::string result;
  const Layout file = layout(tensors, metadata, "safetensors");
  for (const std::string_view part : file.parts()) result += part;
  return result;
}

Safetensors load_safetensors(const std::string& path) { return parse_safetensors(read_file(path), path); }

void save_safetensors(const std::string& path, const std::map<std::string, Tensor>& tensors,
                      const std::map<std::string, std::string>& metadata) {
  const Layout file = layout(tensors, metadata, path);
  write_file(path, file.parts());
}

}  // namespace xgrad::nn
