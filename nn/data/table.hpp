#pragma once
// Table: named columns of numbers or words, as files hold them. prepare() makes it a Dataset.

#include <string>
#include <vector>

#include <autograd/shape.hpp>

namespace xgrad::nn::data {

struct Column {
  std::string name;
  std::vector<double> values;      ///< one a row; NaN where missing; in a nominal column the number of the word
  std::vector<std::string> words;  ///< nominal: what the numbers 0, 1, … stand for; numeric: none
  bool nominal() const { return !words.empty(); }
};

struct Table {
  std::string name;  ///< what messages call it: the file
  std::vector<Column> columns;

  Index rows() const { return columns.empty() ? 0 : static_cast<Index>(columns[0].values.size()); }
  /// Throws IoError if there is none of that name.
  const Column& column(const std::string& column_name) const;
};

/// A file by its ending, `.gz` after it or not: .csv, .tsv (tabs between the cells) or .arff. Throws IoError.
Table read_table(const std::string& path);

/// The table with a value of these numeric columns taken for missing, as a 0 for a blood pressure. Throws IoError.
Table with_missing(Table table, const std::vector<std::string>& columns, double value);

/// Risk factors of five people and whether they have diabetes; smoking, obesity and exercise as 0 and 1.
Table diabetes_table();

}  // namespace xgrad::nn::data
