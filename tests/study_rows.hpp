#pragma once
// For the tests of the study: rows, and results made of accuracies.

#include "../examples/study/selection.hpp"

namespace study {

using Numbers = std::vector<double>;
using Table = std::vector<Numbers>;

// A row of a run; the accuracies are shares.
inline Row row_of(const Run& run, Index iterations, double train, double dev, double seconds) {
  return {.run = run,
          .iterations = iterations,
          .diverged = {},
          .train_cost = 0.1,
          .dev_cost = 1. / 3,
          .train_accuracy = train,
          .dev_accuracy = dev,
          .seconds = seconds,
          .costs = {{1, 0.7}, {2, 0.1 + 0.2}}};
}

// One rate a configuration, with these dev accuracies by seed, and the same on the train part.
struct Case {
  explicit Case(const Table& accuracies) {
    grid.widths = {1};
    grid.activations = {"tanh"};
    grid.iterations = {10};
    grid.rates.clear();
    grid.repeats = static_cast<Index>(accuracies.front().size());
    for (std::size_t i = 0; i < accuracies.size(); ++i) grid.rates.push_back(static_cast<double>(i + 1));
    for (const Run& run : runs(grid)) {
      const double a = accuracies[run.number / accuracies.front().size()][run.number % accuracies.front().size()];
      add(row_of(run, 10, a, a, 1));
    }
  }
  void add(const Row& row) { rows.insert_or_assign(key(row), row); }
  Row& row(std::size_t run) { return rows.at({run, 10}); }
  std::vector<Summary> all() const { return summarise(grid, rows); }
  Grid grid;
  Rows rows;
};

}  // namespace study
