#include "row.hpp"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

namespace study {

using nlohmann::ordered_json;

namespace {

// JSON has no NaN: what a diverged run lacks is null.
ordered_json of(double v) { return std::isfinite(v) ? ordered_json(v) : ordered_json(nullptr); }
double finite_or_nan(const ordered_json& j) { return j.is_null() ? NAN : j.get<double>(); }

}  // namespace

double Row::gap() const { return std::abs(train_accuracy - dev_accuracy); }

ordered_json to_json(const Row& row) {
  const Configuration& c = row.run.configuration;
  ordered_json costs = ordered_json::array();
  for (const auto& [iteration, cost] : row.costs) costs.push_back({iteration, cost});
  return {{"run", row.run.number},
          {"width", c.width},
          {"depth", c.depth},
          {"activation", c.activation},
          {"rate", c.rate},
          {"batch", c.batch},
          {"decay", c.decay},
          {"seed", row.run.seed},
          {"iterations", row.iterations},
          {"diverged", row.diverged ? ordered_json(*row.diverged) : ordered_json(nullptr)},
          {"train_cost", of(row.train_cost)},
          {"dev_cost", of(row.dev_cost)},
          {"train_accuracy", of(row.train_accuracy)},
          {"dev_accuracy", of(row.dev_accuracy)},
          {"seconds", row.seconds},
          {"costs", costs}};
}

Row row_from(const ordered_json& json, const Grid& grid, const std::vector<Run>& runs) {
  Row row;
  try {
    const auto number = json.at("run").get<std::size_t>();
    if (number >= runs.size()) throw BadInput("its run is not in the grid");
    row.run = runs[number];
    const Configuration c{json.at("width"), json.at("depth"), json.at("activation"),
                          json.at("rate"),  json.at("batch"), json.at("decay")};
    row.iterations = json.at("iterations");
    if (c != row.run.configuration || json.at("seed").get<std::uint64_t>() != row.run.seed ||
        std::find(grid.iterations.begin(), grid.iterations.end(), row.iterations) == grid.iterations.end())
      throw BadInput("its configuration is not in the grid");
    if (!json.at("diverged").is_null()) row.diverged = json.at("diverged").get<Index>();
    row.train_cost = finite_or_nan(json.at("train_cost"));
    row.dev_cost = finite_or_nan(json.at("dev_cost"));
    row.train_accuracy = finite_or_nan(json.at("train_accuracy"));
    row.dev_accuracy = finite_or_nan(json.at("dev_accuracy"));
    row.seconds = json.at("seconds");
    for (const ordered_json& point : json.at("costs"))
      row.costs.emplace_back(point.at(0).get<Index>(), point.at(1).get<double>());
  } catch (const ordered_json::exception&) {
    throw BadInput("it is no row of a study");
  }
  const auto share = [](double v) { return v >= 0 && v <= 1; };
  if (!row.diverged &&
      !(share(row.train_accuracy) && share(row.dev_accuracy) && row.seconds >= 0 && !row.costs.empty()))
    throw BadInput("it has no accuracies or costs, and has not diverged");
  return row;
}

bool same(const Row& a, const Row& b) {
  ordered_json one = to_json(a), other = to_json(b);
  one.erase("seconds");
  other.erase("seconds");
  return one == other;
}

}  // namespace study
