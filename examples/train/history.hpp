#pragma once
// A run's history as JSON: lines for whoever watches, and a note in its checkpoint.

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "run.hpp"

namespace train {

nlohmann::ordered_json to_json(const Epoch& epoch, const Objective& objective);

/// Exact, for a checkpoint.
nlohmann::ordered_json history_json(const std::vector<Epoch>& history);
/// Throws what nlohmann-json throws if it is not one of those.
std::vector<Epoch> history_from(const nlohmann::ordered_json& rows);

}  // namespace train
