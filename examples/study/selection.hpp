#pragma once
// From rows to a choice: means over the seeds, the article's filters, the nearest where nothing passes them.

#include <string>
#include <vector>

#include "results.hpp"

namespace study {

/// One configuration after so many iterations, over all seeds.
struct Summary {
  std::vector<const Row*> rows;  ///< one a seed
  Index iterations = 0;
  std::size_t diverged = 0;                     ///< so many of the rows
  double train_accuracy = 0, dev_accuracy = 0;  ///< means; NaN if any has diverged
  double spread = 0;                            ///< standard deviation of the dev accuracy over the seeds; 0 for one
  double gap = 0;                               ///< |train − dev accuracy|, of the means
  double seconds = 0;                           ///< mean
  const Configuration& configuration() const { return rows.front()->run.configuration; }
};
/// `width 3, tanh, rate 0.6, 10,000 iterations`
std::string to_string(const Summary& s, const Grid& grid);

/// All that have all their seeds, in the grid's order. The rows must outlive them.
std::vector<Summary> summarise(const Grid& grid, const Rows& rows);

/// The article's, as shares and seconds.
struct Thresholds {
  double min_accuracy = 0.95, max_gap = 0.01, max_seconds = 30;
};

struct Filter {
  std::string keeps;          ///< `dev accuracy > 95 %`
  std::size_t removed, left;  ///< by it after those before it
  std::size_t alone;          ///< so many it would leave by itself
};

struct Selection {
  std::vector<Filter> filters;
  std::vector<const Summary*> survivors;  ///< the quickest first
  std::vector<const Summary*> nearest;    ///< to passing, where nothing survives: the nearest first
  /// The quickest survivor, or the nearest; null if every run has diverged.
  const Summary* chosen() const {
    return !survivors.empty() ? survivors.front() : !nearest.empty() ? nearest.front() : nullptr;
  }
};

Selection select(const std::vector<Summary>& all, const Thresholds& thresholds);

/// What one that does not pass lacks: `dev accuracy 0.25 points short`.
std::string shortfall(const Summary& s, const Thresholds& thresholds);

}  // namespace study
