#pragma once
// Cost by iteration: one picture an activation, one curve a rate.

#include <string>
#include <vector>

#include "selection.hpp"

namespace study {

/// Of the first seed, by width, depth, batch and decay; those of the chosen one are open.
std::string cost_curves(const Grid& grid, const std::vector<Summary>& all, const Summary* chosen);

}  // namespace study
