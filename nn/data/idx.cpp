#include <nn/data/idx.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include <nn/data/fill.hpp>
#include <nn/data/file.hpp>

namespace xgrad::nn::data {
namespace {

template <class Unsigned>
Unsigned big_endian(const char* from) {
  Unsigned value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i)
    value = static_cast<Unsigned>((std::uint64_t{value} << 8) | static_cast<unsigned char>(from[i]));
  return value;
}

template <class T, class Unsigned>
Tensor convert(const char* from, const Shape& shape, DType dtype) {
  return detail::fill(shape, dtype, [from](Index k) {
    const auto bits = big_endian<Unsigned>(from + k * static_cast<Index>(sizeof(T)));
    T value;
    std::memcpy(&value, &bits, sizeof value);  // std::bit_cast is missing in emscripten 3.1.6
    return value;
  });
}

struct Type {
  unsigned char code;
  std::size_t size;
  Tensor (*convert)(const char*, const Shape&, DType);
};

constexpr Type types[] = {
    {0x08, 1, convert<std::uint8_t, std::uint8_t>},  {0x09, 1, convert<std::int8_t, std::uint8_t>},
    {0x0b, 2, convert<std::int16_t, std::uint16_t>}, {0x0c, 4, convert<std::int32_t, std::uint32_t>},
    {0x0d, 4, convert<float, std::uint32_t>},        {0x0e, 8, convert<double, std::uint64_t>}};

std::string bytes_text(std::size_t n) { return std::to_string(n) + (n == 1 ? " byte" : " bytes"); }

}  // namespace

Tensor parse_idx(std::string_view bytes, DType dtype, const std::string& name) {
  if (bytes.size() < 4 || bytes[0] != 0 || bytes[1] != 0)
    throw IoError(name + ": does not begin as an IDX file does, with two zero bytes, type and rank");
  const auto code = static_cast<unsigned char>(bytes[2]), rank = static_cast<unsigned char>(bytes[3]);
  const Type* type = nullptr;
  for (const Type& t : types)
    if (t.code == code) type = &t;
  if (!type) throw IoError(name + ": IDX type " + std::to_string(code) + " is none of 8, 9, 11, 12, 13, 14");
  if (rank > Shape::capacity)
    throw IoError(name + ": has rank " + std::to_string(rank) + ", a Tensor at most " +
                  std::to_string(Shape::capacity));
  const std::size_t header = 4 + std::size_t{4} * rank;
  if (bytes.size() < header)
    throw IoError(name + ": ends after " + bytes_text(bytes.size()) + ", within its header of " + bytes_text(header));
  const std::size_t values = bytes.size() - header;
  const std::uint64_t most = std::max<std::uint64_t>(bytes.size(), 1 << 30);
  Shape shape;
  std::uint64_t needed = type->size;  // without sizes of 0, and never far above `most`: no product overflows
  bool empty = false;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const std::uint64_t size = big_endian<std::uint32_t>(bytes.data() + 4 + 4 * axis);
    shape.push_back(static_cast<Index>(size));
    empty = empty || size == 0;
    if (needed <= most && size > 0) needed *= size;
  }
  if (needed > most || values != (empty ? 0 : needed))
    throw IoError(name + ": holds " + bytes_text(values) + " of values, not what its shape " + to_string(shape) +
                  " of " + bytes_text(type->size) + " each needs; fetch the file again");
  return type->convert(bytes.data() + header, shape, dtype);
}

Tensor read_idx(const std::string& path, DType dtype) { return parse_idx(detail::read_file(path), dtype, path); }

}  // namespace xgrad::nn::data
