#include "cost_curves.hpp"

#include <algorithm>
#include <cmath>

#include "../common/html.hpp"
#include "../common/plot.hpp"
#include "groups.hpp"

namespace study {

using common::number;

namespace {

constexpr std::size_t most_groups = 60, most_curves = 6;

// What a group of pictures has in common.
std::string name_of(const Configuration& c, const Grid& grid) {
  std::string text = c.depth == 0 ? "no hidden layer" : "width " + std::to_string(c.width);
  if (c.depth && (grid.depths.size() > 1 || c.depth > 1)) text += " × " + std::to_string(c.depth);
  return text + batch_and_decay(c, grid);
}

bool same_run(const Summary& a, const Summary* b) {
  return b && a.rows.front()->run.number == b->rows.front()->run.number;
}

// Evenly, if there are too many, and always that of the chosen one.
List few_of(const List& list, const Summary* chosen) {
  if (list.size() <= most_curves) return list;
  List few;
  for (std::size_t k = 0; k < most_curves; ++k) {
    const std::size_t from = k * list.size() / most_curves, to = (k + 1) * list.size() / most_curves;
    few.push_back(list[from]);
    for (std::size_t i = from; i < to; ++i)
      if (same_run(*list[i], chosen)) few.back() = list[i];
  }
  return few;
}

// Above twice the cost at the start a curve ends: one that explodes would press all others flat.
common::Curve curve_of(const Summary& s, double highest) {
  common::Curve curve{number(s.configuration().rate, 6), {}};
  for (const auto& [iteration, cost] : s.rows.front()->costs)
    curve.points.emplace_back(static_cast<double>(iteration), cost <= highest ? cost : NAN);
  if (s.rows.front()->diverged) curve.name += " (diverged)";
  return curve;
}

std::string picture(const std::string& activation, const List& list, const Summary* chosen) {
  const List few = few_of(list, chosen);
  double start = 0;
  for (const Summary* s : few)
    if (const auto& costs = s->rows.front()->costs; !costs.empty()) start = std::max(start, costs.front().second);
  std::vector<common::Curve> curves;
  for (const Summary* s : few) curves.push_back(curve_of(*s, 2 * start));
  const std::string name = activation == "none" ? "no hidden layer" : activation;
  return common::figure(
      common::curves("Cost by iteration, " + name, {.x = "iteration", .y = "cost", .log_x = true}, curves),
      name + ": one curve a learning rate" +
          (few.size() < list.size() ? "; " + std::to_string(list.size() - few.size()) + " more are left out" : "") +
          ".");
}

}  // namespace

std::string cost_curves(const Grid& grid, const std::vector<Summary>& all, const Summary* chosen) {
  const auto groups =
      grouped_by([&](const Configuration& c) { return name_of(c, grid); }, after(grid.iterations.back(), all));
  const std::string open = chosen ? name_of(chosen->configuration(), grid) : "";
  std::string html = "<h2>Cost curves</h2><p>The mean cross-entropy of the examples of each step, as training met it" +
                     std::string(grid.repeats > 1 ? ", of the first seed" : "") +
                     ", on a logarithmic axis of iterations. Above twice the cost at the start a curve ends.</p>";
  std::size_t left_out = 0, shown = 0;
  for (const auto& [name, list] : groups) {
    if (name != open && ++shown > most_groups) {
      ++left_out;
      continue;
    }
    std::vector<std::string> pictures;
    for (const auto& [activation, part] : grouped_by([](const Configuration& c) { return c.activation; }, list))
      pictures.push_back(picture(activation, part, chosen));
    html += std::string("<details") + (name == open ? " open" : "") + "><summary>" + common::escape(name) +
            (name == open ? ", as the chosen one" : "") + "</summary>" + common::figures(pictures) + "</details>";
  }
  if (left_out) html += "<p>" + std::to_string(left_out) + " more groups are left out here.</p>";
  return html;
}

}  // namespace study
