#include "luck.hpp"

#include <algorithm>
#include <cmath>

#include "../common/html.hpp"

namespace study {

using common::number, common::percent;

namespace {

// 97.5 % quantile of Student's t; from 10 degrees of freedom on the first terms of its expansion in 1/df, within 0.003.
double t_quantile(std::size_t df) {
  constexpr double table[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262};
  if (df <= std::size(table)) return table[df - 1];
  const auto d = static_cast<double>(df);
  return 1.960 + 2.372 / d + 2.823 / (d * d);
}

std::string points(double share) { return number(100 * share, 2) + " points"; }

}  // namespace

Interval interval(Index right, Index n) {
  constexpr double z = 1.959964;
  const auto total = static_cast<double>(n);
  const double p = static_cast<double>(right) / total, scale = 1 / (1 + z * z / total);
  const double centre = (p + z * z / (2 * total)) * scale;
  const double half = z * std::sqrt(p * (1 - p) / total + z * z / (4 * total * total)) * scale;
  return {std::max(0., centre - half), std::min(1., centre + half)};
}

bool may_be_luck(const Summary& a, const Summary& b) {
  const std::size_t n = a.rows.size();
  std::vector<double> differences;
  for (std::size_t k = 0; k < n; ++k) differences.push_back(a.rows[k]->dev_accuracy - b.rows[k]->dev_accuracy);
  double mean = 0, squares = 0;
  for (const double d : differences) mean += d / static_cast<double>(n);
  for (const double d : differences) squares += (d - mean) * (d - mean);
  const double error = std::sqrt(squares / static_cast<double>(n - 1) / static_cast<double>(n));
  return std::abs(mean) <= t_quantile(n - 1) * error;
}

std::vector<std::string> about_luck(const Grid& grid, const std::vector<Summary>& all, const Summary& chosen,
                                    Index dev_examples) {
  const auto n = static_cast<double>(dev_examples);
  const double p = chosen.dev_accuracy, error = std::sqrt(p * (1 - p) / n);
  const Summary* best = &chosen;
  std::size_t near = 0, equal = 0, finite = 0;
  for (const Summary& s : all)
    if (!s.diverged && s.dev_accuracy > best->dev_accuracy) best = &s;
  for (const Summary& s : all) {
    if (s.diverged) continue;
    ++finite;
    near += s.dev_accuracy >= best->dev_accuracy - 2 * error;
    equal += &s == best || (grid.repeats > 1 && may_be_luck(*best, s));
  }
  std::vector<std::string> text{"An accuracy of " + percent(p) + " on " + common::grouped(dev_examples) +
                                " dev examples has a standard deviation of " + points(error) +
                                " by the draw of these examples alone. The highest of " +
                                common::grouped(static_cast<long long>(all.size())) +
                                " accuracies is high by luck as well: a filter on it picks lucky ones, and only new "
                                "points tell how good they are."};
  if (grid.repeats == 1) {
    text.push_back(common::grouped(static_cast<long long>(near)) + " of " +
                   common::grouped(static_cast<long long>(finite)) +
                   " lie within two standard deviations of the best, " + percent(best->dev_accuracy) +
                   ": which of them comes first may be luck. This study has one seed; \"repeats\": 5 in the grid shows "
                   "how much each figure moves from seed to seed.");
    return text;
  }
  double spread = 0;
  for (const Summary& s : all)
    if (!s.diverged) spread += s.spread / static_cast<double>(finite);
  text.push_back(
      "Over " + std::to_string(grid.repeats) +
      " seeds (other points, another split, other weights) the dev accuracy of one and the same configuration "
      "moves by " +
      points(spread) + " on average (standard deviation). The chosen one: " + percent(chosen.dev_accuracy) + " ± " +
      points(chosen.spread) + ".");
  text.push_back("The best mean is " + percent(best->dev_accuracy) + ", by " + to_string(*best, grid) + ". " +
                 common::grouped(static_cast<long long>(equal)) + " of " +
                 common::grouped(static_cast<long long>(finite)) +
                 " cannot be told from it: compared seed by seed, their difference is no larger than chance would make "
                 "it in 95 of 100 such studies (t test). " +
                 (&chosen == best || may_be_luck(*best, chosen) ? "The chosen one is among them."
                                                                : "The chosen one is worse by more than that."));
  return text;
}

}  // namespace study
