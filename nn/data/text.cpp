#include <nn/data/text.hpp>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <locale.h>

#include <autograd/error.hpp>

namespace xgrad::nn::data::detail {

Cursor::Cursor(std::string_view t, std::string n) : text(t), name(std::move(n)) {
  using namespace std::string_view_literals;
  if (text.starts_with("\xff\xfe"sv) || text.starts_with("\xfe\xff"sv))
    throw IoError(name + ": is UTF-16 text; save it as UTF-8");
  if (text.starts_with("\xef\xbb\xbf"sv)) text.remove_prefix(3);
  if (const auto zero = text.find('\0'); zero != text.npos) fail(zero, "a zero byte: this is not a text file");
}

void Cursor::fail(std::size_t offset, const std::string& what) const {
  std::size_t line = 1, start = 0;
  for (std::size_t i = 0; i < offset; ++i)
    if (text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n'))) {
      ++line;
      start = i + 1;
    }
  throw IoError(name + ":" + std::to_string(line) + ":" + std::to_string(offset - start + 1) + ": " + what);
}

void Cursor::skip_blanks(char delimiter) {
  while (!done() && (text[at] == ' ' || text[at] == '\t') && text[at] != delimiter) ++at;
}

void Cursor::end_line() {
  if (peek() == '\r') ++at;
  if (peek() == '\n') ++at;
}

void Cursor::skip_line() {
  while (!at_line_end()) ++at;
  end_line();
}

namespace {

bool is_decimal(std::string_view s) {
  const auto digits = [&s] {
    const auto n = std::min(s.find_first_not_of("0123456789"), s.size());
    s.remove_prefix(n);
    return n;
  };
  const auto sign = [&s] {
    if (!s.empty() && (s[0] == '+' || s[0] == '-')) s.remove_prefix(1);
  };
  sign();
  std::size_t count = digits();
  if (!s.empty() && s[0] == '.') {
    s.remove_prefix(1);
    count += digits();
  }
  if (count == 0) return false;
  if (!s.empty() && (s[0] == 'e' || s[0] == 'E')) {
    s.remove_prefix(1);
    sign();
    if (digits() == 0) return false;
  }
  return s.empty();
}

}  // namespace

std::optional<double> number(std::string_view cell) {
  if (!is_decimal(cell)) return std::nullopt;
  // A decimal point is a comma in some locales; made once, never freed.
  static const locale_t plain = newlocale(LC_ALL_MASK, "C", locale_t{});
  char small[64];  // strtod wants an end
  if (cell.size() < sizeof small) {
    std::memcpy(small, cell.data(), cell.size());
    small[cell.size()] = '\0';
    return strtod_l(small, nullptr, plain);
  }
  return strtod_l(std::string(cell).c_str(), nullptr, plain);
}

std::string shown(std::string_view cell) {
  constexpr std::size_t longest = 40;
  std::string result;
  for (const char c : cell.substr(0, longest)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f)
      result += c;
    else
      result += {'\\', 'x', "0123456789abcdef"[byte / 16], "0123456789abcdef"[byte % 16]};
  }
  return cell.size() > longest ? result + "…" : result;
}

std::string quoted(std::string_view cell, char quote) { return quote + shown(cell) + quote; }

std::string listed(const std::vector<std::string>& words) {
  std::string result;
  for (std::size_t i = 0; i < words.size() && i < 10; ++i) result += (i ? ", " : "") + shown(words[i]);
  return words.size() > 10 ? result + ", …" : result;
}

}  // namespace xgrad::nn::data::detail
