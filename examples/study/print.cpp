// What a study found, for the terminal.

#include <algorithm>
#include <iomanip>
#include <ostream>

#include "../common/html.hpp"
#include "../common/progress.hpp"
#include "../common/text.hpp"
#include "report.hpp"

namespace study {

using common::number, common::padded, common::percent;

namespace {

constexpr std::size_t most_listed = 10, most_nearest = 5;

void print_filters(std::ostream& out, const Findings& f) {
  out << padded("filter", 30) << padded("removes", 10) << padded("leaves", 10) << "alone leaves\n";
  for (const Filter& filter : f.selection.filters)
    out << padded(filter.keeps, 30) << std::setw(7) << filter.removed << std::setw(9) << filter.left << std::setw(16)
        << filter.alone << '\n';
}

void print_list(std::ostream& out, const Findings& f, const std::vector<const Summary*>& list, std::size_t most) {
  const bool seeds = f.grid.repeats > 1, nearest = f.selection.survivors.empty();
  std::size_t widest = 0;
  for (std::size_t i = 0; i < std::min(most, list.size()); ++i)
    widest = std::max(widest, common::width(to_string(*list[i], f.grid)));
  out << padded("", widest + 2) << padded("train", 10) << padded("dev", seeds ? 18 : 10) << padded("time", 10)
      << (nearest ? "lacks" : "") << '\n';
  for (std::size_t i = 0; i < std::min(most, list.size()); ++i) {
    const Summary& s = *list[i];
    out << padded(to_string(s, f.grid), widest + 2) << padded(percent(s.train_accuracy), 10)
        << padded(percent(s.dev_accuracy) + (seeds ? " ± " + number(100 * s.spread, 2) : ""), seeds ? 18 : 10)
        << padded(common::short_duration_text(s.seconds), nearest ? 10 : 0)
        << (nearest ? shortfall(s, f.thresholds) : "") << '\n';
  }
  if (list.size() > most) out << "and " << list.size() - most << " more in the report\n";
}

void print_trial(std::ostream& out, const Trial& t) {
  const Interval within = t.within();
  out << padded(t.examples, 20) << ' ' << padded(percent(t.accuracy()), 9) << "between " << percent(within.low)
      << " and " << percent(within.high) << " (95 %)";
  if (t.bayes)
    out << "; Bayes' rule gets " << percent(static_cast<double>(*t.bayes) / static_cast<double>(t.count)) << " of them";
  if (t.article) out << "; the article's choice got " << percent(*t.article) << " of its own 500";
  out << '\n';
}

}  // namespace

void print(std::ostream& out, const Findings& f) {
  out << "all runs together: " << common::duration_text(f.seconds) << " of processor time\n\n";
  print_filters(out, f);
  const Summary* chosen = f.selection.chosen();
  if (!chosen) {
    out << "\nevery run has diverged: there is nothing to choose; take smaller rates\n";
    return;
  }
  const bool passed = !f.selection.survivors.empty();
  out << (passed ? "\nThose that pass, the quickest first:\n" : "\nNothing passes. The nearest:\n");
  print_list(out, f, passed ? f.selection.survivors : f.selection.nearest, passed ? most_listed : most_nearest);
  out << '\n';
  for (const std::string& sentence : f.luck) out << sentence << '\n';
  if (!f.choice) return;
  const Choice& c = *f.choice;
  out << "\nchosen: " << to_string(*chosen, f.grid)
      << (f.grid.repeats > 1 ? "; tried is the net of seed " + std::to_string(f.grid.seed) : "") << '\n'
      << padded("train, dev", 20) << ' ' << percent(c.row.train_accuracy) << ", " << percent(c.row.dev_accuracy)
      << '\n';
  for (const Trial& trial : c.trials) print_trial(out, trial);
  if (c.trials.empty()) out << "There are no examples that it has never seen; the dev part helped to choose it.\n";
  if (!c.reproduced)
    out << "Trained again here it is not bit for bit as in the results, which another machine has made.\n";
}

}  // namespace study
