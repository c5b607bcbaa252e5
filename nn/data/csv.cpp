#include <nn/data/csv.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_set>

#include <autograd/error.hpp>
#include <nn/data/file.hpp>
#include <nn/data/text.hpp>

namespace xgrad::nn::data {
namespace {

using detail::quoted;

// A column while it is read.
struct Building {
  enum class Kind { unknown, numeric, detected_words, forced_words };
  Kind kind = Kind::unknown;
  std::size_t first = 0;  // where its first value stands
  std::map<std::string, double, std::less<>> codes = {};
};

class CsvReader : detail::Cursor {
 public:
  CsvReader(std::string_view csv, const CsvOptions& options, const std::string& file)
      : Cursor(csv, file), options_(options) {
    if (options.delimiter == '"' || options.delimiter == '\n' || options.delimiter == '\r' || options.delimiter == '\0')
      throw IoError(name + ": the delimiter must be a byte other than a quote, a line end and zero");
  }

  Table read() {
    skip_blank_lines();
    if (done()) throw IoError(name + ": holds no " + (options_.header ? "header" : "row") + "; is it the right file?");
    head();
    for (skip_blank_lines(); !done(); skip_blank_lines()) row();
    for (std::size_t c = 0; c < table_.columns.size(); ++c) sort_words(table_.columns[c], building_[c]);
    return std::move(table_);
  }

 private:
  void skip_blank_lines() {
    while (!done()) {
      const std::size_t start = at;
      skip_blanks(options_.delimiter);
      if (!at_line_end()) {
        at = start;
        return;
      }
      end_line();
    }
  }

  // The next cell: its value without quotes and blanks around it. `start_` is where it begins; `at` ends up on the
  // delimiter, the line end or the end of the text.
  std::string_view cell() {
    skip_blanks(options_.delimiter);
    start_ = at;
    if (peek() == '"') return quoted_cell();
    while (!at_line_end() && text[at] != options_.delimiter) ++at;
    std::size_t stop = at;
    while (stop > start_ && (text[stop - 1] == ' ' || text[stop - 1] == '\t')) --stop;
    return text.substr(start_, stop - start_);
  }

  std::string_view quoted_cell() {
    ++at;
    const std::size_t begin = at;
    bool doubled = false;
    for (;; at += 2) {
      at = std::min(text.find('"', at), text.size());
      if (done()) fail(start_, "this quote is never closed");
      if (at + 1 == text.size() || text[at + 1] != '"') break;
      doubled = true;
    }
    std::string_view inner = text.substr(begin, at - begin);
    ++at;
    skip_blanks(options_.delimiter);
    if (!at_line_end() && text[at] != options_.delimiter)
      fail("text after a closing quote; inside a quoted cell a quote is written twice");
    if (!doubled) return inner;
    scratch_.clear();
    for (std::size_t i = 0; i < inner.size(); ++i) {
      scratch_ += inner[i];
      if (inner[i] == '"') ++i;
    }
    return scratch_;
  }

  // f(cell) for each cell of a line, and past the line's end.
  template <class F>
  void line(F f) {
    for (;; ++at) {
      f(cell());
      if (at_line_end()) break;
    }
    end_line();
  }

  void head() {
    const std::size_t begin = at;
    std::vector<std::string> names;
    bool only_numbers = true;
    line([&](std::string_view c) {
      if (names.size() == detail::max_columns)
        fail(start_, "more than " + std::to_string(detail::max_columns) + " columns; is " +
                         quoted({&options_.delimiter, 1}) + " the delimiter?");
      only_numbers = only_numbers && detail::number(c);
      names.push_back(options_.header && !c.empty() ? std::string(c) : "x" + std::to_string(names.size() + 1));
    });
    if (!options_.header)
      at = begin;
    else if (only_numbers)
      fail(begin, "the header holds only numbers; say that there is none (header = false)");
    if (!options_.names.empty()) {
      if (options_.names.size() != names.size())
        throw IoError(name + ": has " + std::to_string(names.size()) + " columns, but " +
                      std::to_string(options_.names.size()) + " names are given");
      names = options_.names;
    }
    name_columns(begin, names);
  }

