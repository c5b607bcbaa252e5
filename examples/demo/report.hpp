#pragma once
// The demo's report: one HTML file with its pictures inside, which needs no network and no script.

#include <string>
#include <vector>

#include <nn/data.hpp>

#include "comparison.hpp"

namespace demo {

/// The cost after so many iterations.
struct CostPoint {
  int iteration;
  double train, dev;
};

struct Report {
  std::string title, command, tape;
  std::vector<std::pair<std::string, std::string>> facts;  ///< label and value
  std::vector<CostPoint> costs;
  std::vector<Compared> gradients;
  std::string gradients_caption;
  xgrad::nn::data::Split data;
};

/// Writes beside the file and renames, so that there is never half a report. Throws xgrad::IoError.
void write(const std::string& path, const Report& report, const Net& net);

}  // namespace demo
