// The IDX reader: its types and ranks, and headers that lie.

#define BOOST_TEST_MODULE idx
#include "support.hpp"

#include <bit>

#include <nn/data/idx.hpp>

#include "files.hpp"

using namespace xgrad;
using namespace std::string_literals;
namespace data = nn::data;
using Values = std::vector<double>;

namespace {

std::string big_endian(std::uint64_t value, std::size_t size) {
  std::string bytes;
  for (std::size_t i = size; i-- > 0;) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

std::string idx(unsigned char type, const std::vector<std::uint32_t>& sizes, const std::string& values) {
  std::string bytes{0, 0, static_cast<char>(type), static_cast<char>(sizes.size())};
  for (const auto size : sizes) bytes += big_endian(size, 4);
  return bytes + values;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_type) {
  for (const DType dtype : {f32, f64}) {
    const auto values = [&](unsigned char type, const std::string& bytes) {
      const Tensor t = data::parse_idx(idx(type, {2}, bytes), dtype);
      BOOST_TEST(t.dtype() == dtype);
      return t.values();
    };
    BOOST_TEST((values(0x08, "\x00\xff"s) == Values{0, 255}));
    BOOST_TEST((values(0x09, "\x7f\x80"s) == Values{127, -128}));
    BOOST_TEST((values(0x0b, "\x7f\xff\x80\x00"s) == Values{32767, -32768}));
    BOOST_TEST((values(0x0c, "\x00\x01\x00\x02\xff\xff\xff\xfe"s) == Values{65538, -2}));
    BOOST_TEST((values(0x0d, big_endian(std::bit_cast<std::uint32_t>(1.5f), 4) +
                                 big_endian(std::bit_cast<std::uint32_t>(-2.f), 4)) == Values{1.5, -2}));
    BOOST_TEST(
        (values(0x0e, big_endian(std::bit_cast<std::uint64_t>(0.25), 8) +
                          big_endian(std::bit_cast<std::uint64_t>(-double{INFINITY}), 8)) == Values{0.25, -INFINITY}));
  }
}

BOOST_AUTO_TEST_CASE(every_rank) {
  BOOST_TEST(data::parse_idx(idx(8, {}, "\x07")).item() == 7);
  std::vector<std::uint32_t> sizes;
  for (Index rank = 1; rank <= 8; ++rank) {
    sizes.push_back(rank == 1 ? 3 : rank < 4 ? 2 : 1);
    const std::string bytes = std::string("\0\1\2\3\4\5\6\7\10\11\12\13", 12)
                                  .substr(0, rank == 1   ? 3
                                             : rank == 2 ? 6
                                                         : 12);
    const Tensor t = data::parse_idx(idx(8, sizes, bytes));
    BOOST_TEST(t.rank() == rank);
    BOOST_TEST(t.values() == arange(0, static_cast<double>(t.size())).values());  // row-major
  }
  BOOST_TEST((data::parse_idx(idx(8, {28, 0, 28}, "")).shape() == Shape{28, 0, 28}));
}

BOOST_AUTO_TEST_CASE(files) {
  const support::Folder folder;
  BOOST_TEST((data::read_idx(folder.write("a", idx(8, {2}, "\1\2"))).values() == Values{1, 2}));
  CHECK_MESSAGE(
      data::read_idx(folder.write("b", idx(8, {2}, "\1"))),
      folder.path("b") + ": holds 1 byte of values, not what its shape (2) of 1 byte each needs; fetch the file again");
  CHECK_MESSAGE(data::read_idx(folder.path("no")), "cannot read " + folder.path("no") + ": No such file or directory");
}

BOOST_AUTO_TEST_CASE(headers_that_lie) {
  const auto read = [](const std::string& bytes) { return data::parse_idx(bytes, f64, "p.idx"); };
  const std::string beginning = "p.idx: does not begin as an IDX file does, with two zero bytes, type and rank";
  CHECK_MESSAGE(read(""), beginning);
  CHECK_MESSAGE(read("\0\0\x08"s), beginning);
  CHECK_MESSAGE(read("a,b\n1,2\n"), beginning);
  CHECK_MESSAGE(read("\0\1\x08\0\7"s), beginning);
  CHECK_MESSAGE(read(idx(0x0a, {1}, "1")), "p.idx: IDX type 10 is none of 8, 9, 11, 12, 13, 14");
  CHECK_MESSAGE(read("\0\0\x08\x09"s), "p.idx: has rank 9, a Tensor at most 8");
  CHECK_MESSAGE(read("\0\0\x08\x02\0\0\0\x01"s), "p.idx: ends after 8 bytes, within its header of 12 bytes");
  CHECK_MESSAGE(
      read(idx(0x0c, {2, 2}, std::string(15, '\0'))),
      "p.idx: holds 15 bytes of values, not what its shape (2, 2) of 4 bytes each needs; fetch the file again");
  CHECK_MESSAGE(
      read(idx(0x0c, {2, 2}, std::string(17, '\0'))),
      "p.idx: holds 17 bytes of values, not what its shape (2, 2) of 4 bytes each needs; fetch the file again");
  const std::uint32_t most = 0xffffffff;
  CHECK_MESSAGE(
      read(idx(0x0e, {most, most, most, most}, "12345678")),
      "p.idx: holds 8 bytes of values, not what its shape (4294967295, 4294967295, 4294967295, 4294967295) of "
      "8 bytes each needs; fetch the file again");
  // The product of the sizes is 2^64, or 0 in 64 bits.
  CHECK_MESSAGE(read(idx(8, {1u << 31, 1u << 31, 4}, "")),
                "p.idx: holds 0 bytes of values, not what its shape (2147483648, 2147483648, 4) of 1 byte each needs; "
                "fetch the file again");
  CHECK_MESSAGE(read(idx(8, {most, most, most, 0}, "")),
                "p.idx: holds 0 bytes of values, not what its shape (4294967295, 4294967295, 4294967295, 0) of 1 byte "
                "each needs; fetch the file again");
}
