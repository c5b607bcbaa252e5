#include "report.hpp"

#include <cmath>

#include <autograd/autograd.hpp>
#include <nn/metrics.hpp>
#include <nn/summary.hpp>

#include "../common/html.hpp"
#include "../common/plot.hpp"
#include "../common/progress.hpp"

namespace train {

using namespace xgrad;
using common::number;

namespace {

// Values of the history by epoch.
template <class F>
common::Curve curve(const std::string& name, const std::vector<Epoch>& history, F value) {
  common::Curve result{name, {}};
  for (const Epoch& e : history) result.points.emplace_back(e.epoch, value(e));
  return result;
}

bool long_run(const std::vector<Epoch>& history) { return history.size() > 1 && history.back().epoch > 500; }

std::string gradient_curves(const std::vector<Epoch>& history) {
  const std::size_t weights = history.back().gradient_norms.size();
  std::vector<common::Curve> layers;
  for (std::size_t k = 0; k < std::min<std::size_t>(weights, 6); ++k) {
    // of a deeper net six layers from first to last
    const std::size_t layer = weights <= 6 ? k : k * (weights - 1) / 5;
    layers.push_back(curve("W" + std::to_string(layer + 1), history, [&](const Epoch& e) {
      return layer < e.gradient_norms.size() ? e.gradient_norms[layer] : NAN;
    }));
  }
  return common::figure(
      common::curves("Norm of each weight's gradient by epoch",
                     {.x = "epoch", .y = "norm", .log_x = long_run(history), .log_y = true}, layers),
      "The norm of each layer's weight gradient, W1 being the first. A net whose first layers lie far "
      "below its last ones hardly trains those.");
}

std::string training_curves(const std::vector<Epoch>& history, const Objective& objective) {
  const bool dev = history.back().dev_loss.has_value();
  std::vector<common::Curve> losses{curve("train", history, [](const Epoch&e) { return e.train_loss; })},
      scores{curve("train", history, [](const Epoch&e) { return e.train_score; })};
  if (dev) {
    losses.push_back(curve("dev", history, [](const Epoch& e) { return *e.dev_loss; }));
    scores.push_back(curve("dev", history, [](const Epoch& e) { return *e.dev_score; }));
  }
  const common::Axes by_epoch{.x = "epoch", .y = "loss", .log_x = long_run(history)};
  common::Axes score_axes = by_epoch, rate_axes = by_epoch;
  score_axes.y = objective.score_name();
  score_axes.from_zero = !objective.classifies();
  rate_axes.y = "learning rate";
  return common::figures(
      {common::figure(common::curves("Loss by epoch", by_epoch, losses),
                      "The " + objective.name() + " loss. The train curve is what training met before each update."),
       common::figure(
           common::curves(std::string(objective.score_name()) + " by epoch", score_axes, scores),
           objective.classifies() ? "The share of right predictions." : "The root of the mean squared error."),
       common::figure(common::curves("Learning rate by epoch", rate_axes,
                                     {curve("lr", history, [](const Epoch& e) { return e.lr; })}),
                      "The learning rate that the schedule gave."),
       gradient_curves(history)});
}

std::string confusion(const Job& job, Run& run) {
  const auto [name, part] = shown_part(run.parts());
  const nn::ConfusionMatrix matrix(outputs_of(run.net(), part->x), part->y);
  std::vector<std::string> head{"actual, by prediction"};
  std::vector<std::vector<std::string>> rows;
  const auto share = [](double v) { return std::isnan(v) ? std::string("–") : common::percent(v); };
  std::vector<std::string> precision{"precision"};
  for (Index i = 0; i < matrix.classes(); ++i) {
    const std::string& label = job.classes.at(static_cast<std::size_t>(i));
    head.push_back(label);
    std::vector<std::string> row{label};
    for (Index j = 0; j < matrix.classes(); ++j) row.push_back(std::to_string(matrix.count(i, j)));
    row.push_back(share(matrix.recall(i)));
    rows.push_back(std::move(row));
    precision.push_back(share(matrix.precision(i)));
  }
  head.emplace_back("recall");
  precision.push_back(share(matrix.accuracy()));
  rows.push_back(std::move(precision));
  return "<h2>Confusion matrix of the " + name + " part</h2>" + common::table(head, rows);
}

// The net on raw features of the plane or the line.
std::string picture(const Job& job, Run& run) {
  if (job.example.rank() != 1) return "";
  const Parts& parts = run.parts();
  const auto predict = [&](const Tensor& x) { return run.objective().predictions(outputs_of(run.net(), x)); };
  if (job.example[0] == 2 && job.problem != Problem::regression)
    return common::figures({common::figure(
        common::regions("Decision regions of the net, with the data", job.features, parts.train, parts.dev, predict),
        "Decision regions: the likeliest class, stronger where the net is surer. Small marks are train examples, large "
        "ones dev examples; every other class is square.")});
  if (job.example[0] == 1 && job.problem == Problem::regression)
    return common::figures({common::figure(common::fit("The fitted curve, with the data", parts.train, predict),
                                           "The net's curve through the train examples.")});
  return "";
}

std::string results_table(const Objective& objective, const Results& results) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, e] : results.parts) rows.push_back({name, number(e.loss, 6), objective.score_text(e.score)});
  return common::table({"part", "loss", objective.score_name()}, rows);
}

}  // namespace

