// Safetensors files: the bytes are pinned, what is written is read bit for bit, and a damaged or hostile file gives one
// clear error and takes no memory to speak of.

#define BOOST_TEST_MODULE safetensors
#include "readers.hpp"

#include <bit>
#include <limits>

#include <nn/safetensors.hpp>

#include "files.hpp"

using namespace xgrad;
using nn::parse_safetensors;
using nn::Safetensors;
using support::little_endian;
using support::same_bits;

namespace {

const double inf = std::numeric_limits<double>::infinity();

// A file with this header, as it stands, and this many bytes of data.
std::string file(const std::string& header, std::size_t data = 0) {
  std::string bytes = little_endian(header.size(), 8) + header;
  for (std::size_t i = 0; i < data; ++i) bytes += static_cast<char>(i);
  return bytes;
}
// One tensor under the name t.
std::string entry(const std::string& dtype, const std::string& shape, std::size_t begin, std::size_t end,
                  const std::string& name = "t") {
  return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":[" +
         std::to_string(begin) + "," + std::to_string(end) + "]}";
}
std::string one(const std::string& dtype, const std::string& shape, const std::string& data) {
  const std::string header = "{" + entry(dtype, shape, 0, data.size()) + "}";
  return file(header) + data;
}
Tensor tensor_of(const std::string& dtype, const std::string& shape, const std::string& data) {
  return parse_safetensors(one(dtype, shape, data)).tensors.at("t");
}

bool same(const std::map<std::string, Tensor>& a, const std::map<std::string, Tensor>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return x.first == y.first && same_bits(x.second, y.second); });
}

// Every shape and value that may stand in a file.
std::map<std::string, Tensor> samples() {
  Rng rng(1);
  const std::vector<double> special{0., -0., inf, -inf, NAN, 5e-324, -2.2e-308, 1e-45, 1.7976931348623157e308, 0.1};
  return {{"scalar", scalar(3)},
          {"empty", zeros({3, 0, 2}, f32)},
          {"special", tensor(special)},
          {"special f32", tensor(special, f32)},
          {"transposed", transpose(randn({3, 4}, rng))},
          {"rank 8", randn({1, 2, 1, 2, 1, 2, 1, 2}, rng, f32)},
          {"0.weight", randn({4, 2}, rng)},
          {"µ \"\\\n 漢", tensor({1.})},
          {"", tensor({2.}, f32)}};
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_bytes_of_a_file) {
  const std::map<std::string, Tensor> tensors{{"0.bias", tensor({-1.}, f32)}, {"0.weight", matrix({{1, 2}})}};
  const std::string header =
      R"({"__metadata__":{"step":"70"},"0.weight":{"dtype":"F64","shape":[1,2],"data_offsets":[0,16]},)"
      R"("0.bias":{"dtype":"F32","shape":[1],"data_offsets":[16,20]}})"
      "       ";
  const std::string expected = std::string("\xa0\0\0\0\0\0\0\0", 8) + header +
                               std::string(
                                   "\0\0\0\0\0\0\xf0\x3f"
                                   "\0\0\0\0\0\0\0\x40"
                                   "\0\0\x80\xbf",
                                   20);
  BOOST_TEST(header.size() == 160u);
  BOOST_TEST(nn::safetensors_bytes(tensors, {{"step", "70"}}) == expected);
  const Safetensors read = parse_safetensors(expected);
  BOOST_TEST(same(read.tensors, tensors));
  BOOST_TEST((read.metadata == std::map<std::string, std::string>{{"step", "70"}}));
}

BOOST_AUTO_TEST_CASE(round_trip) {
  const support::Folder folder;
  const std::string path = folder.path("a.safetensors");
  const std::map<std::string, std::string> metadata{{"format", "pt"}, {"", "\t\"é\" \\ \u2028"}};
  nn::save_safetensors(path, samples(), metadata);
  const Safetensors read = nn::load_safetensors(path);
  BOOST_TEST(same(read.tensors, samples()));
  BOOST_TEST((read.metadata == metadata));
  BOOST_TEST(support::content(path) == nn::safetensors_bytes(samples(), metadata));

  nn::save_safetensors(path, {});
  BOOST_TEST(support::content(path) == file("{}      "));
  BOOST_TEST(nn::load_safetensors(path).tensors.empty());
}

BOOST_AUTO_TEST_CASE(values_are_aligned) {
  const std::string bytes = nn::safetensors_bytes({{"a", tensor({1.}, f32)}, {"b", tensor({2.})}}, {{"x", "y"}});
  const std::size_t header = bytes.find('}', bytes.rfind("F32")) + 2;
  BOOST_TEST((8 + (header - 8 + 7) / 8 * 8) == bytes.size() - 12);
  BOOST_TEST(bytes.substr(bytes.size() - 12, 8) == std::string("\0\0\0\0\0\0\0\x40", 8));  // f64 first
}

