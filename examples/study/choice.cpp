#include "choice.hpp"

#include <cmath>

#include <autograd/ops.hpp>
#include <autograd/tape.hpp>
#include <nn/checkpoint.hpp>
#include <nn/metrics.hpp>

#include <nlohmann/json.hpp>

#include "../common/cli.hpp"
#include "../common/html.hpp"
#include "../common/progress.hpp"
#include "../common/training.hpp"
#include "bayes.hpp"
#include "training.hpp"

namespace study {

using namespace xgrad;

namespace {

constexpr Index few = 500, many = 100'000;
constexpr double article_accuracy = 0.936;  // of the article's choice, on 500 new points of its data

Index right_of(const nn::Module& net, const Dataset& d) {
  constexpr Index chunk = 1000;
  Index right = 0;
  for (Index from = 0; from < nn::data::size(d); from += chunk) {
    const Index to = std::min(nn::data::size(d), from + chunk);
    const double share = nn::accuracy(logits(net, slice(d.x, 0, from, to)), slice(d.y, 0, from, to));
    right += std::llround(share * static_cast<double>(to - from));
  }
  return right;
}

// Toys whose points lie evenly on curves: without noise they are the same for any seed.
bool knows_density(const Source& s) {
  return (s.set == "moons" || s.set == "circles" || s.set == "spiral") && s.noise > 0;
}

std::vector<Trial> try_out(const Grid& grid, const DataSource& source, Choice& choice) {
  std::vector<Trial> trials;
  if (choice.data->test.x.defined()) {
    const Index n = nn::data::size(choice.data->test);
    trials.push_back({.examples = "the test part, " + common::grouped(n) + " examples",
                      .count = n,
                      .right = right_of(choice.net, choice.data->test),
                      .bayes = {},
                      .article = {}});
  }
  Rng rng = common::generator(grid.seed, common::Stream::fresh);
  for (const Index n : {few, many}) {
    const Dataset points = source.fresh(n, rng);
    if (!points.x.defined()) break;
    Trial trial{.examples = common::grouped(n) + " new points",
                .count = n,
                .right = right_of(choice.net, points),
                .bayes = {},
                .article = {}};
    if (knows_density(grid.data)) trial.bayes = bayes_right(points, source.noiseless(1000), grid.data.noise);
    if (n == few && grid.data.set == "moons" && grid.data.points == 2000 && grid.data.noise == 0.25)
      trial.article = article_accuracy;
    if (n == few) choice.shown = points;
    trials.push_back(std::move(trial));
  }
  return trials;
}

}  // namespace

std::optional<Choice> make_choice(const Grid& grid, DataSource& source, const Summary& chosen,
                                  const std::string& folder, bool quiet) {
  const Run& run = chosen.rows.front()->run;
  const std::shared_ptr<const Data> data = source.at(run.seed);
  Training training(run, grid, data);
  std::optional<common::Progress> progress;
  if (!quiet) progress.emplace(static_cast<std::size_t>(chosen.iterations));
  while (training.iterations() < chosen.iterations) {
    if (common::interrupted()) return std::nullopt;
    training.step();
    if (progress) progress->show(static_cast<std::size_t>(training.iterations()), "training the chosen net again");
  }
  progress.reset();
  Choice choice{.row = training.row(),
                .reproduced = true,
                .net = make_net(run, grid, *data),
                .path = folder + "/chosen.safetensors",
                .data = data,
                .shown = {},
                .trials = {}};
  choice.reproduced = same(choice.row, *chosen.rows.front());
  nn::Checkpoint saved{.module = training.net(), .step = chosen.iterations};
  saved.notes = {{"study", to_json(grid).dump()}, {"configuration", to_string(chosen, grid)}};
  if (data->standardizer.mean.defined())
    saved.tensors = {{"standardizer.mean", data->standardizer.mean}, {"standardizer.std", data->standardizer.std}};
  nn::save_checkpoint(choice.path, saved);
  nn::load(choice.path, choice.net);
  choice.trials = try_out(grid, source, choice);
  return choice;
}

}  // namespace study
