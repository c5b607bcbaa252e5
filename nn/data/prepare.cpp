#include <nn/data/prepare.hpp>

#include <algorithm>
#include <cmath>
#include <set>

#include <nn/data/fill.hpp>
#include <nn/data/text.hpp>

namespace xgrad::nn::data {
namespace {

using detail::quoted;

constexpr std::size_t most_words = 256;   // one-hot columns of one feature
constexpr std::size_t most_classes = 20;  // that numbers are taken for unasked

std::string of_column(const Table& table, const Column& c) { return table.name + ": column " + quoted(c.name, '"'); }

// One column of x: a column of the table, or whether it is a certain word.
struct Feature {
  const Column* column;
  double word = -1;
  double value(std::size_t row) const {
    const double v = column->values[row];
    return word < 0 || std::isnan(v) ? v : static_cast<double>(v == word);
  }
};

void add(const Table& table, const Column& c, Words words, std::vector<Feature>& features,
         std::vector<std::string>& names) {
  if (!c.nominal() || words == Words::number) {
    features.push_back({&c});
    names.push_back(c.name);
    return;
  }
  if (c.words.size() > most_words)
    throw IoError(of_column(table, c) + " has " + std::to_string(c.words.size()) + " different words, more than " +
                  std::to_string(most_words) + "; ignore it, or have its words numbered (Words::number)");
  for (std::size_t w = c.words.size() == 2 ? 1 : 0; w < c.words.size(); ++w) {
    features.push_back({&c, static_cast<double>(w)});
    names.push_back(c.name + "=" + c.words[w]);
  }
}

std::vector<std::size_t> complete_rows(const Table& table, const std::vector<const Column*>& features,
                                       const Column& target, Missing missing) {
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < target.values.size(); ++row) {
    const Column* gap = std::isnan(target.values[row]) ? &target : nullptr;
    for (std::size_t f = 0; f < features.size() && !gap && missing != Missing::keep; ++f)
      if (std::isnan(features[f]->values[row])) gap = features[f];
    if (!gap) rows.push_back(row);
    if (gap && missing != Missing::drop)
      throw IoError(of_column(table, *gap) + " has no value in row " + std::to_string(row + 1) +
                    "; leave such rows out with Missing::drop" +
                    (gap == &target ? "" : ", or keep NaN for a Standardizer with Missing::keep"));
  }
  if (rows.empty()) throw IoError(table.name + ": no row is left");
  return rows;
}

// The different values of these rows in ascending order; once there are more than the limit, some of them.
std::vector<double> different(const Column& c, const std::vector<std::size_t>& rows, std::size_t limit) {
  std::set<double> found;
  for (auto row = rows.begin(); row != rows.end() && found.size() <= limit; ++row) found.insert(c.values[*row]);
  return {found.begin(), found.end()};
}

// Whole numbers in full, so that no two have one name.
std::string class_name(double v) {
  return v == std::floor(v) && std::abs(v) < 1e15 ? std::to_string(static_cast<long long>(v)) : number_text(v);
}

void set_target(const Table& table, const Column& target, const std::vector<std::size_t>& rows,
                const PrepareOptions& options, Task& task) {
  std::vector<double> values;  // of the classes, in order; of words every one declared, met in the rows or not
  if (target.nominal()) {
    task.classes = target.words;
    for (std::size_t w = 0; w < target.words.size(); ++w) values.push_back(static_cast<double>(w));
  } else if (options.problem != Problem::regression) {
    values = different(target, rows, options.problem ? rows.size() : most_classes);
    const bool whole = std::all_of(values.begin(), values.end(), [](double v) { return v == std::floor(v); });
    if (!options.problem && (!whole || values.size() > most_classes)) values.clear();
    for (const double v : values) task.classes.push_back(class_name(v));
  }
  task.problem = options.problem.value_or(values.empty()       ? Problem::regression
                                          : values.size() == 2 ? Problem::binary
                                                               : Problem::classes);
  if (task.problem == Problem::regression && target.nominal())
    throw IoError(of_column(table, target) + " holds words, so it cannot be the target of a regression");
  if (task.problem == Problem::binary && values.size() != 2)
    throw IoError(of_column(table, target) + " has " + std::to_string(values.size()) +
                  " different values; a binary target has two");
  const auto n = static_cast<Index>(rows.size());
  task.data.y =
      detail::fill(task.problem == Problem::classes ? Shape{n} : Shape{n, 1},
                   task.problem == Problem::classes ? f64 : options.dtype, [&](Index k) {
                     const double v = target.values[rows[static_cast<std::size_t>(k)]];
                     if (task.problem == Problem::regression) return v;
                     return static_cast<double>(std::lower_bound(values.begin(), values.end(), v) - values.begin());
                   });
}

}  // namespace

Task prepare(const Table& table, const PrepareOptions& options) {
  if (table.columns.empty()) throw IoError(table.name + ": has no column");
  const Column& target = options.target.empty() ? table.columns.back() : table.column(options.target);
  std::vector<const Column*> ignored{&target}, columns;
  for (const std::string& name : options.ignore) ignored.push_back(&table.column(name));
  Task task;
  std::vector<Feature> features;
  for (const Column& c : table.columns) {
    if (c.values.size() != target.values.size())
      throw IoError(of_column(table, c) + " has " + std::to_string(c.values.size()) + " rows, the target " +
                    std::to_string(target.values.size()));
    if (std::find(ignored.begin(), ignored.end(), &c) != ignored.end()) continue;
    columns.push_back(&c);
    add(table, c, options.words, features, task.features);
  }
  if (features.empty()) throw IoError(table.name + ": no column is left for the features");
  const auto rows = complete_rows(table, columns, target, options.missing);
  set_target(table, target, rows, options, task);
  const auto width = static_cast<Index>(features.size());
  task.data.x = detail::fill({static_cast<Index>(rows.size()), width}, options.dtype, [&](Index k) {
    return features[static_cast<std::size_t>(k % width)].value(rows[static_cast<std::size_t>(k / width)]);
  });
  return task;
}

}  // namespace xgrad::nn::data
