#pragma once
// The report of a run: one self-contained HTML file.

#include <string>

#include "run.hpp"

namespace train {

/// A label and what was measured on each part.
struct Results {
  std::vector<std::pair<std::string, Evaluation>> parts;  ///< train, dev, test
  std::string ending;                                     ///< `100 epochs`, `stopped early in epoch 34`, …
};

/// Throws xgrad::IoError.
void write_report(const std::string& path, const Options& options, const Job& job, Run& run, const Results& results,
                  const std::string& command);
/// Of a range test.
void write_report(const std::string& path, const Options& options, const xgrad::nn::RangeTest& test,
                  const std::string& command);

/// The dev part, or the test part, or the train part: what a confusion matrix is taken of.
std::pair<std::string, const Dataset*> shown_part(const Parts& parts);

}  // namespace train
