#include "selection.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <tuple>

#include "../common/html.hpp"
#include "../common/progress.hpp"

namespace study {

using common::number;

namespace {

constexpr double rounding = 1e-9;  // of a difference of shares

double points_short(const Summary& s, const Thresholds& t) {
  return 100 * std::max(0., t.min_accuracy - s.dev_accuracy);
}
double points_wide(const Summary& s, const Thresholds& t) { return 100 * std::max(0., s.gap - t.max_gap); }

bool is_accurate(const Summary& s, const Thresholds& t) { return s.dev_accuracy > t.min_accuracy + rounding; }
bool is_close(const Summary& s, const Thresholds& t) { return s.gap <= t.max_gap + rounding; }
bool is_quick(const Summary& s, const Thresholds& t) { return s.seconds < t.max_seconds; }

Summary summary_of(std::vector<const Row*> rows) {
  Summary s{.rows = std::move(rows)};
  const auto n = static_cast<double>(s.rows.size());
  s.iterations = s.rows.front()->iterations;
  for (const Row* row : s.rows) {
    s.diverged += row->diverged.has_value();
    s.train_accuracy += row->train_accuracy / n;
    s.dev_accuracy += row->dev_accuracy / n;
    s.seconds += row->seconds / n;
  }
  for (const Row* row : s.rows) s.spread += std::pow(row->dev_accuracy - s.dev_accuracy, 2);
  s.spread = s.rows.size() > 1 ? std::sqrt(s.spread / (n - 1)) : 0;
  s.gap = std::round(std::abs(s.train_accuracy - s.dev_accuracy) / rounding) * rounding;
  return s;
}

}  // namespace

std::string to_string(const Summary& s, const Grid& grid) {
  return to_string(s.configuration(), grid) + ", " + common::grouped(s.iterations) +
         (s.iterations == 1 ? " iteration" : " iterations");
}

std::vector<Summary> summarise(const Grid& grid, const Rows& rows) {
  std::vector<Summary> all;
  const std::vector<Run> every = runs(grid);
  const auto repeats = static_cast<std::size_t>(grid.repeats);
  for (std::size_t first = 0; first < every.size(); first += repeats)
    for (const Index n : grid.iterations) {
      std::vector<const Row*> found;
      for (std::size_t k = 0; k < repeats; ++k)
        if (const auto at = rows.find({first + k, n}); at != rows.end()) found.push_back(&at->second);
      if (found.size() == repeats) all.push_back(summary_of(std::move(found)));
    }
  return all;
}

Selection select(const std::vector<Summary>& all, const Thresholds& t) {
  Selection selection;
  for (const Summary& s : all) selection.survivors.push_back(&s);
  const auto keep = [&](const std::string& what, const std::function<bool(const Summary&)>& passes) {
    const std::size_t before = selection.survivors.size();
    std::erase_if(selection.survivors, [&](const Summary* s) { return !passes(*s); });
    const auto alone = std::count_if(all.begin(), all.end(), passes);
    selection.filters.push_back(
        {what, before - selection.survivors.size(), selection.survivors.size(), static_cast<std::size_t>(alone)});
  };
  keep("not diverged", [](const Summary& s) { return s.diverged == 0; });
  std::vector<const Summary*> finite = selection.survivors;
  keep("dev accuracy > " + number(100 * t.min_accuracy, 7) + " %", [&](const Summary& s) { return is_accurate(s, t); });
  keep("train − dev gap ≤ " + number(100 * t.max_gap, 7) + " %", [&](const Summary& s) { return is_close(s, t); });
  keep("training time < " + number(t.max_seconds, 4) + " s", [&](const Summary& s) { return is_quick(s, t); });
  std::stable_sort(selection.survivors.begin(), selection.survivors.end(),
                   [](const Summary* a, const Summary* b) { return a->seconds < b->seconds; });
  if (!selection.survivors.empty()) return selection;
  // Within the time before beyond it; then by points missed; then the quicker.
  const auto rank = [&](const Summary* s) {
    const double missed = points_short(*s, t) + points_wide(*s, t);
    return std::tuple(!is_quick(*s, t), std::round(missed / rounding), s->seconds);
  };
  std::stable_sort(finite.begin(), finite.end(), [&](const Summary* a, const Summary* b) { return rank(a) < rank(b); });
  selection.nearest = std::move(finite);
  return selection;
}

std::string shortfall(const Summary& s, const Thresholds& t) {
  std::string text;
  const auto add = [&](bool missing, const std::string& what) {
    if (missing) text += (text.empty() ? "" : ", ") + what;
  };
  add(s.diverged > 0, "diverged");
  if (s.diverged) return text;
  const double points = points_short(s, t);
  add(!is_accurate(s, t), points <= 100 * rounding ? "dev accuracy only just reaches it"
                                                   : "dev accuracy " + number(points, 3) + " points short");
  add(!is_close(s, t), "gap " + number(points_wide(s, t), 3) + " points too wide");
  add(!is_quick(s, t), "takes " + common::short_duration_text(s.seconds));
  return text.empty() ? "nothing" : text;
}

}  // namespace study