BOOST_AUTO_TEST_CASE(narrow_types_are_widened) {
  const auto values = [](const std::string& dtype, const std::string& data, std::size_t bytes) {
    return tensor_of(dtype, "[" + std::to_string(data.size() / bytes) + "]", data).values();
  };
  const auto halves = [](std::initializer_list<unsigned> bits) {
    std::string data;
    for (const unsigned b : bits) data += little_endian(b, 2);
    return data;
  };
  using V = std::vector<double>;
  BOOST_TEST(values("BOOL", std::string("\0\1\2", 3), 1) == V({0, 1, 1}));
  BOOST_TEST(values("I8", "\x80\x7f", 1) == V({-128, 127}));
  BOOST_TEST(values("U8", "\x80\xff", 1) == V({128, 255}));
  BOOST_TEST(values("I16", halves({0x8000, 0x7fff}), 2) == V({-32768, 32767}));
  BOOST_TEST(values("U16", halves({0x8000, 0xffff}), 2) == V({32768, 65535}));
  BOOST_TEST(values("I32", little_endian(0x80000000, 4), 4) == V({-2147483648.}));
  BOOST_TEST(values("U32", little_endian(0xffffffff, 4), 4) == V({4294967295.}));
  BOOST_TEST(values("I64", little_endian(1ull << 53, 8) + little_endian(-(1ull << 53), 8), 8) == V({0x1p53, -0x1p53}));
  BOOST_TEST(values("U64", little_endian(1ull << 53, 8), 8) == V({0x1p53}));
  BOOST_TEST(values("BF16", halves({0x3f80, 0xc040, 0x7f80, 0x0001}), 2) == V({1, -3, inf, 0x1p-133}));
  BOOST_TEST(values("F16", halves({0x3c00, 0xc200, 0x7bff, 0x0001, 0x03ff, 0x0400, 0xfc00}), 2) ==
             V({1, -3, 65504, 0x1p-24, 1023 * 0x1p-24, 0x1p-14, -inf}));
  BOOST_TEST(std::isnan(values("F16", halves({0x7e00}), 2)[0]));
  BOOST_TEST(std::signbit(values("F16", halves({0x8000}), 2)[0]));
  for (const char* half : {"F16", "BF16"}) BOOST_TEST((tensor_of(half, "[1]", halves({0})).dtype() == f32));
  BOOST_TEST((tensor_of("I8", "[]", "\x05").dtype() == f64));
  CHECK_MESSAGE(values("I64", little_endian((1ull << 53) + 1, 8), 8),
                "safetensors: tensor t: holds 9007199254740993, which f64 may not hold exactly");
  CHECK_MESSAGE(values("I64", little_endian(-(1ull << 53) - 1, 8), 8),
                "safetensors: tensor t: holds -9007199254740993, which f64 may not hold exactly");
  CHECK_MESSAGE(values("U64", little_endian(~0ull, 8), 8),
                "safetensors: tensor t: holds 18446744073709551615, which f64 may not hold exactly");
}

BOOST_AUTO_TEST_CASE(what_is_read_though_it_is_not_what_we_write) {
  // Space within, keys and tensors in any order, an empty tensor between two others.
  const std::string header = " \n{ \"b\" : {\"data_offsets\":[4,8], \"shape\": [1 ],\"dtype\":\"F32\"},\t" +
                             entry("F32", "[0]", 4, 4, "e") + "," + entry("F32", "[1]", 0, 4, "a") + "}\n";
  const auto read = parse_safetensors(file(header.substr(2), 8));
  BOOST_TEST(read.tensors.size() == 3u);
  BOOST_TEST(read.tensors.at("e").size() == 0);
  BOOST_TEST(parse_safetensors(file(R"({"__metadata__":{}})")).metadata.empty());
  BOOST_TEST(
      parse_safetensors(file(R"({"\u00b5":)" + entry("U8", "[1]", 0, 1).substr(4) + "}", 1)).tensors.contains("µ"));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_saved) {
  const support::Folder folder;
  const std::string path = folder.path("a");
  CHECK_MESSAGE(nn::save_safetensors(path, {{"w", Tensor()}}), path + ": tensor w has no values to be written");
  CHECK_MESSAGE(nn::save_safetensors(path, {{"w", zeros({0, Index{1} << 40, Index{1} << 40})}}),
                path + ": tensor w: its shape is larger than any memory");
  CHECK_MESSAGE(nn::save_safetensors(path, {{"\xff", scalar(1)}}), path + ": \xff is not UTF-8");
  CHECK_MESSAGE(nn::save_safetensors(path, {}, {{"k", "\xc3"}}), path + ": \xc3 is not UTF-8");
  CHECK_MESSAGE(nn::save_safetensors(path, {{"__metadata__", scalar(1)}}),
                path + ": a tensor cannot be called __metadata__");
  BOOST_TEST(folder.names().empty());
  CHECK_MESSAGE(nn::load_safetensors(path), "cannot read " + path + ": No such file or directory");
}

