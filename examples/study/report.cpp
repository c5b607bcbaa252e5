#include "report.hpp"

#include <algorithm>
#include <cmath>

#include <autograd/ops.hpp>
#include <autograd/tape.hpp>

#include "../common/html.hpp"
#include "../common/plot.hpp"
#include "../common/progress.hpp"
#include "../common/scatter.hpp"
#include "cost_curves.hpp"
#include "heat_maps.hpp"
#include "training.hpp"

namespace study {

using common::grouped, common::number, common::percent;
using Table = std::vector<std::vector<std::string>>;

namespace {

// A page has to open on a phone: of larger studies it shows so many.
constexpr std::size_t most_listed = 2000;

std::string count(std::size_t n, const std::string& what) {
  return grouped(static_cast<long long>(n)) + " " + what + (n == 1 ? "" : "s");
}

std::string paragraph(const std::string& text) { return "<p>" + common::escape(text) + "</p>"; }

std::string in_percent(double share) { return std::isfinite(share) ? number(100 * share, 4) : "–"; }

bool several_seeds(const Findings& f) { return f.grid.repeats > 1; }

// ---- the choice

std::string filters(const Findings& f) {
  Table rows;
  for (const Filter& filter : f.selection.filters)
    rows.push_back(
        {filter.keeps, std::to_string(filter.removed), std::to_string(filter.left), std::to_string(filter.alone)});
  return common::table({"kept is", "removes", "leaves", "alone leaves"}, rows);
}

std::string trials(const Choice& choice) {
  Table rows;
  for (const Trial& t : choice.trials) {
    const Interval within = t.within();
    rows.push_back({t.examples, percent(t.accuracy()), percent(within.low) + " to " + percent(within.high),
                    t.bayes ? percent(static_cast<double>(*t.bayes) / static_cast<double>(t.count)) : "–",
                    t.article ? percent(*t.article) : "–"});
  }
  return common::table(
      {"examples it has never seen", "accuracy", "95 % interval", "Bayes’ rule", "the article’s choice"}, rows);
}

std::string what_was_chosen(const Findings& f) {
  const Summary* chosen = f.selection.chosen();
  if (!chosen) return paragraph("Every run has diverged: there is nothing to choose. Take smaller rates.");
  const bool passed = !f.selection.survivors.empty();
  std::string html = passed ? paragraph("Of the " + count(f.selection.survivors.size(), "configuration") +
                                        " that pass, the quickest: " + to_string(*chosen, f.grid) + ".")
                            : paragraph("No configuration passes. The nearest to it is " + to_string(*chosen, f.grid) +
                                        "; it lacks: " + shortfall(*chosen, f.thresholds) + ".");
  if (!f.choice) return html;
  if (f.choice->trials.empty())
    html += paragraph("There are no examples that it has never seen; the dev part helped to choose it.");
  else
    html +=
        paragraph("Trained again" + (several_seeds(f) ? " with seed " + std::to_string(f.grid.seed) : std::string()) +
                  ", saved, loaded from its file, and tried on new examples." +
                  (f.choice->trials.front().bayes ? " Bayes’ rule knows how the points were drawn: in the long run "
                                                    "no classifier does better."
                                                  : "")) +
        trials(*f.choice);
  if (!f.choice->reproduced)
    html += paragraph("Trained again here it is not bit for bit as in the results, which another machine has made.");
  return html;
}

std::string decision_regions(const Findings& f) {
  if (!f.choice || f.choice->data->features.size() != 2) return "";
  const Choice& c = *f.choice;
  const auto predict = [&](const xgrad::Tensor& x) {
    const xgrad::NoGrad off;
    const xgrad::Tensor z = logits(c.net, x);
    return c.data->outputs == 1 ? xgrad::sigmoid(z) : xgrad::softmax(z);
  };
  std::vector<std::string> axes = c.data->features;
  if (c.data->standardizer.mean.defined())
    for (std::string& name : axes) name += ", standardised";
  std::vector<std::string> pictures{common::figure(
      common::regions("Decision regions of the chosen net, with train and dev examples", axes, c.data->train,
                      c.data->dev, predict),
      "Where the chosen net says which class, stronger where it is surer. Small, pale marks are train examples, large "
      "ones dev examples; every other class is square.")};
  if (c.shown.x.defined())
    pictures.push_back(common::figure(
        common::regions("Decision regions of the chosen net, with new points", axes, c.shown, {}, predict),
        "The same with " + count(static_cast<std::size_t>(xgrad::nn::data::size(c.shown)), "new point") +
            ", which neither training nor choice have seen."));
  return "<h2>What the chosen net has learned</h2>" + common::figures(pictures);
}

// ---- all rows

std::string label(const Findings& f, const Summary& s) {
  return to_string(s, f.grid) + ": train " + percent(s.train_accuracy) + ", dev " + percent(s.dev_accuracy) +
         (several_seeds(f) ? " ± " + number(100 * s.spread, 2) : "") + ", " + number(s.seconds, 3) + " s";
}

// The most accurate ones and the chosen one, where there are too many, in the grid's order.
std::vector<const Summary*> shown(const std::vector<Summary>& all, const Summary* chosen) {
  std::vector<const Summary*> list;
  for (const Summary& s : all) list.push_back(&s);
  if (list.size() <= most_listed) return list;
  const auto accuracy = [](const Summary* s) { return s->diverged ? -1 : s->dev_accuracy; };
  std::vector<const Summary*> best = list;
  std::nth_element(best.begin(), best.begin() + most_listed, best.end(),
                   [&](const Summary* a, const Summary* b) { return accuracy(a) > accuracy(b); });
  best.resize(most_listed);
  if (chosen && std::find(best.begin(), best.end(), chosen) == best.end()) best.back() = chosen;
  std::sort(best.begin(), best.end());  // they stand in one array
  return best;
}

std::string scatter(const Findings& f, const std::vector<const Summary*>& list) {
  std::vector<std::string> groups;
  std::vector<common::Mark> marks;
  const Summary* chosen = f.selection.chosen();
  double slowest = 0;
  std::size_t diverged = 0;
  for (const Summary* s : list) {
    diverged += s->diverged > 0;
    if (s->diverged) continue;
    const std::string& name = s->configuration().activation;
    auto at = std::find(groups.begin(), groups.end(), name);
    if (at == groups.end()) at = groups.insert(at, name);
    slowest = std::max(slowest, s->seconds);
    marks.push_back({.x = std::max(s->seconds, 1e-6),
                     .y = 100 * s->dev_accuracy,
                     .group = static_cast<std::size_t>(at - groups.begin()),
                     .label = (s == chosen ? "Chosen: " : "") + label(f, *s),
                     .strong = s == chosen});
  }
  std::vector<common::Guide> guides{
      {false, 100 * f.thresholds.min_accuracy, "above " + percent(f.thresholds.min_accuracy) + " is kept"}};
  if (f.thresholds.max_seconds > 0 && f.thresholds.max_seconds < 3 * slowest)
    guides.push_back({true, f.thresholds.max_seconds, "below " + number(f.thresholds.max_seconds, 4) + " s is kept"});
  return common::figure(
      common::scatter("Dev accuracy against training time",
                      {.x = "training time, s", .y = "dev accuracy, %", .log_x = true}, groups, marks, guides),
      "Each mark is a configuration after so many iterations; the large one is chosen. Point at a mark, "
      "or reach the picture with the tab key and walk with the arrow keys: left and right by time, up "
      "and down by accuracy. The table of all rows has the same figures." +
          (diverged ? " Left out: " + count(diverged, "row") + " of runs that diverged." : std::string()));
}

std::string table_of(const Findings& f, const std::vector<const Summary*>& list, bool with_lacks) {
  const Grid& g = f.grid;
  const auto varied = [](const auto& values, auto usual) { return values.size() > 1 || values.front() != usual; };
  const bool deep = varied(g.depths, 1), batches = varied(g.batches, 0), decays = varied(g.decays, 0.);
  std::vector<std::string> head{"width"};
  if (deep) head.emplace_back("depth");
  head.insert(head.end(), {"activation", "rate"});
  if (batches) head.emplace_back("batch");
  if (decays) head.emplace_back("decay");
  head.insert(head.end(), {"iterations", "train, %", "dev, %"});
  if (several_seeds(f)) head.emplace_back("±, points");
  head.insert(head.end(), {"gap, points", "time, s"});
  if (with_lacks) head.emplace_back("lacks");
  Table rows;
  for (const Summary* s : list) {
    const Configuration& c = s->configuration();
    std::vector<std::string> row{c.depth ? std::to_string(c.width) : "–"};
    if (deep) row.push_back(std::to_string(c.depth));
    row.insert(row.end(), {c.activation, number(c.rate, 6)});
    if (batches) row.push_back(c.batch ? std::to_string(c.batch) : "all");
    if (decays) row.push_back(number(c.decay, 6));
    row.insert(row.end(), {grouped(s->iterations), s->diverged ? "diverged" : in_percent(s->train_accuracy),
                           s->diverged ? "diverged" : in_percent(s->dev_accuracy)});
    if (several_seeds(f)) row.push_back(s->diverged ? "–" : number(100 * s->spread, 2));
    row.insert(row.end(), {s->diverged ? "–" : number(100 * s->gap, 3), number(s->seconds, 3)});
    if (with_lacks) row.push_back(shortfall(*s, f.thresholds));
    rows.push_back(std::move(row));
  }
  return common::table(head, rows, common::Order::sortable);
}

std::string survivors(const Findings& f) {
  constexpr std::size_t most_nearest = 20;
  if (!f.selection.survivors.empty()) {
    std::vector<const Summary*> list = f.selection.survivors;
    if (list.size() > most_listed) list.resize(most_listed);
    return "<h2>Those that pass</h2>" + table_of(f, list, false);
  }
  std::vector<const Summary*> list = f.selection.nearest;
  if (list.empty()) return "";
  if (list.size() > most_nearest) list.resize(most_nearest);
  return "<h2>The nearest to passing</h2>" + table_of(f, list, true);
}

}  // namespace

void write_report(const std::string& path, const Findings& f, const std::string& command) {
  const Summary* chosen = f.selection.chosen();
  common::Facts facts{
      {"data", f.source.describe()},
      {"configurations", grouped(static_cast<long long>(f.all.size()))},
      {"seeds", f.grid.repeats == 1 ? std::to_string(f.grid.seed)
                                    : std::to_string(f.grid.seed) + " to " +
                                          std::to_string(f.grid.seed + static_cast<std::uint64_t>(f.grid.repeats) - 1)},
      {"training in all", common::duration_text(f.seconds) + " of processor time"}};
  if (chosen) facts.emplace_back(f.selection.survivors.empty() ? "nearest" : "chosen", to_string(*chosen, f.grid));
  if (f.choice && !f.choice->trials.empty()) {
    const Trial& last = f.choice->trials.back();
    facts.emplace_back("on " + last.examples, percent(last.accuracy()));
  }
  const std::vector<const Summary*> list = shown(f.all, chosen);
  std::string body = "<h2>The choice</h2>" + filters(f) + what_was_chosen(f);
  if (chosen) {
    body += "<h2>What is luck</h2>";
    for (const std::string& sentence : f.luck) body += paragraph(sentence);
    body += survivors(f) + "<h2>Accuracy and time</h2>" + scatter(f, list);
  }
  body += heat_maps(f.grid, f.all, chosen) + decision_regions(f) + cost_curves(f.grid, f.all, chosen);
  body += "<h2>All rows</h2>";
  if (list.size() < f.all.size())
    body += paragraph("The page shows the " + count(list.size(), "most accurate row") + " of " +
                      grouped(static_cast<long long>(f.all.size())) + "; results.jsonl has them all.");
  body += "<details><summary>" + count(list.size(), "row") + "</summary>" + table_of(f, list, false) + "</details>";
  common::write_page(path, common::page("Study: " + f.grid.name, facts, body, command, common::Script::interactive));
}

}  // namespace study
