// NumPy files: the bytes are pinned, everything numpy writes of numbers is read, and a damaged or hostile file gives
// one clear error and takes no memory to speak of.

#define BOOST_TEST_MODULE npy
#include "readers.hpp"

#include <limits>

#include <nn/npy.hpp>

#include "files.hpp"

using namespace xgrad;
using nn::parse_npy;
using support::little_endian;
using support::same_bits;

namespace {

// A file as numpy lays it out; version 2 and 3 have four bytes of length.
std::string file(const std::string& dictionary, const std::string& values, int version = 1) {
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  std::string text = dictionary;
  while ((8 + length_bytes + text.size() + 1) % 64) text += ' ';
  text += '\n';
  return "\x93NUMPY" + little_endian(static_cast<std::uint64_t>(version), 1) + '\0' +
         little_endian(text.size(), length_bytes) + text + values;
}
std::string dictionary(const std::string& descr, const std::string& shape, const std::string& order = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}
std::string eights(std::initializer_list<std::uint64_t> values) {
  std::string data;
  for (const std::uint64_t v : values) data += little_endian(v, 8);
  return data;
}
std::string bytes_of(std::initializer_list<double> values) {
  std::string data;
  for (const double v : values) data.append(reinterpret_cast<const char*>(&v), sizeof v);
  return data;
}

const double inf = std::numeric_limits<double>::infinity();

}  // namespace

BOOST_AUTO_TEST_CASE(the_bytes_of_a_file) {
  const std::string start("\x93NUMPY\x01\0\x76\0", 10);
  BOOST_TEST(nn::npy_bytes(matrix({{1, 2}})) == start + "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }" +
                                                    std::string(58, ' ') + "\n" +
                                                    std::string("\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\0\x40", 16));
  BOOST_TEST(nn::npy_bytes(tensor({-1.}, f32)) == start + "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }" +
                                                      std::string(60, ' ') + "\n" + std::string("\0\0\x80\xbf", 4));
  BOOST_TEST(nn::npy_bytes(scalar(0)) == start + "{'descr': '<f8', 'fortran_order': False, 'shape': (), }" +
                                             std::string(62, ' ') + "\n" + std::string(8, '\0'));
}

BOOST_AUTO_TEST_CASE(round_trip) {
  const support::Folder folder;
  const std::string path = folder.path("a.npy");
  Rng rng(2);
  const std::vector<double> special{0., -0., inf, -inf, NAN, 5e-324, -2.2e-308, 1e-45, 1.7976931348623157e308, 0.1};
  for (const DType dtype : {f64, f32})
    for (const Tensor& t : {scalar(3, dtype), zeros({3, 0, 2}, dtype), tensor(special, dtype),
                            transpose(randn({3, 4}, rng, dtype)), randn({1, 2, 1, 2, 1, 2, 1, 2}, rng, dtype),
                            zeros({1000000000, 1000000000, 0, 1000000000 / 1000000000}, dtype)}) {
      nn::write_npy(path, t);
      BOOST_TEST(same_bits(nn::read_npy(path), t));
      BOOST_TEST(support::content(path) == nn::npy_bytes(t));
    }
}

// The longest header that a shape can ask for, and one whose length has a low byte from 0x80 on.
BOOST_AUTO_TEST_CASE(long_headers) {
  const Tensor t = zeros({0, 100000, 1000000, 100000, 1, 1, 1, 10});
  BOOST_TEST(same_bits(parse_npy(nn::npy_bytes(t)), t));
  BOOST_TEST(nn::npy_bytes(t).size() == 128u);
  const std::string padded = dictionary("<f8", "(1,)") + std::string(100, ' ');
  BOOST_TEST(parse_npy(file(padded, bytes_of({7}))).item() == 7);
}

BOOST_AUTO_TEST_CASE(both_orders_of_memory) {
  const std::string values = bytes_of({1, 2, 3, 4, 5, 6});
  BOOST_TEST(same_bits(parse_npy(file(dictionary("<f8", "(2, 3)"), values)), matrix({{1, 2, 3}, {4, 5, 6}})));
  BOOST_TEST(same_bits(parse_npy(file(dictionary("<f8", "(2, 3)", "True"), values)), matrix({{1, 3, 5}, {2, 4, 6}})));
  BOOST_TEST(same_bits(parse_npy(file(dictionary("<f8", "(1, 3, 2)", "True"), values)),
                       tensor({1, 4, 2, 5, 3, 6}, {1, 3, 2})));
  BOOST_TEST(same_bits(parse_npy(file(dictionary("<f8", "(6,)", "True"), values)), tensor({1, 2, 3, 4, 5, 6})));
  BOOST_TEST(same_bits(parse_npy(file(dictionary("<i8", "(2, 3)", "True"), eights({1, 2, 3, 4, 5, 6}))),
                       matrix({{1, 3, 5}, {2, 4, 6}})));
  BOOST_TEST(parse_npy(file(dictionary("<f8", "()", "True"), bytes_of({7}))).item() == 7);
  BOOST_TEST(parse_npy(file(dictionary("<f8", "(2, 0)", "True"), "")).size() == 0);
}

