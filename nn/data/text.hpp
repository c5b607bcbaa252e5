#pragma once
// What the readers of text share: a place in the text, messages that name it, numbers. Internal to this folder.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xgrad::nn::data::detail {

/// Walks through a text that stays its owner's. Lines end in \n, \r\n or \r.
class Cursor {
 public:
  /// `name` stands in messages for the text. Skips a UTF-8 byte order mark. Throws IoError if this is not text.
  Cursor(std::string_view text, std::string name);

  /// Throws IoError `name:line:column: what`; columns count bytes, from 1.
  [[noreturn]] void fail(std::size_t offset, const std::string& what) const;
  [[noreturn]] void fail(const std::string& what) const { fail(at, what); }

  bool done() const { return at == text.size(); }
  /// The next byte, 0 at the end.
  char peek() const { return done() ? '\0' : text[at]; }
  bool at_line_end() const { return done() || text[at] == '\n' || text[at] == '\r'; }
  /// Spaces and tabs, unless they separate cells.
  void skip_blanks(char delimiter = '\0');
  /// Past a line's end, or the rest of the line and its end.
  void end_line();
  void skip_line();

  std::string_view text;
  std::string name;
  std::size_t at = 0;
};

/// A decimal number, whatever the locale, correctly rounded; infinite where it is too large. Anything else, `nan`,
/// `inf` and hexadecimal numbers too, is none.
std::optional<double> number(std::string_view cell);

/// As messages show it: cut after 40 bytes, on one line.
std::string shown(std::string_view cell);
/// The same in quotes.
std::string quoted(std::string_view cell, char quote = '\'');
/// `a, b, c`, cut after ten.
std::string listed(const std::vector<std::string>& words);

/// What a table may have, so that a file of commas does not fill the memory.
inline constexpr std::size_t max_columns = 100'000;

}  // namespace xgrad::nn::data::detail
