#include <nn/npy.hpp>

#include <bit>
#include <istream>
#include <streambuf>
#include <vector>

#include <xtensor/xnpy.hpp>

#include <autograd/array.hpp>
#include <nn/file.hpp>
#include <nn/npy_header.hpp>
#include <nn/untrusted.hpp>

namespace xgrad::nn {
namespace {

static_assert(std::endian::native == std::endian::little, "values are written as they stand in memory");

// A stream over a header and the values behind it, where they stand.
class Source : public std::streambuf {
 public:
  Source(std::string_view header, std::string_view values) : values_(values) { show(header); }

 protected:
  int_type underflow() override {
    show(std::exchange(values_, {}));
    return gptr() == egptr() ? traits_type::eof() : traits_type::to_int_type(*gptr());
  }

 private:
  void show(std::string_view text) {
    char* const begin = const_cast<char*>(text.data());  // a get area is only read
    setg(begin, begin, begin + text.size());
  }
  std::string_view values_;
};

template <class T>
Tensor read_as(std::istream& in, const std::string& name) {
  const auto array = xt::load_npy<T>(in);
  if constexpr (std::is_floating_point_v<T>) {
    return from_xtensor(array);
  } else {
    for (const T value : array) (void)detail::whole(value, name);
    return from_xtensor(xt::cast<double>(array));
  }
}

Tensor read_truth(std::istream& in, const std::string&) {
  return from_xtensor(xt::cast<double>(xt::not_equal(xt::load_npy<std::uint8_t>(in), 0)));
}

struct Kind {
  std::string_view descr;
  std::size_t bytes;
  DType dtype;
  Tensor (*read)(std::istream& in, const std::string& name);
};
template <class T>
constexpr Kind kind(std::string_view descr) {
  return {descr, sizeof(T), std::is_same_v<T, float> ? f32 : f64, read_as<T>};
}
constexpr Kind kinds[] = {kind<float>("<f4"),         kind<double>("<f8"),       {"|b1", 1, f64, read_truth},
                          kind<std::int8_t>("|i1"),   kind<std::int16_t>("<i2"), kind<std::int32_t>("<i4"),
                          kind<std::int64_t>("<i8"),  kind<std::uint8_t>("|u1"), kind<std::uint16_t>("<u2"),
                          kind<std::uint32_t>("<u4"), kind<std::uint64_t>("<u8")};

const Kind& kind_of(const std::string& descr, const std::string& name) {
  for (const Kind& k : kinds)
    if (descr == k.descr) return k;
  throw IoError(name + ": its descr '" + detail::shown(descr) +
                "' is not read; save the array as astype('<f4') or astype('<f8')");
}

// The two parts of a file.
struct Layout {
  std::string header;
  std::string_view values;
};
Layout layout(const Tensor& t, const std::string& name) {
  if (!t.defined() || t.dtype() == DType::complex_step)
    throw IoError(name + ": the Tensor has no values to be written");
  const std::uint64_t bytes = detail::byte_count(t.shape(), size_of(t.dtype()), name);
  return {detail::npy_header({t.dtype() == f32 ? "<f4" : "<f8", false, t.shape(), {}}),
          {static_cast<const char*>(t.data()), static_cast<std::size_t>(bytes)}};
}

}  // namespace

Tensor parse_npy(std::string_view bytes, const std::string& name) {
  detail::NpyHeader header = detail::parse_npy_header(bytes, name);
  const Kind& kind = kind_of(header.descr, name);
  const std::uint64_t expected = detail::byte_count(header.shape, kind.bytes, name);
  if (header.values.size() != expected)
    throw IoError(name + ": '" + header.descr + "' of shape " + to_string(header.shape) + " takes " +
                  std::to_string(expected) + " bytes, but " + std::to_string(header.values.size()) +
                  " follow the header");
  if (expected == 0) return zeros(header.shape, kind.dtype);  // xtensor steps beyond the end of no values
  if (header.descr == "|b1") header.descr = "|u1";            // a byte other than 0 and 1 is no bool in C++
  const std::string text = detail::npy_header(header);
  Source source(text, header.values);
  std::istream in(&source);
  return kind.read(in, name);
}

std::string npy_bytes(const Tensor& t) {
  const Layout file = layout(t, "npy");
  return file.header + std::string(file.values);
}

Tensor read_npy(const std::string& path) { return parse_npy(read_file(path), path); }

void write_npy(const std::string& path, const Tensor& t) {
  const Layout file = layout(t, path);
  const std::string_view parts[] = {file.header, file.values};
  write_file(path, parts);
}

}  // namespace xgrad::nn