// Found by fuzzing: sanitizers saw a pointer leave its block by the size of the other axes.
BOOST_AUTO_TEST_CASE(no_values_in_many_axes) {
  const std::string shape = "(0, 40000400000002, 2, 2)";
  for (const char* order : {"False", "True"})
    for (const char* descr : {"<i4", "<f4", "<f8", "|b1"}) {
      const Tensor t = parse_npy(file(dictionary(descr, shape, order), ""));
      BOOST_TEST(to_string(t.shape()) == shape);
      BOOST_TEST((t.dtype() == (descr == std::string("<f4") ? f32 : f64)));
    }
}

BOOST_AUTO_TEST_CASE(every_version_and_spelling) {
  const std::string values = bytes_of({7});
  for (const int version : {1, 2, 3})
    BOOST_TEST(parse_npy(file(dictionary("<f8", "(1,)"), values, version)).item() == 7);
  for (const char* text : {"{'shape': (1,), 'fortran_order': False, 'descr': '<f8'}",
                           "{\"descr\":\"<f8\",\"fortran_order\":True,\"shape\":(1,)}",
                           "  {  'descr' :  '<f8' , 'fortran_order' : False , 'shape' : ( 1 , ) , }\n"})
    BOOST_TEST(parse_npy(file(text, values)).item() == 7);
  BOOST_TEST(parse_npy(file(dictionary("<f8", "(1, 1,)"), values)).rank() == 2);
}

BOOST_AUTO_TEST_CASE(whole_numbers_and_truth_values_are_widened) {
  const auto values = [](const std::string& descr, std::size_t bytes, const std::string& data) {
    return parse_npy(file(dictionary(descr, "(" + std::to_string(data.size() / bytes) + ",)"), data)).values();
  };
  using V = std::vector<double>;
  BOOST_TEST(values("|b1", 1, std::string("\0\1\2", 3)) == V({0, 1, 1}));
  BOOST_TEST(values("|i1", 1, "\x80\x7f") == V({-128, 127}));
  BOOST_TEST(values("|u1", 1, "\x80\xff") == V({128, 255}));
  BOOST_TEST(values("<i2", 2, little_endian(0x8000, 2)) == V({-32768}));
  BOOST_TEST(values("<u2", 2, little_endian(0x8000, 2)) == V({32768}));
  BOOST_TEST(values("<i4", 4, little_endian(0x80000000, 4)) == V({-2147483648.}));
  BOOST_TEST(values("<u4", 4, little_endian(0xffffffff, 4)) == V({4294967295.}));
  BOOST_TEST(values("<i8", 8, eights({1ull << 53, -(1ull << 53)})) == V({0x1p53, -0x1p53}));
  BOOST_TEST(values("<u8", 8, eights({1ull << 53})) == V({0x1p53}));
  CHECK_MESSAGE(values("<i8", 8, eights({(1ull << 53) + 1})),
                "npy: holds 9007199254740993, which f64 may not hold exactly");
  CHECK_MESSAGE(values("<u8", 8, eights({~0ull})), "npy: holds 18446744073709551615, which f64 may not hold exactly");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_saved) {
  const support::Folder folder;
  const std::string path = folder.path("a");
  CHECK_MESSAGE(nn::write_npy(path, Tensor()), path + ": the Tensor has no values to be written");
  CHECK_MESSAGE(nn::write_npy(path, zeros({0, Index{1} << 40, Index{1} << 40})),
                path + ": its shape is larger than any memory");
  BOOST_TEST(folder.names().empty());
  CHECK_MESSAGE(nn::read_npy(path), "cannot read " + path + ": No such file or directory");
}

