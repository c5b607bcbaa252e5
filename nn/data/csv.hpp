#pragma once
// CSV as RFC 4180 has it, and what is found in the wild: other delimiters, blanks around cells, a byte order mark,
// lines that end in \n, \r\n or \r, the last one too or not, blank lines (skipped), quotes inside unquoted cells.

#include <string>
#include <string_view>
#include <vector>

#include <nn/data/table.hpp>

namespace xgrad::nn::data {

struct CsvOptions {
  char delimiter = ',';
  bool header = true;  ///< the first line names the columns; if not, they are x1, x2, … or `names`
  std::vector<std::string> names = {};
  std::vector<std::string> missing = {"", "?", "NA", "nan", "NaN"};  ///< cells that hold no value
  std::vector<std::string> nominal = {};  ///< columns to read as words though their cells are numbers
};

/// A column is numeric if its cells are decimal numbers, nominal if none is; its words are numbered in alphabetical
/// order. One that mixes them is an error, unless listed as nominal. Packed files (.gz) are unpacked. Throws IoError
/// `file:line:column: …`.
Table read_csv(const std::string& path, const CsvOptions& options = {});
/// The same from a text; `name` stands for the file in messages.
Table parse_csv(std::string_view text, const CsvOptions& options = {}, const std::string& name = "csv");

}  // namespace xgrad::nn::data
