#pragma once
// What a study found, on the terminal and as a page.

#include <iosfwd>
#include <optional>
#include <string>

#include "choice.hpp"
#include "results.hpp"

namespace study {

struct Findings {
  const Grid& grid;
  const DataSource& source;
  const Rows& rows;
  std::vector<Summary> all;
  Thresholds thresholds;
  Selection selection;
  std::optional<Choice> choice;  ///< missing if every run has diverged
  std::vector<std::string> luck;
  double seconds;  ///< of processor time, for training all runs
};

void print(std::ostream& out, const Findings& findings);

/// A self-contained page: pictures, tables and a little script, no network. Throws xgrad::IoError.
void write_report(const std::string& path, const Findings& findings, const std::string& command);

}  // namespace study