BOOST_AUTO_TEST_CASE(hostile_files) {
  const std::string magic("\x93NUMPY"), seven = bytes_of({7});
  const auto text = [&](const std::string& t) { return file(t, seven); };
  const auto shape = [&](const std::string& s) { return file(dictionary("<f8", s), seven); };
  const std::vector<support::Hostile> files{
      {"", "no .npy file: it does not begin with \\x93NUMPY"},
      {"\x93NUMPX\1", "no .npy file: it does not begin with \\x93NUMPY"},
      {magic, "cut off within its first bytes"},
      {magic + std::string("\1\0\1", 3), "cut off within its first bytes"},
      {magic + std::string("\2\0\1\0\0", 5), "cut off within its first bytes"},
      {magic + std::string("\4\0\0\0\0\0", 6), "version 4.0 of the format is not read; 1.0, 2.0 and 3.0 are"},
      {magic + std::string("\0\0\0\0\0\0", 6), "version 0.0 of the format is not read; 1.0, 2.0 and 3.0 are"},
      {magic + std::string("\1\1\0\0", 4), "version 1.1 of the format is not read; 1.0, 2.0 and 3.0 are"},
      {magic + std::string("\2\0\xff\xff\xff\xff", 6), "its header has 4294967295 bytes; at most 65535 are read"},
      {magic + std::string("\1\0\xff\xff{}", 6), "cut off: its header has 65535 bytes, of which 2 are there"},
      {magic + std::string("\1\0\0\0", 4), "its header has no { at byte 10"},
      {text("[]"), "its header has no { at byte 10"},
      {text("{"), "its header has no text in quotes at byte 64"},
      {text("{'descr"), "its header has no text in quotes at byte 11"},
      {text("{descr: 1}"), "its header has no text in quotes at byte 11"},
      {text("{'descr'}"), "its header has no : at byte 18"},
      {text("{'descr': 5}"), "its header has no text in quotes at byte 20"},
      {text("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }"),
       "holds records, which are not read; save one array a file"},
      {text("{}"), "its header has no descr"},
      {text("{'descr': '<f8'}"), "its header has no fortran_order"},
      {text("{'descr': '<f8', 'fortran_order': False}"), "its header has no shape"},
      {text("{'descr': '<f8' 'fortran_order': False}"), "its header has no } at byte 26"},
      {text("{'descr': '<f8', 'descr': '<f4'}"), "its header has an unknown or repeated key at byte 35"},
      {text("{'strides': '<f8'}"), "its header has an unknown or repeated key at byte 21"},
      {text(dictionary("<f8", "(1,)", "false")), "its header has neither True nor False at byte 44"},
      {text(dictionary("<f8", "(1,)", "Falsehood")), "its header has no } at byte 49"},
      {text(dictionary("<f8", "(1,)") + "x"), "its header has more text after the } at byte 67"},
      {text(dictionary("<f8", "(1,)") + std::string(1, '\0')), "its header has more text after the } at byte 67"},
      {shape("[1]"), "its header has no ( at byte 60"},
      {shape("(1"), "its header has no size at byte 64"},
      {shape("(1)"), "its header has no , after the only size at byte 63"},
      {shape("(,)"), "its header has no size at byte 61"},
      {shape("(1,,)"), "its header has no size at byte 63"},
      {shape("(1 1)"), "its header has no , between sizes at byte 63"},
      {shape("(-1,)"), "its header has no size at byte 61"},
      {shape("(1L,)"), "its header has no , between sizes at byte 62"},
      {shape("(1.0,)"), "its header has no , between sizes at byte 62"},
      {shape("(0x1,)"), "its header has no , between sizes at byte 62"},
      {shape("(9223372036854775808,)"), "its header has no size at byte 61"},
      {shape("(1, 1, 1, 1, 1, 1, 1, 1, 1)"), "its shape has more than 8 axes"},
      {shape("(4294967296, 4294967296)"), "its shape is larger than any memory"},
      {shape("(0, 4294967296, 4294967296)"), "its shape is larger than any memory"},
      {shape("(1152921504606846976,)"), "its shape is larger than any memory"},
      {file(dictionary("|i1", "(5, 1004000004000000002, 0)"), ""), "its shape is larger than any memory"},
      {shape("(1152921504606846975,)"),
       "'<f8' of shape (1152921504606846975) takes 9223372036854775800 bytes, but 8 follow the header"},
      {shape("(2,)"), "'<f8' of shape (2) takes 16 bytes, but 8 follow the header"},
      {shape("(0,)"), "'<f8' of shape (0) takes 0 bytes, but 8 follow the header"},
      {file(dictionary(">f8", "(1,)"), seven),
       "its descr '>f8' is not read; save the array as astype('<f4') or astype('<f8')"},
      {file(dictionary("<f2", "(4,)"), seven),
       "its descr '<f2' is not read; save the array as astype('<f4') or astype('<f8')"},
      {file(dictionary("|O", "(1,)"), seven),
       "its descr '|O' is not read; save the array as astype('<f4') or astype('<f8')"},
      {file(dictionary("", "(1,)"), seven),
       "its descr '' is not read; save the array as astype('<f4') or astype('<f8')"},
      {file(dictionary(std::string(200, '\n'), "(1,)"), seven),
       "its descr '" + std::string(80, '?') + "...' is not read; save the array as astype('<f4') or astype('<f8')"},
      {file(std::string(30000, '{'), seven), "its header has no text in quotes at byte 11"},
  };
  support::check_hostile([](std::string_view bytes) { parse_npy(bytes, "f"); }, files, 10'000);
}

BOOST_AUTO_TEST_CASE(damaged_files) {
  const auto parse = [](std::string_view bytes) { parse_npy(bytes); };
  support::check_prefixes(parse, nn::npy_bytes(matrix({{1, 2}, {3, 4}})));
  const std::string good = nn::npy_bytes(matrix({{1, 2}, {3, 4}}));
  support::check_changed_bytes(parse, good, good.size() - 32, 20'000);  // the header
}
