#include <nn/npy_header.hpp>

#include <charconv>

#include <nn/untrusted.hpp>

namespace xgrad::nn::detail {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t longest_header = 65535;  // of version 1; numpy itself refuses longer ones unless told otherwise

// The dictionary, a Python literal: {'descr': '<f8', 'fortran_order': False, 'shape': (4, 2), }
class Dictionary {
 public:
  Dictionary(std::string_view text, std::size_t offset, const std::string& file)
      : text_(text), offset_(offset), file_(file) {}

  NpyHeader read() {
    NpyHeader header{"", false, {}, {}};
    bool descr = false, order = false, shape = false;
    expect('{');
    while (!take('}')) {
      const std::string_view key = quoted();
      expect(':');
      if (key == "descr" && !descr) {
        descr = true;
        header.descr = descr_text();
      } else if (key == "fortran_order" && !order) {
        order = true;
        header.fortran_order = truth();
      } else if (key == "shape" && !shape) {
        shape = true;
        header.shape = tuple();
      } else {
        fail("an unknown or repeated key");
      }
      if (!take(',')) {
        expect('}');
        break;
      }
    }
    skip_space();
    if (at_ != text_.size()) fail("more text after the }");
    if (!descr || !order || !shape)
      throw IoError(file_ + ": its header has no " + (!descr ? "descr" : !order ? "fortran_order" : "shape"));
    return header;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw IoError(file_ + ": its header has " + what + " at byte " + std::to_string(offset_ + at_));
  }
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  bool take(char c) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) fail(std::string("no ") + c);
  }
  bool take(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  std::string_view quoted() {
    skip_space();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    const std::size_t end = quote == '\'' || quote == '"' ? text_.find(quote, at_ + 1) : std::string_view::npos;
    if (end == std::string_view::npos) fail("no text in quotes");
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return inside;
  }
  std::string descr_text() {
    skip_space();
    if (at_ < text_.size() && text_[at_] == '[')
      throw IoError(file_ + ": holds records, which are not read; save one array a file");
    return std::string(quoted());
  }
  bool truth() {
    skip_space();
    const bool yes = take("True");
    if (!yes && !take("False")) fail("neither True nor False");
    return yes;
  }
  Shape tuple() {
    Shape shape;
    bool comma = true;  // a list of one needs one too: (3) is a number in Python
    expect('(');
    while (!take(')')) {
      if (!comma) fail("no , between sizes");
      Index size = 0;
      const char* const begin = text_.data() + at_;
      const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), size);
      if (error != std::errc() || size < 0) fail("no size");
      at_ += static_cast<std::size_t>(end - begin);
      if (shape.rank() == Shape::capacity)
        throw IoError(file_ + ": its shape has more than " + std::to_string(Shape::capacity) + " axes");
      shape.push_back(size);
      comma = take(',');
      skip_space();
    }
    if (shape.rank() == 1 && !comma) fail("no , after the only size");
    return shape;
  }

  std::string_view text_;
  std::size_t at_ = 0, offset_;
  const std::string& file_;
};

}  // namespace

NpyHeader parse_npy_header(std::string_view bytes, const std::string& name) {
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
  if (!bytes.starts_with(magic)) throw IoError(name + ": no .npy file: it does not begin with \\x93NUMPY");
  const std::size_t version = bytes.size() > 7 ? byte(6) : 1, length_at = 8, length_bytes = version == 1 ? 2 : 4;
  if (bytes.size() < length_at + length_bytes) throw IoError(name + ": cut off within its first bytes");
  if (version < 1 || version > 3 || byte(7) != 0)
    throw IoError(name + ": version " + std::to_string(version) + "." + std::to_string(byte(7)) +
                  " of the format is not read; 1.0, 2.0 and 3.0 are");
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) length |= byte(length_at + i) << (8 * i);
  bytes.remove_prefix(length_at + length_bytes);
  if (length > longest_header)
    throw IoError(name + ": its header has " + std::to_string(length) + " bytes; at most " +
                  std::to_string(longest_header) + " are read");
  if (length > bytes.size())
    throw IoError(name + ": cut off: its header has " + std::to_string(length) + " bytes, of which " +
                  std::to_string(bytes.size()) + " are there");
  NpyHeader header = Dictionary(bytes.substr(0, length), length_at + length_bytes, name).read();
  header.values = bytes.substr(length);

  return header;
}

std::string npy_header(const NpyHeader& header) {
  std::string text = "{'descr': '" + header.descr + "', 'fortran_order': " + (header.fortran_order ? "True" : "False") +
                     ", 'shape': (";
  for (const Index size : header.shape) text += std::to_string(size) + ", ";
  if (header.shape.rank() > 0) text.pop_back();
  if (header.shape.rank() > 1) text.pop_back();
  text += "), }";
  text.resize(117, ' ');  // room for any shape: sizes whose product fits have 27 digits. Values begin at byte 128
  return std::string(magic) + std::string("\1\0\x76\0", 4) + text + '\n';
}

}  // namespace xgrad::nn::detail
