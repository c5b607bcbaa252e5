#include <nn/data/table.hpp>

#include <algorithm>
#include <cmath>

#include <autograd/error.hpp>
#include <nn/data/arff.hpp>
#include <nn/data/csv.hpp>
#include <nn/data/text.hpp>

namespace xgrad::nn::data {
namespace {

std::size_t place(const Table& table, const std::string& name) {
  const auto& all = table.columns;
  const auto found = std::find_if(all.begin(), all.end(), [&](const Column& c) { return c.name == name; });
  if (found != all.end()) return static_cast<std::size_t>(found - all.begin());
  std::vector<std::string> names;
  for (const Column& c : all) names.push_back(c.name);
  throw IoError(table.name + ": there is no column " + detail::quoted(name, '"') + "; it has " + detail::listed(names));
}

}  // namespace

const Column& Table::column(const std::string& column_name) const { return columns[place(*this, column_name)]; }

Table read_table(const std::string& path) {
  std::string_view stem = path;
  if (stem.ends_with(".gz")) stem.remove_suffix(3);
  if (stem.ends_with(".csv")) return read_csv(path);
  if (stem.ends_with(".tsv")) return read_csv(path, {.delimiter = '\t'});
  if (stem.ends_with(".arff")) return read_arff(path);
  throw IoError(path + ": its name must end in .csv, .tsv or .arff, or call the reader of its format");
}

Table with_missing(Table table, const std::vector<std::string>& columns, double value) {
  for (const std::string& name : columns) {
    Column& column = table.columns[place(table, name)];
    if (column.nominal())
      throw IoError(table.name + ": column " + detail::quoted(name, '"') + " holds words, not numbers");
    std::replace(column.values.begin(), column.values.end(), value, std::nan(""));
  }
  return table;
}

Table diabetes_table() {
  return {"diabetes table",
          {{"smoking", {0, 0, 1, 1, 1}, {}},
           {"obesity", {1, 0, 0, 1, 1}, {}},
           {"exercise", {0, 1, 0, 0, 1}, {}},
           {"diabetic", {1, 0, 0, 1, 1}, {"no", "yes"}}}};
}

}  // namespace xgrad::nn::data
