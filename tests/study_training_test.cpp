// The study: what a row is the result of, step by step, and the best that any classifier can do.

#define BOOST_TEST_MODULE study_training
#include "files.hpp"
#include "support.hpp"

#include <nlohmann/json.hpp>

#include <nn/nn.hpp>

#include "../examples/common/training.hpp"
#include "../examples/study/bayes.hpp"
#include "../examples/study/training.hpp"

using namespace study;
using namespace xgrad;

namespace {

// Small moons, one run.
Grid small(double rate) {
  Grid grid;
  grid.data.points = 60;
  grid.widths = {4};
  grid.activations = {"tanh"};
  grid.rates = {rate};
  grid.iterations = {50};
  grid.seed = 7;
  return grid;
}

// A run after so many iterations.
struct Trained : Training {
  Trained(const Grid& grid, Index iterations, std::size_t run = 0)
      : Training(runs(grid).at(run), grid, DataSource(grid).at(runs(grid).at(run).seed)) {
    while (Training::iterations() < iterations) step();
  }
};

// Gradient descent on the tape and in plain arithmetic, sharing neither optimiser nor schedule with the study.
struct ByHand {
  ByHand(const Grid& grid, const nn::data::Split& parts, const std::vector<Index>& sizes)
      : split(parts), rate(grid.rates[0]), decay(grid.decays[0]) {
    Rng weights = common::generator(grid.seed, common::Stream::weights);
    net = nn::mlp(sizes, nn::activation(grid.activations[0]), weights, {.init = nn::init::by_name(grid.init)});
  }
  double step(const nn::data::Dataset& batch) {
    Tape tape;
    const Tensor loss = binary_cross_entropy_with_logits(net(batch.x), batch.y);
    tape.backward(loss);
    const double now = rate / (1 + decay * static_cast<double>(made++));
    for (Parameter& p : nn::parameters(net)) {
      std::vector<double> value = p.value().values();
      const std::vector<double> gradient = p.grad().values();
      for (std::size_t i = 0; i < value.size(); ++i) value[i] -= now * gradient[i];
      p.assign(reshape(tensor(value), p.shape()));
      p.zero_grad();
    }
    return loss.item();
  }
  void check(const Row& row) {
    const NoGrad off;
    const Tensor train = net(split.train.x), dev = net(split.dev.x);
    BOOST_TEST(row.train_cost == binary_cross_entropy_with_logits(train, split.train.y).item());
    BOOST_TEST(row.dev_cost == binary_cross_entropy_with_logits(dev, split.dev.y).item());
    const auto share = [](const Tensor& z, const Tensor& y) {
      double right = 0;
      for (Index i = 0; i < y.size(); ++i) right += (z.at(i, 0) > 0) == (y.at(i, 0) > 0.5);
      return right / static_cast<double>(y.size());
    };
    BOOST_TEST(row.train_accuracy == share(train, split.train.y));
    BOOST_TEST(row.dev_accuracy == share(dev, split.dev.y));
  }
  nn::Sequential net;
  nn::data::Split split;
  double rate, decay;
  Index made = 0;
};

nn::data::Split moons_of(const Grid& grid) {
  Rng rng(grid.seed);
  const nn::data::Dataset points = nn::data::moons(grid.data.points, grid.data.noise, rng);
  return nn::data::split(points, grid.train, rng);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_row_is_plain_gradient_descent_bit_for_bit) {
  for (const double decay : {0., 0.25}) {
    Grid grid = small(0.6);
    grid.decays = {decay};
    grid.init = "xavier_normal";
    ByHand hand(grid, moons_of(grid), {2, 4, 1});
    Trained training(grid, 0);
    hand.check(training.row());
    std::vector<std::pair<Index, double>> costs;
    for (Index i = 1; i <= 50; ++i) {
      costs.emplace_back(i, hand.step(hand.split.train));
      training.step();
      if (i % 10 == 0) hand.check(training.row());
    }
    const Row row = training.row();
    BOOST_TEST(row.iterations == 50);
    BOOST_TEST(row.seconds > 0);
    for (const auto& [iteration, cost] : row.costs)
      BOOST_TEST(cost == costs[static_cast<std::size_t>(iteration - 1)].second);
  }
}

BOOST_AUTO_TEST_CASE(batches_are_epochs_in_an_order_of_their_own) {
  Grid grid = small(0.3);
  grid.batches = {20};  // of 48: 20, 20, 8
  ByHand hand(grid, moons_of(grid), {2, 4, 1});
  for (std::uint64_t epoch = 0; epoch < 4; ++epoch) {
    Rng order = common::generator(grid.seed, common::Stream::order, epoch);
    for (const auto& batch : nn::data::batches(hand.split.train, 20, order)) hand.step(batch);
  }
  BOOST_TEST(hand.made == 12);
  hand.check(Trained(grid, 12).row());
  grid.batches = {48};  // all of them are no batch
  const Row whole = Trained(grid, 12).row();
  grid.batches = {0};
  BOOST_TEST(whole.train_cost == Trained(grid, 12).row().train_cost);
}

BOOST_AUTO_TEST_CASE(logistic_regression_and_deep_nets) {
  Grid grid = small(0.5);
  grid.init = "he_normal";
  for (const Index depth : {0, 3}) {
    grid.depths = {depth};
    ByHand hand(grid, moons_of(grid), depth ? std::vector<Index>{2, 4, 4, 4, 1} : std::vector<Index>{2, 1});
    for (int i = 0; i < 5; ++i) hand.step(hand.split.train);
    hand.check(Trained(grid, 5).row());
  }
}

BOOST_AUTO_TEST_CASE(costs_are_kept_by_decades) {
  const Row row = Trained(small(0.1), 1000).row();
  std::vector<Index> found, expected;
  for (const auto& [iteration, cost] : row.costs) found.push_back(iteration);
  for (Index i = 1; i <= 20; ++i) expected.push_back(i);
  // the first whole numbers from 10^(k/10) on
  for (const Index i : {26, 32, 40, 51, 64, 80, 100, 126, 159, 200, 252, 317, 399, 502, 631, 795, 1000})
    expected.push_back(i);
  BOOST_TEST(found == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(runs_of_other_seeds_have_other_points_and_weights) {
  Grid grid = small(0.1);
  grid.repeats = 2;
  const Row a = Trained(grid, 3, 0).row(), again = Trained(grid, 3, 0).row(), b = Trained(grid, 3, 1).row();
  BOOST_TEST(same(a, again));
  BOOST_TEST(a.train_cost != b.train_cost);
  BOOST_TEST(a.costs.front().second != b.costs.front().second);
}

BOOST_AUTO_TEST_CASE(what_diverges_stays_so) {
  Grid grid = small(1e300);
  grid.activations = {"identity"};
  Trained training(grid, 1);
  for (int i = 0; i < 3; ++i) {
    const Row row = training.row();
    BOOST_REQUIRE(row.diverged.has_value());
    BOOST_TEST(*row.diverged == 1);  // the first update was the one too much
    BOOST_TEST(row.iterations == 1 + i);
    for (const double v : {row.train_cost, row.dev_cost, row.train_accuracy, row.dev_accuracy})
      BOOST_TEST(std::isnan(v));
    BOOST_TEST(row.costs.size() == 1);
    training.step();
  }
  const double before = training.row().seconds;
  training.step();
  BOOST_TEST(training.row().seconds == before);

  // later: with the same number, wherever it is asked
  grid.rates = {10};
  grid.depths = {3};
  grid.init = "he_normal";
  Trained later(grid, 0);
  std::optional<Index> first;
  for (Index i = 1; i <= 100; ++i) {
    later.step();
    const Row row = later.row();
    if (!first && row.diverged) {
      first = row.diverged;
      BOOST_TEST(*first == i);
    }
    BOOST_TEST((row.diverged == first));
  }
  BOOST_REQUIRE(first.has_value());
  BOOST_TEST(*first > 1);
}

// 94.3 % of these moons: 3 million draws.
BOOST_AUTO_TEST_CASE(nothing_beats_bayes_rule) {
  Grid grid;
  grid.widths = {10, 50};
  grid.activations = {"tanh"};
  grid.rates = {1.2};
  DataSource source(grid);
  Rng rng(99);
  const Dataset points = source.fresh(100'000, rng);
  const double best = static_cast<double>(bayes_right(points, source.noiseless(400), 0.25)) / 100'000;
  BOOST_TEST(std::abs(best - 0.943) <= 0.002, best);
  for (const std::size_t run : {0u, 1u}) {
    Trained training(grid, 1000, run);
    const double reached = nn::accuracy(logits(training.net(), points.x), points.y);
    BOOST_TEST(reached < best);
    BOOST_TEST(reached > 0.85, reached);
  }
  // Without noise no point is in doubt; with labels turned round all are wrong.
  const Dataset clean = source.noiseless(1000);
  BOOST_TEST(bayes_right(clean, source.noiseless(400), 0.01) == 1000);
  BOOST_TEST(bayes_right({clean.x, 1 - clean.y}, source.noiseless(400), 0.01) == 0);
}

BOOST_AUTO_TEST_CASE(data_that_cannot_be_taken) {
  Grid grid;
  grid.batches = {0, 1601};
  CHECK_MESSAGE(DataSource(grid), "batches: 1601 examples a step, and the train part has 1600; 0 takes all of them");
  grid.batches = {1600};
  BOOST_TEST(DataSource(grid).describe() == "moons, 2,000 points, noise 0.25");
  grid.data.set = "sine";
  CHECK_MESSAGE(DataSource(grid),
                "sine: its target is a number, and a study compares accuracies; take one with classes");
  grid.data = {.set = "", .file = "no.txt"};
  CHECK_MESSAGE(DataSource(grid), "no.txt: must end in .csv, .tsv or .arff, with .gz behind it or not");
}

// A run that was cut short in the midst of an epoch goes on bit for bit; a file of another run changes nothing.
BOOST_AUTO_TEST_CASE(a_saved_run_goes_on) {
  Grid grid = small(0.5);
  grid.batches = {7};
  grid.decays = {0.01};
  grid.rates = {0.5, 0.1};
  const support::Folder folder;
  const std::string path = folder.path("run.safetensors");
  const Row whole = Trained(grid, 50).row();
  double seconds = 0;
  {
    Trained part(grid, 23);
    part.save(path);
    seconds = part.row().seconds;
  }
  {
    Trained resumed(grid, 0);
    BOOST_TEST(!resumed.resume(path + ".none"));
    BOOST_TEST(resumed.resume(path));
    BOOST_TEST(resumed.iterations() == 23);
    while (resumed.iterations() < 50) resumed.step();
    BOOST_TEST(same(resumed.row(), whole));
    BOOST_TEST(resumed.row().seconds > seconds);
  }
  Trained other(grid, 4, 1);
  const Row before = other.row();
  BOOST_TEST(!other.resume(path));
  BOOST_TEST(same(other.row(), before));
  nn::write_file(path, "cut off");
  BOOST_TEST(!other.resume(path));
  BOOST_TEST(same(other.row(), before));
}

// New points are of the same kind as those that a net has learned, whatever the toy and the seed.
BOOST_AUTO_TEST_CASE(new_points_are_of_the_same_toy) {
  for (const auto& [toy, rate] : {std::pair("moons", 1.), {"circles", 1.}, {"blobs", 0.1}}) {
    Grid grid;
    grid.data.set = toy;
    grid.data.points = 600;
    grid.data.noise = 0.05;
    grid.widths = {8};
    grid.activations = {"tanh"};
    grid.rates = {rate};
    grid.init = "xavier_normal";
    grid.iterations = {800};
    grid.repeats = 2;
    DataSource source(grid);
    Rng rng(99);
    const nn::data::Dataset fresh = source.fresh(1000, rng);
    for (const Run& run : runs(grid)) {
      Training training(run, grid, source.at(run.seed));
      while (training.iterations() < 800) training.step();
      const double accuracy = nn::accuracy(logits(training.net(), fresh.x), fresh.y);
      BOOST_TEST(training.row().dev_accuracy > 0.85, toy << ": " << training.row().dev_accuracy);
      BOOST_TEST(std::abs(accuracy - training.row().dev_accuracy) <= 0.05, toy << ": " << accuracy);
    }
  }
}
