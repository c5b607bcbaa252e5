#include "options.hpp"

#include <algorithm>
#include <set>
#include <sstream>

#include <CLI/CLI.hpp>

#include <autograd/error.hpp>
#include <nn/activation.hpp>
#include <nn/data/named.hpp>
#include <nn/init.hpp>

#include "schedules.hpp"

namespace train {
namespace {

using Words = std::vector<std::string>;

// One of some words; the message lists them.
CLI::Validator one_of(const Words& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
  return CLI::Validator(
      [words, list](std::string& value) {
        if (std::find(words.begin(), words.end(), value) != words.end()) return std::string();
        return "'" + value + "' is none of " + list;
      },
      list);
}

CLI::Validator range(double low, double high, const std::string& description) {
  return CLI::Validator(
      [=](std::string& text) {
        double value = 0;
        if (!CLI::detail::lexical_cast(text, value)) return "'" + text + "' is not a number";
        if (value >= low && value <= high) return std::string();
        return "'" + text + "' is not " + description;
      },
      "");
}

CLI::Validator at_least(double low) { return range(low, 1e300, xgrad::number_text(low) + " or more"); }

// What may be given along with --resume.
const std::set<std::string> changeable = {"--epochs", "--threads", "--save",   "--save-every", "--json",
                                          "--report", "--quiet",   "--resume", "--data-dir"};

std::string long_name(const CLI::Option* option) {
  return option->get_lnames().empty() ? option->get_name() : "--" + option->get_lnames().front();
}

}  // namespace

std::vector<std::string> split_names(const std::string& list) {
  std::vector<std::string> names;
  std::istringstream in(list);
  for (std::string name; std::getline(in, name, ',');)
    if (!name.empty()) names.push_back(name);
  return names;
}

void define(CLI::App& app, Options& o) {
  app.option_defaults()->always_capture_default()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  const char* group = "Data";
  const auto add = [&]<class T>(const char* name, T& value, const std::string& description) {
    return app.add_option(name, value, description)->group(group);
  };
  add("data,--data", o.data, "a set by name (--list shows them), or a file: .csv, .tsv or .arff, .gz or not");
  app.add_flag("--list", o.list, "list the sets that can be had by name")->group(group)->configurable(false);
  add("--points", o.points, "toys: number of points")->check(range(10, 1e7, "from 10 to 10,000,000"));
  add("--noise", o.noise, "toys: standard deviation of the noise")->check(range(0, 10, "from 0 to 10"));
  add("--data-dir", o.data_dir, "where ./dev data has put the real sets, unless in build/data or $XGRAD_DATA");
  add("--target", o.target, "files: the column to predict; the last one unless said");
  add("--ignore", o.ignore, "files: columns to leave out, separated by commas");
  add("--zero-is-missing", o.zero_is_missing, "files: columns in which 0 means that the value is missing");
  add("--missing", o.missing, "rows with missing values: an error, dropped, or filled with the mean of the train part")
      ->check(one_of({"error", "drop", "mean"}));
  add("--limit", o.limit, "use only so many examples, chosen by the seed; 0: all")->check(at_least(0));
  add("--dev", o.dev, "share of the examples kept for the dev part, class by class")
      ->check(range(0, 0.9, "from 0 to 0.9"));
  add("--standardize", o.standardize,
      "features to mean 0 and deviation 1 of the train part; auto: not for toys, images")
      ->check(one_of({"auto", "yes", "no"}));

  group = "Net";
  add("--layers", o.layers,
      "hidden layers, separated by commas: units (16), conv16 or conv16x3 (channels x kernel), pool2, avgpool2, "
      "dropout0.5, batchnorm, layernorm, residual; none: logistic regression");
  add("--activation", o.activation, "of hidden layers")->check(one_of(xgrad::nn::activation_names()));
  Words inits{"auto"};
  for (const std::string& name : xgrad::nn::init::names()) inits.push_back(name);
  add("--init", o.init, "of the weights; auto: he_normal for relu and its kin, else xavier_normal")
      ->check(one_of(inits));
  add("--loss", o.loss, "auto: cross-entropy from logits for classes, squared error for values")
      ->check(one_of({"auto", "cross_entropy", "cross_entropy_from_probabilities", "mse", "mae", "huber"}));
  add("--dtype", o.dtype, "of all numbers")->check(one_of({"f64", "f32"}));

  group = "Training";
  add("--optimizer", o.optimizer, "")->check(one_of(optimizer_names()));
  add("--lr", o.lr, "learning rate; 0: 0.5 for sgd, 0.05 with momentum, 0.01 adagrad, 0.001 the others")
      ->check(at_least(0));
  add("--momentum", o.momentum, "of momentum, nesterov and rmsprop")->check(range(0, 0.9999999, "from 0 to below 1"));
  add("--weight-decay", o.weight_decay, "of the optimiser")->check(at_least(0));
  add("--l2", o.l2, "adds l2/2 times the sum of squared weights to the loss")->check(at_least(0));
  add("--l1", o.l1, "adds l1 times the sum of absolute weights to the loss")->check(at_least(0));
  add("--clip-norm", o.clip_norm, "scale all gradients down to this norm; 0: no")->check(at_least(0));
  add("--clip-value", o.clip_value, "cut every gradient's entries to this size; 0: no")->check(at_least(0));
  add("--schedule", o.schedule, "of the learning rate")->check(one_of(schedule_names()));
  add("--cycle", o.cycle, "epochs of a step, cosine or cyclical period; 0: a tenth of the run (cosine: all of it)")
      ->check(at_least(0));
  add("--gamma", o.gamma,
      "factor or decay of step (0.5), exponential (0.99), inverse_time (0.01), exp_range (0.9999); 0: that")
      ->check(at_least(0));
  add("--lr-min", o.lr_min, "lower end of cosine and cyclical schedules")->check(at_least(0));
  add("--warm-up", o.warm_up, "steps that lead up to the schedule")->check(at_least(0));
  add("--batch", o.batch, "examples a step; 0: all of them")->check(at_least(0));
  add("--epochs", o.epochs, "times that every example is seen")->check(range(1, 1e9, "from 1 to 1,000,000,000"));
  add("--patience", o.patience,
      "stop when the dev loss has not improved for so many epochs, and go back to the best; 0: no")
      ->check(at_least(0));
  add("--seed", o.seed, "of data, split, weights and batches");

  group = "Run";
  const auto own = [&](CLI::Option* option) { option->configurable(false); };
  own(add("--threads", o.threads, "the same bits for any number")->check(range(1, 1024, "from 1 to 1024")));
  own(app.add_flag("--gradcheck", o.gradcheck, "check every weight's gradient before training starts")->group(group));
  own(app.add_flag("--find-lr", o.find_lr, "learning-rate range test instead of training")->group(group));
  own(add("--folds", o.folds, "cross-validate in so many parts instead of one dev part")
          ->check(range(0, 1000, "from 0 to 1000")));
  own(add("--save", o.save, "checkpoint (safetensors): the net, and all that resuming needs"));
  own(add("--save-every", o.save_every, "seconds between checkpoints; 0: one an epoch")->check(at_least(0)));
  own(add("--resume", o.resume, "go on from a checkpoint as if the run had never stopped; --epochs may be raised"));
  own(add("--json", o.json, "write the run as JSON lines, - for standard output"));
  own(add("--report", o.report, "write an HTML report"));
  own(app.add_flag("--quiet", o.quiet, "no progress and no tables, only results")->group(group));
}

std::string to_text(const CLI::App& app) { return app.config_to_str(true, false); }

Options resumed(const CLI::App& given_app, const Options& given, const std::string& text) {
  for (const CLI::Option* option : given_app.get_options()) {
    const std::string name = long_name(option);
    if (option->count() > 0 && !changeable.count(name))
      throw xgrad::IoError(given.resume + ": the run goes on with the options that it began with; leave out " + name);
  }
  Options result;
  CLI::App app;
  define(app, result);
  std::istringstream stream(text);
  try {
    app.parse_from_stream(stream);
  } catch (const CLI::ParseError& e) {
    throw xgrad::IoError(given.resume + ": its options cannot be read (" + e.what() +
                         "); was it saved by another version?");
  }
  result.threads = given.threads;
  result.save = given.save.empty() ? given.resume : given.save;
  result.save_every = given.save_every;
  result.resume = given.resume;
  result.json = given.json;
  result.report = given.report;
  result.quiet = given.quiet;
  if (!given.data_dir.empty()) result.data_dir = given.data_dir;
  if (given_app.get_option("--epochs")->count() > 0) result.epochs = given.epochs;
  return result;
}

}  // namespace train