std::pair<std::string, const Dataset*> shown_part(const Parts& parts) {
  if (parts.test.x.defined()) return {"test", &parts.test};
  if (parts.dev.x.defined()) return {"dev", &parts.dev};
  return {"train", &parts.train};
}

void write_report(const std::string& path, const Options& o, const Job& job, Run& run, const Results& results,
                  const std::string& command) {
  common::Facts facts{{"data", job.name},
                      {"layers", o.layers.empty() ? "none" : o.layers},
                      {"activation", o.activation},
                      {"optimiser", o.optimizer + ", rate " + number(base_rate(o), 4)},
                      {"schedule", o.schedule},
                      {"batch", o.batch ? std::to_string(o.batch) : "all"},
                      {"run", results.ending},
                      {"time", common::duration_text(run.seconds())},
                      {"seed", std::to_string(o.seed)}};
  std::string body = "<h2>Results</h2>" + results_table(run.objective(), results);
  const std::string shown = picture(job, run);
  if (!shown.empty()) body += "<h2>What it learned</h2>" + shown;
  if (!run.history().empty()) body += "<h2>Training</h2>" + training_curves(run.history(), run.objective());
  if (job.problem != Problem::regression) body += confusion(job, run);
  body += "<h2>The net</h2><pre>" + common::escape(nn::summary(run.net(), job.example)) + "</pre>";
  common::write_page(path, common::page("Training on " + job.name, facts, body, command));
}

void write_report(const std::string& path, const Options& o, const nn::RangeTest& test, const std::string& command) {
  common::Curve loss{"loss", {}}, smoothed{"smoothed", {}};
  for (const nn::RangeTestRow& row : test.rows) {
    loss.points.emplace_back(row.lr, row.loss);
    smoothed.points.emplace_back(row.lr, row.smoothed);
  }
  const std::string body = common::figures({common::figure(
      common::curves("Loss by learning rate", {.x = "learning rate", .y = "loss", .log_x = true}, {loss, smoothed}),
      "The loss while the rate grows (Smith, 2017). A good rate lies where the smoothed curve falls fastest.")});
  common::write_page(
      path, common::page("Learning-rate range test on " + o.data,
                         {{"suggested rate", test.suggested ? number(*test.suggested, 3) : "none: it never falls"},
                          {"optimiser", o.optimizer},
                          {"layers", o.layers}},
                         body, command));
}

}  // namespace train
