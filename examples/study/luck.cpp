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
std::string grouped(std::size_t n) { return common::grouped(static_cast<long long>(n)); }

}  // namespace

Interval interval(Index right, Index n) {
  constexpr double z = 1.959964;
  const auto total = static_cast<double>(n);
  const double p = static_cast<double>(right) / total, scale = 1 / (1 + z * z / total);
  const double centre = (p + z * z / (2 * total)) * scale;
  const double half = z * std::sqrt(p * (1 - p) / total + z * z / (4 * total * total)) * scale;
  return {std::max(0., centre - half), std::min(1., centre + half)};
}

bool may_be_luck(const Summary& a, const Summary& b, Index dev_examples) {
  const std::size_t n = a.rows.size();
  const auto count = static_cast<double>(n);
  std::vector<double> differences;
  for (std::size_t k = 0; k < n; ++k) differences.push_back(a.rows[k]->dev_accuracy - b.rows[k]->dev_accuracy);
  double mean = 0, squares = 0;
  for (const double d : differences) mean += d / count;
  for (const double d : differences) squares += (d - mean) * (d - mean);
  const double deviation = std::max(std::sqrt(squares / (count - 1)), 1 / static_cast<double>(dev_examples));
  return std::abs(mean) <= t_quantile(n - 1) * deviation / std::sqrt(count);
}

std::vector<std::string> about_luck(const Grid& grid, const std::vector<Summary>& all, const Summary& chosen,
                                    Index dev_examples) {
  const auto right =
      static_cast<Index>(std::llround(chosen.rows.front()->dev_accuracy * static_cast<double>(dev_examples)));
  const Interval within = interval(right, dev_examples);
  std::vector<std::string> text{(grid.repeats > 1 ? "Of one seed, an" : "An") + std::string(" accuracy of ") +
                                percent(chosen.rows.front()->dev_accuracy) + " on " + common::grouped(dev_examples) +
                                " dev examples stands for anything between " + percent(within.low) + " and " +
                                percent(within.high) + " (95 %), by the draw of these examples alone."};
  const Summary* best = &chosen;
  std::vector<const Summary*> finite;
  for (const Summary& s : all) {
    if (s.diverged) continue;
    finite.push_back(&s);
    if (s.dev_accuracy > best->dev_accuracy) best = &s;
  }
  if (finite.size() < 2) return text;
  text.front() += " The highest of " + grouped(finite.size()) +
                  " is high by luck as well: a filter picks lucky ones, and only new examples tell how good they are.";
  if (grid.repeats == 1) {
    const double low =
        interval(static_cast<Index>(std::llround(best->dev_accuracy * static_cast<double>(dev_examples))), dev_examples)
            .low;
    const auto near =
        std::count_if(finite.begin(), finite.end(), [&](const Summary* s) { return s->dev_accuracy >= low; });
    text.push_back(grouped(static_cast<std::size_t>(near)) + " of " + grouped(finite.size()) +
                   " lie so near to the best, " + percent(best->dev_accuracy) +
                   ", that which of them comes first may be luck. This study has one seed; a study with \"repeats\": 5 "
                   "in its grid shows how much each figure moves from seed to seed.");
    return text;
  }
  std::vector<const Summary*> equal;
  for (const Summary* s : finite)
    if (s == best || may_be_luck(*best, *s, dev_examples)) equal.push_back(s);
  std::vector<double> spreads;
  for (const Summary* s : equal) spreads.push_back(s->spread);
  std::nth_element(spreads.begin(), spreads.begin() + static_cast<std::ptrdiff_t>(spreads.size() / 2), spreads.end());
  text.push_back("Over " + std::to_string(grid.repeats) + " seeds (" +
                 (grid.data.file.empty() ? "other points where they are drawn, " : "") +
                 "another split, other weights) the chosen one has " + percent(chosen.dev_accuracy) + " ± " +
                 points(chosen.spread) + " (mean and standard deviation); of the good ones half move by more than " +
                 points(spreads[spreads.size() / 2]) + ".");
  text.push_back(
      "The best mean is " + percent(best->dev_accuracy) + ", by " + to_string(*best, grid) + ". " +
      grouped(equal.size()) + " of " + grouped(finite.size()) +
      " cannot be told from it: compared seed by seed, chance alone would often make such a difference (t test at "
      "5 %, each by itself, so that of 20 that are just as good one looks different). " +
      (&chosen == best || may_be_luck(*best, chosen, dev_examples) ? "The chosen one is among them."
                                                                   : "The chosen one is worse by more than that.") +
      (grid.repeats < 5 ? " So few seeds tell hardly anything apart: take 5 or more." : ""));
  return text;
}

}  // namespace study
