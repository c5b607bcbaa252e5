// The main job: two moons, a two-layer net by hand, its gradients four ways, and a report.

#include <chrono>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <sstream>

#include <autograd/autograd.hpp>
#include <nn/data.hpp>
#include <nn/metrics.hpp>

#include "../common/cli.hpp"
#include "../common/html.hpp"
#include "../common/progress.hpp"
#include "../common/training.hpp"
#include "comparison.hpp"
#include "net.hpp"

#include "report.hpp"

using namespace xgrad;

namespace {

constexpr double bayes_accuracy = 94.3;  // of moons with noise 0.25, from 3 million draws
constexpr Index compared_examples = 100;
constexpr int compared_at = 100;  // iterations: the gradients are then neither those of the start nor near 0

struct Options {
  int points = 2000, hidden = 4, iterations = 10000;
  double noise = 0.25, rate = 1.2;
  std::uint64_t seed = 0;
  hand::Activation activation = hand::Activation::tanh;
  std::string out = "demo.html";
};

void define(CLI::App& app, Options& o) {
  app.add_option("--points", o.points, "number of points, four fifths of them for training")
      ->check(CLI::Range(10, 1000000))
      ->capture_default_str();
  app.add_option("--noise", o.noise, "standard deviation of the noise")
      ->check(CLI::Range(0., 10.))
      ->capture_default_str();
  app.add_option("--hidden", o.hidden, "hidden units")->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_option("--activation", o.activation, "tanh, sigmoid or relu")
      ->transform(CLI::CheckedTransformer(std::map<std::string, hand::Activation>{
          {"tanh", hand::Activation::tanh}, {"sigmoid", hand::Activation::sigmoid}, {"relu", hand::Activation::relu}}))
      ->default_str("tanh");
  app.add_option("--rate", o.rate, "learning rate")->check(CLI::Range(1e-9, 1e3))->capture_default_str();
  app.add_option("--iterations", o.iterations, "steps of gradient descent on all training points")
      ->check(CLI::Range(1, 100000000))
      ->capture_default_str();
  app.add_option("--seed", o.seed, "of data, split and weights")->capture_default_str();
  app.add_option("--out", o.out, "the HTML report")->capture_default_str();
}

struct Training {
  std::vector<demo::CostPoint> costs;
  std::vector<demo::Compared> gradients;
  std::string tape;
  double seconds = 0;
};

Training train(demo::Net& net, const nn::data::Split& data, const Options& o) {
  Training result;
  common::Progress progress(static_cast<std::size_t>(o.iterations));
  Tape tape;
  const auto start = std::chrono::steady_clock::now();
  std::chrono::duration<double> aside{0};
  for (int i = 1; i <= o.iterations; ++i) {
    if (i == std::min(compared_at, o.iterations)) {
      const auto before = std::chrono::steady_clock::now();
      result.gradients = demo::compare(net, slice(data.train.x, 0, 0, compared_examples),
                                       slice(data.train.y, 0, 0, compared_examples));
      aside += std::chrono::steady_clock::now() - before;
    }
    const Tensor loss = named("cost", binary_cross_entropy_with_logits(net.logits(data.train.x), data.train.y));
    if (i == o.iterations || common::on_log_grid(i)) {
      const NoGrad off;
      result.costs.push_back(
          {i, loss.item(), binary_cross_entropy_with_logits(net.logits(data.dev.x), data.dev.y).item()});
    }
    progress.show(static_cast<std::size_t>(i), "cost " + common::number(loss.item(), 4));
    tape.backward(loss);
    for (Parameter* p : net.parameters()) {
      p->assign(p->value() - o.rate * p->grad());
      p->zero_grad();
    }
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start - aside).count();
  std::ostringstream text;
  text << tape;
  result.tape = text.str();
  return result;
}

int run(const Options& o, const std::string& command) {
  Rng rng(o.seed);
  const nn::data::Split data = nn::data::split(nn::data::moons(o.points, o.noise, rng), 0.8, rng);
  const nn::data::Split shown{{named("X", data.train.x), named("Y", data.train.y)}, data.dev};
  demo::Net net(o.hidden, o.activation, rng);
  const Training training = train(net, shown, o);

  const NoGrad off;
  const double train_accuracy = nn::accuracy(net.logits(data.train.x), data.train.y),
               dev_accuracy = nn::accuracy(net.logits(data.dev.x), data.dev.y);
  const std::string limit = o.noise == 0.25 ? common::number(bayes_accuracy, 3) + " %" : "known for noise 0.25 only";
  const std::string caption =
      "The tape's gradient of the mean cost beside the equations derived by hand, the central difference and the "
      "complex step, on " +
      std::to_string(std::min<Index>(compared_examples, data.train.x.shape()[0])) + " training examples after " +
      std::to_string(std::min(compared_at, o.iterations) - 1) +
      " iterations. The dZ rows are the tape's times m. A difference is relative to the largest sum of magnitudes of "
      "the terms in an entry.";

  std::cout << caption << "\n\n";
  demo::print(std::cout, training.gradients);
  std::cout << '\n'
            << training.tape << '\n'
            << "cost            " << common::number(training.costs.front().train, 6) << " at the start, "
            << common::number(training.costs.back().train, 6) << " at the end\n"
            << "train accuracy  " << common::percent(train_accuracy) << '\n'
            << "dev accuracy    " << common::percent(dev_accuracy) << "  (Bayes limit: " << limit << ")\n"
            << "training time   " << common::number(training.seconds, 3) << " s for " << o.iterations
            << " iterations\n";

  demo::Report report;
  report.title = "Two moons, a two-layer net, and its gradients";
  report.command = command;
  report.tape = training.tape;
  report.costs = training.costs;
  report.gradients = training.gradients;
  report.gradients_caption = caption;
  report.data = data;
  report.facts = {{"train accuracy", common::percent(train_accuracy)},
                  {"dev accuracy", common::percent(dev_accuracy)},
                  {"Bayes limit", limit},
                  {"cost, start", common::number(training.costs.front().train, 4)},
                  {"cost, end", common::number(training.costs.back().train, 4)},
                  {"net", "2-" + std::to_string(o.hidden) + "-1, " + demo::to_string(o.activation)},
                  {"learning rate", common::number(o.rate, 4)},
                  {"iterations", std::to_string(o.iterations)},
                  {"training time", common::number(training.seconds, 3) + " s"}};
  demo::write(o.out, report, net);
  std::cout << "report          " << std::filesystem::absolute(o.out).string() << '\n';
  if (!std::isfinite(training.costs.back().train)) {
    std::cout << "The cost is not finite: the run diverged. Try a smaller --rate.\n";
    return 1;
  }
  return 0;
}

}  // namespace

int main(int argc, char* argv[]) {
  Options options;
  CLI::App app(
      "Trains the two-layer net on two moons by gradient descent, compares its gradients four ways, writes a report.",
      "demo");
  define(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return 0;
  } catch (const CLI::ParseError& e) {
    std::cerr << "demo: " << e.what() << "; see --help\n";
    return 2;
  }
  const std::string command = common::command_line("./dev demo", argc, argv);
  try {
    return run(options, command);
  } catch (const std::exception& e) {
    std::cerr << "demo: " << e.what() << '\n';
    return 1;
  }
}
