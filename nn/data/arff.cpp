#include <nn/data/arff.hpp>

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include <autograd/error.hpp>
#include <nn/data/file.hpp>
#include <nn/data/text.hpp>

namespace xgrad::nn::data {
namespace {

using detail::quoted;

std::string lower(std::string_view s) {
  std::string result(s);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

class ArffReader : detail::Cursor {
 public:
  ArffReader(std::string_view arff, const std::string& file) : Cursor(arff, file) { table_.name = name; }

  Table read() {
    while (!declaration()) {}
    for (skip_empty_lines(); !done(); skip_empty_lines()) row();
    return std::move(table_);
  }

 private:
  struct Token {
    std::string text;
    bool quoted = false;
    std::size_t start = 0;
  };

  // At the end of what a line says: its end, or a comment.
  bool rest_is_empty() {
    skip_blanks();
    return at_line_end() || peek() == '%';
  }

  void skip_empty_lines() {
    while (!done() && rest_is_empty()) skip_line();
  }

  void end_statement() {
    if (!rest_is_empty()) fail("the line should end before " + quoted(text.substr(at, line_rest())));
    skip_line();
  }

  std::size_t line_rest() const { return std::min(text.find_first_of("\r\n", at), text.size()) - at; }

  // A word up to a blank or one of , { } %, or a quoted one with its escapes.
  Token token() {
    Token t{.text = {}, .quoted = peek() == '\'' || peek() == '"', .start = at};
    if (!t.quoted) {
      const auto stop = std::min(text.find_first_of(" \t,{}%\r\n", at), text.size());
      t.text = text.substr(at, stop - at);
      at = stop;
      return t;
    }
    const char quote = text[at++];
    for (; peek() != quote; ++at) {
      if (at_line_end()) fail(t.start, "this quote is never closed");
      if (text[at] != '\\') {
        t.text += text[at];
        continue;
      }
      ++at;
      if (at_line_end()) fail(t.start, "this quote is never closed");
      t.text += text[at] == 'n' ? '\n' : text[at] == 't' ? '\t' : text[at] == 'r' ? '\r' : text[at];
    }
    ++at;
    return t;
  }

  // Reads one line of the header; whether it was @data.
  bool declaration() {
    skip_empty_lines();
    if (done()) fail("there is no @data; is it the right file?");
    const Token keyword = token();
    const std::string word = lower(keyword.text);
    if (!keyword.quoted && word == "@relation") {
      skip_line();
    } else if (!keyword.quoted && word == "@attribute") {
      attribute();
    } else if (!keyword.quoted && word == "@data") {
      if (table_.columns.empty()) fail(keyword.start, "@data without any @attribute before it");
      end_statement();
      return true;
    } else {
      at = keyword.start;
      fail(quoted(text.substr(at, line_rest())) + " should be @relation, @attribute or @data");
    }
    return false;
  }

  void attribute() {
    skip_blanks();
    const Token label = token();
    if (label.text.empty()) fail(label.start, "an @attribute needs a name and a type");
    if (!names_.insert(label.text).second)
      fail(label.start, "two attributes are called " + quoted(label.text, '"') + "; rename one");
    if (table_.columns.size() == detail::max_columns)
      fail(label.start, "more than " + std::to_string(detail::max_columns) + " attributes");
    Column column{label.text, {}, {}};
    std::unordered_map<std::string, double> codes;
    skip_blanks();
    if (peek() == '{') {
      codes = words(column);
    } else {
      const Token type = token();
      const std::string kind = lower(type.text);
      if (kind == "string" || kind == "date" || kind == "relational")
        fail(type.start, kind + " attributes are not read; leave " + quoted(label.text, '"') +
                             " out, or declare its words as {a, b, …}");
      if (kind != "numeric" && kind != "real" && kind != "integer")
        fail(type.start, "the type of " + quoted(label.text, '"') +
                             " should be numeric, real, integer or {a, b, …}, not " + quoted(type.text));
    }
    end_statement();
    table_.columns.push_back(std::move(column));
    codes_.push_back(std::move(codes));
  }

  std::unordered_map<std::string, double> words(Column& column) {
    std::unordered_map<std::string, double> codes;
    const std::size_t open = at++;
    for (;;) {
      skip_blanks();
      if (peek() == '}') break;
      if (at_line_end() || peek() == '%') fail(open, "this { is never closed on its line");
      const Token word = token();
      if (word.text.empty() && !word.quoted) fail("a word is missing before " + quoted(text.substr(at, 1)));
      if (!codes.emplace(word.text, static_cast<double>(codes.size())).second)
        fail(word.start, quoted(word.text) + " is declared twice");
      column.words.push_back(word.text);
      skip_blanks();
      if (peek() == ',') ++at;
    }
    ++at;
    if (codes.empty()) fail(open, "no word is declared");
    return codes;
  }

  void row() {
    if (peek() == '{') fail("sparse rows are not read; write every value of the row");
    const std::size_t columns = table_.columns.size();
    for (std::size_t c = 0; c < columns; ++c) {
      if (rest_is_empty())
        fail(std::to_string(c) + (c == 1 ? " value, but " : " values, but ") + std::to_string(columns) + " attributes");
      const Token value = token();
      table_.columns[c].values.push_back(take(table_.columns[c], codes_[c], value));
      skip_blanks();
      if (c + 1 < columns && peek() == ',') ++at;
    }
    if (!rest_is_empty()) fail("more values than the " + std::to_string(columns) + " attributes");
    skip_line();
  }

  double take(const Column& column, const std::unordered_map<std::string, double>& codes, const Token& value) {
    if (value.text.empty() && !value.quoted) fail(value.start, "a value is missing; write ? for one that is not known");
    if (!value.quoted && value.text == "?") return std::nan("");
    if (!column.nominal()) {
      const auto parsed = detail::number(value.text);
      if (!parsed || !std::isfinite(*parsed))
        fail(value.start, quoted(value.text) + " is not a number in column " + quoted(column.name, '"') +
                              "; correct it, or write ? if it is missing");
      return *parsed;
    }
    const auto known = codes.find(value.text);
    if (known == codes.end())
      fail(value.start, quoted(value.text) + " is not a word of column " + quoted(column.name, '"') + ": " +
                            detail::listed(column.words));
    return known->second;
  }

  Table table_;
  std::vector<std::unordered_map<std::string, double>> codes_;
  std::unordered_set<std::string> names_;
};

}  // namespace

Table parse_arff(std::string_view text, const std::string& name) { return ArffReader(text, name).read(); }

Table read_arff(const std::string& path) { return parse_arff(detail::read_file(path), path); }

}  // namespace xgrad::nn::data
