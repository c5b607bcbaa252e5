#pragma once
// One result: how good a configuration is after so many iterations.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "grid.hpp"

namespace study {

struct Row {
  Run run;
  Index iterations = 0;
  std::optional<Index> diverged;  ///< after so many iterations the cost was not finite; the figures are then NaN
  double train_cost = 0, dev_cost = 0;
  double train_accuracy = 0, dev_accuracy = 0;  ///< in [0, 1]
  double seconds = 0;                           ///< of processor time, for training alone
  std::vector<std::pair<Index, double>> costs;  ///< by iteration, as training met them
  double gap() const;                           ///< |train − dev accuracy|
};

nlohmann::ordered_json to_json(const Row& row);
/// Throws BadInput, without a file's name, unless it is a row of this grid.
Row row_from(const nlohmann::ordered_json& json, const Grid& grid, const std::vector<Run>& runs);

/// Whether two rows say the same, times aside.
bool same(const Row& a, const Row& b);

}  // namespace study
