#pragma once
// Accuracy over width and rate: one table for each activation and number of iterations.

#include <string>

#include "selection.hpp"

namespace study {

/// Tables whose cells are coloured by their dev accuracy, the means over the seeds; the chosen one is marked.
std::string heat_maps(const Grid& grid, const std::vector<Summary>& all, const Summary* chosen);

}  // namespace study