  void name_columns(std::size_t begin, const std::vector<std::string>& names) {
    std::unordered_set<std::string> known;
    for (const std::string& n : names)
      if (!known.insert(n).second) fail(begin, "two columns are called " + quoted(n, '"') + "; rename one");
    table_.name = name;
    building_.resize(names.size());
    for (const std::string& n : names) table_.columns.push_back({n, {}, {}});
    for (const std::string& n : options_.nominal)
      building_[static_cast<std::size_t>(&table_.column(n) - table_.columns.data())].kind =
          Building::Kind::forced_words;
    const auto left = text.substr(at);
    const auto lines = static_cast<std::size_t>(std::count(left.begin(), left.end(), '\n')) + 1;
    for (Column& c : table_.columns) c.values.reserve(std::min(lines, left.size() / names.size() + 1));
  }

  void row() {
    const std::size_t columns = table_.columns.size();
    std::size_t c = 0;
    line([&](std::string_view value) {
      if (c == columns)
        fail(start_, "more cells than the " + std::to_string(columns) +
                         " columns; put quotes around a cell that holds the delimiter");
      table_.columns[c].values.push_back(take(table_.columns[c], building_[c], value));
      if (++c < columns && at_line_end())
        fail(std::to_string(c) + (c == 1 ? " cell, but " : " cells, but ") + std::to_string(columns) + " columns");
    });
  }

  double take(const Column& column, Building& b, std::string_view value) {
    if (std::find(options_.missing.begin(), options_.missing.end(), value) != options_.missing.end())
      return std::nan("");
    using enum Building::Kind;
    const auto parsed = b.kind == forced_words ? std::nullopt : detail::number(value);
    if (b.kind == unknown) {
      b.kind = parsed ? numeric : detected_words;
      b.first = start_;
    }
    if (b.kind == numeric) {
      if (!parsed)
        fail(start_, quoted(value) + " is not a number in column " + quoted(column.name, '"') +
                         "; correct it, leave it empty if it is missing, or list the column as nominal");
      if (!std::isfinite(*parsed))
        fail(start_, quoted(value) + " in column " + quoted(column.name, '"') + " is too large for a number");
      return *parsed;
    }
    if (parsed) mixed(column, b, value);
    const auto known = b.codes.find(value);
    if (known != b.codes.end()) return known->second;
    return b.codes.emplace(value, static_cast<double>(b.codes.size())).first->second;
  }

  // The word came first; of the two it is more likely the slip, so its place is named.
  [[noreturn]] void mixed(const Column& column, const Building& b, std::string_view value) {
    const std::string other = quoted(value);
    at = b.first;
    fail(b.first, quoted(cell()) + " is a word, but other cells of column " + quoted(column.name, '"') +
                      " are numbers (" + other + "); correct it, list it as missing, or the column as nominal");
  }

  static void sort_words(Column& column, const Building& b) {
    std::vector<double> place(b.codes.size());
    for (const auto& [word, code] : b.codes) {
      place[static_cast<std::size_t>(code)] = static_cast<double>(column.words.size());
      column.words.push_back(word);
    }
    if (column.nominal())
      for (double& v : column.values)
        if (!std::isnan(v)) v = place[static_cast<std::size_t>(v)];
  }

  const CsvOptions& options_;
  Table table_;
  std::vector<Building> building_;
  std::size_t start_ = 0;
  std::string scratch_;
};

}  // namespace

Table parse_csv(std::string_view text, const CsvOptions& options, const std::string& name) {
  return CsvReader(text, options, name).read();
}

Table read_csv(const std::string& path, const CsvOptions& options) {
  return parse_csv(detail::read_file(path), options, path);
}

}  // namespace xgrad::nn::data