BOOST_AUTO_TEST_CASE(hostile_files) {
  const std::string f = entry("F32", "[1]", 0, 4);
  const std::string deep(1'000'000, '['), deep_objects = [] {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += R"({"a":)";
    return text;
  }();
  const std::vector<support::Hostile> files{
      // the length
      {"", "no safetensors file: it has only 0 bytes"},
      {"1234567", "no safetensors file: it has only 7 bytes"},
      {std::string(8, '\xff'),
       "no safetensors file: its header would have 18446744073709551615 bytes; the format allows 100000000"},
      {little_endian(100'000'001, 8),
       "no safetensors file: its header would have 100000001 bytes; the format allows 100000000"},
      {little_endian(100'000'000, 8) + "{}", "cut off: its header has 100000000 bytes, of which 2 are there"},
      {little_endian(3, 8) + "{}", "cut off: its header has 3 bytes, of which 2 are there"},
      // the text
      {file(""), "its header does not begin with {"},
      {file(" {}"), "its header does not begin with {"},
      {file("[]"), "its header does not begin with {"},
      {file("{"), "its header is not JSON in UTF-8 at byte 10"},
      {file("{}}"), "its header is not JSON in UTF-8 at byte 11"},
      {file("{} x"), "its header is not JSON in UTF-8 at byte 12"},
      {file(std::string("{}\0", 3)), "its header is not JSON in UTF-8 at byte 11"},
      {file("{\"\xff\":1}"), "its header is not JSON in UTF-8 at byte 11"},
      {file("{\"\xc0\xaf\":1}"), "its header is not JSON in UTF-8 at byte 11"},
      {file("{\"\\ud800\":1}"), "its header is not JSON in UTF-8 at byte 17"},
      {file("{'t':1}"), "its header is not JSON in UTF-8 at byte 10"},
      {file("{" + f + ",}", 4), "its header is not JSON in UTF-8 at byte 63"},
      {file("{\"t\":" + deep), "tensor t is a list, not an object"},
      {file(deep_objects), "tensor a: unknown key a"},
      {file("{\"t\":{\"shape\":" + deep), "tensor t: a list does not belong into shape"},
      {file("{\"__metadata__\":{\"a\":" + deep), "__metadata__: a list does not belong into a"},
      // the form
      {file("{\"t\":1}"), "tensor t is a number, not an object"},
      {file("{\"t\":null}"), "tensor t is null, not an object"},
      {file("{\"t\":true}"), "tensor t is a truth value, not an object"},
      {file("{\"t\":\"F32\"}"), "tensor t is a text, not an object"},
      {file("{\"t\":{}}"), "tensor t: has no dtype"},
      {file("{\"t\":{\"dtype\":\"F32\"}}"), "tensor t: has no shape"},
      {file("{\"t\":{\"dtype\":\"F32\",\"shape\":[1]}}"), "tensor t: has no data_offsets"},
      {file("{\"t\":{\"dtype\":7}}"), "tensor t: a number does not belong into dtype"},
      {file("{\"t\":{\"dtype\":[]}}"), "tensor t: a list does not belong into dtype"},
      {file("{\"t\":{\"shape\":4}}"), "tensor t: a number does not belong into shape"},
      {file("{\"t\":{\"shape\":[-1]}}"), "tensor t: a negative number does not belong into shape"},
      {file("{\"t\":{\"shape\":[1.0]}}"), "tensor t: a number that is not whole does not belong into shape"},
      {file("{\"t\":{\"shape\":[1e2]}}"), "tensor t: a number that is not whole does not belong into shape"},
      {file("{\"t\":{\"shape\":[18446744073709551616]}}"),
       "tensor t: a number that is not whole does not belong into shape"},
      {file("{\"t\":{\"shape\":[\"1\"]}}"), "tensor t: a text does not belong into shape"},
      {file("{\"t\":{\"shape\":[1,1,1,1,1,1,1,1,1]}}"), "tensor t: its shape has more than 8 axes"},
      {file("{\"t\":{\"data_offsets\":{}}}"), "tensor t: an object does not belong into data_offsets"},
      {file("{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4),
       "tensor t: its data_offsets are not two numbers"},
      {file("{\"t\":{\"data_offsets\":[0,4,8]}}"), "tensor t: its data_offsets are not two numbers"},
      {file("{\"t\":{\"strides\":[1]}}"), "tensor t: unknown key strides"},
      {file("{\"t\":{\"dtype\":\"F32\",\"dtype\":\"F64\"}}"), "tensor t: dtype stands twice"},
      {file("{" + f + "," + f + "}", 4), "t stands twice in the header"},
      {file("{\"__metadata__\":{},\"__metadata__\":{}}"), "__metadata__ stands twice in the header"},
      {file("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}"), "__metadata__: a stands twice"},
      {file("{\"__metadata__\":{\"a\":1}}"), "__metadata__: a number does not belong into a"},
      {file("{\"__metadata__\":[]}"), "__metadata__ is a list, not an object"},
      {file("{\"" + std::string(200, 'n') + "\\n\":1}"),
       "tensor " + std::string(80, 'n') + "... is a number, not an object"},
      {file("{\"a\\nb\":1}"), "tensor a?b is a number, not an object"},
      // the data
      {file("{" + entry("F32", "[1]", 0, 8) + "}", 4), "tensor t: its data [0, 8) leave the 4 bytes of the file"},
      {file("{" + entry("F32", "[1]", 0, ~std::size_t{0}) + "}", 4),
       "tensor t: its data [0, 18446744073709551615) leave the 4 bytes of the file"},
      {file("{" + entry("F32", "[1]", 4, 0) + "}", 4), "tensor t: its data [4, 0) end before they begin"},
      {file("{" + f + "," + entry("F32", "[1]", 0, 4, "u") + "}", 8), "tensor u: its data [0, 4) overlap those of t"},
      {file("{" + entry("F32", "[2]", 0, 8) + "," + entry("F32", "[1]", 4, 8, "u") + "}", 8),
       "tensor u: its data [4, 8) overlap those of t"},
      {file("{" + entry("F32", "[2]", 0, 8) + "," + entry("F32", "[0]", 4, 4, "u") + "}", 8),
       "tensor u: its data [4, 4) overlap those of t"},
      {file("{" + entry("F32", "[1]", 4, 8) + "}", 8), "tensor t: its data [4, 8) leave a gap from byte 0 on"},
      {file("{" + f + "," + entry("F32", "[1]", 8, 12, "u") + "}", 12),
       "tensor u: its data [8, 12) leave a gap from byte 4 on"},
      {file("{" + f + "}", 5), "1 bytes follow the last tensor's data"},
      {file("{}", 1), "1 bytes follow the last tensor's data"},
      {file("{" + entry("F32", "[2]", 0, 4) + "}", 4),
       "tensor t: F32 of shape (2) takes 8 bytes, its data_offsets give 4"},
      {file("{" + entry("F64", "[]", 0, 4) + "}", 4),
       "tensor t: F64 of shape () takes 8 bytes, its data_offsets give 4"},
      {file("{" + entry("F8_E4M3", "[4]", 0, 4) + "}", 4),
       "tensor t: its dtype F8_E4M3 is not read; convert it to F32 or F64"},
      {file("{" + entry("F32", "[4294967296,4294967296]", 0, 0) + "}"),
       "tensor t: its shape is larger than any memory"},
      {file("{" + entry("F32", "[2305843009213693952]", 0, 0) + "}"), "tensor t: its shape is larger than any memory"},
      {file("{" + entry("U8", "[5,1004000004000000002,0]", 0, 0) + "}"),
       "tensor t: its shape is larger than any memory"},
      {file("{" + entry("F32", "[9223372036854775808]", 0, 0) + "}"), "tensor t: its shape is larger than any memory"},
      {file("{" + entry("F32", "[0,4294967296,4294967296]", 0, 0) + "}"),
       "tensor t: its shape is larger than any memory"},
  };
  support::check_hostile([](std::string_view bytes) { parse_safetensors(bytes, "f"); }, files, 20'000);
}

BOOST_AUTO_TEST_CASE(damaged_files) {
  const auto parse = [](std::string_view bytes) { parse_safetensors(bytes); };
  support::check_prefixes(parse, nn::safetensors_bytes(samples(), {{"a", "b"}}));
  const std::string good = nn::safetensors_bytes({{"w", matrix({{1, 2}})}, {"b", tensor({1.}, f32)}}, {{"k", "v"}});
  support::check_changed_bytes(parse, good, good.size() - 20, 20'000);  // the header
}
