#pragma once
// A scatter of many things that can be told apart: by pointer, by touch, by keyboard and by screen reader.

#include <string>
#include <vector>

#include "plot.hpp"

namespace common {

struct Mark {
  double x, y;
  std::size_t group;  ///< which colour and shape: an index into the names of the groups
  std::string label;  ///< everything about it
  bool strong = false;
};

/// A line across, at a value of one axis.
struct Guide {
  bool vertical;
  double at;
  std::string label;
};

/// Marks over one pair of axes, told apart by colour and shape. In an interactive page pointing at a mark
/// or walking with the arrow keys shows its label; without it, the browser's own hints do.
std::string scatter(const std::string& title, const Axes& axes, const std::vector<std::string>& groups,
                    const std::vector<Mark>& marks, const std::vector<Guide>& guides);

}  // namespace common
