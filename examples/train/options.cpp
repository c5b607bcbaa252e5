#include "options.hpp"

#include <algorithm>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>

#include <autograd/error.hpp>
#include <nn/activation.hpp>
#include <nn/data/named.hpp>
#include <nn/init.hpp>

#include "../common/cli.hpp"
#include "schedules.hpp"

namespace train {

using common::at_least, common::count, common::one_of, common::range, common::whole;

namespace {

// What says how this process behaves, and may be given along with --resume; all else makes the run what it is.
const std::set<std::string> of_the_process = {"--threads",    "--gradcheck", "--find-lr", "--folds",  "--save",
                                              "--save-every", "--resume",    "--json",    "--report", "--list",
                                              "--config",     "--quiet",     "--data-dir"};

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
  app.allow_config_extras(CLI::config_extras_mode::error);
  app.option_defaults()->always_capture_default()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  const char* group = "Data";
  const auto add = [&]<class T>(const char* name, T& value, const std::string& description) {
    return app.add_option(name, value, description)->group(group);
  };
  add("data,--data", o.data, "a set by name (--list shows them), or a file: .csv, .tsv or .arff, .gz or not");
  app.add_flag("--list", o.list, "list the sets that can be had by name")->group(group);
  add("--points", o.points, "toys: number of points")->check(whole(10, 10'000'000, "from 10 to 10000000"));
  add("--noise", o.noise, "toys: standard deviation of the noise")->check(range(0, 10, "from 0 to 10"));
  add("--data-dir", o.data_dir, "where ./dev data has put the real sets, unless in build/data or $XGRAD_DATA");
  add("--target", o.target, "files: the column to predict; the last one unless said");
  add("--problem", o.problem, "files: what the target is; auto: words and at most 20 whole numbers are classes")
      ->check(one_of({"auto", "binary", "classes", "regression"}));
  add("--delimiter", o.delimiter, "files: what separates the cells of a .csv")
      ->check(CLI::Validator(
          [](std::string& text) { return text.size() == 1 ? std::string() : "'" + text + "' is not one character"; },
          ""));
  app.add_flag("--no-header", o.no_header, "files: the first line of a .csv holds values; columns are x1, x2 …")
      ->group(group);
  add("--nominal", o.nominal, "files: columns to read as words though they hold numbers");
  add("--ignore", o.ignore, "files: columns to leave out, separated by commas");
  add("--zero-is-missing", o.zero_is_missing, "files: columns in which 0 means that the value is missing");
  add("--missing", o.missing, "rows with missing values: an error, dropped, or filled with the mean of the train part")
      ->check(one_of({"error", "drop", "mean"}));
  add("--limit", o.limit, "use only so many examples besides a set's own test part, chosen by the seed; 0: all")
      ->check(count(0));
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
  std::vector<std::string> inits{"auto"};
  for (const std::string& name : xgrad::nn::init::names()) inits.push_back(name);
  add("--init", o.init, "of the weights; auto: he_normal for relu and its kin, else xavier_normal")
      ->check(one_of(inits));
  add("--loss", o.loss, "auto: cross-entropy from logits for classes, squared error for values")
      ->check(one_of({"auto", "cross_entropy", "cross_entropy_from_probabilities", "mse", "mae", "huber"}));
  add("--dtype", o.dtype, "of all numbers")->check(one_of({"f64", "f32"}));

  group = "Training";
  add("--optimizer", o.optimizer, "")->check(one_of(optimizer_names()));
  add("--lr", o.lr,
      "learning rate; 0: 0.5 for sgd on classes, 0.05 on numbers and with momentum, 0.01 adagrad, 0.001 the others")
      ->check(at_least(0));
  add("--momentum", o.momentum, "of momentum and nesterov")->check(range(0, 0.9999999, "from 0 to below 1"));
  add("--weight-decay", o.weight_decay, "of the optimiser")->check(at_least(0));
  add("--l2", o.l2, "adds l2/2 times the sum of squared weights to the loss")->check(at_least(0));
  add("--l1", o.l1, "adds l1 times the sum of absolute weights to the loss")->check(at_least(0));
  add("--clip-norm", o.clip_norm, "scale all gradients down to this norm; 0: no")->check(at_least(0));
  add("--clip-value", o.clip_value, "cut every gradient's entries to this size; 0: no")->check(at_least(0));
  add("--schedule", o.schedule, "of the learning rate")->check(one_of(schedule_names()));
  add("--cycle", o.cycle, "epochs of a step, cosine or cyclical period; 0: a tenth of the run (cosine: all of it)")
      ->check(count(0));
  add("--gamma", o.gamma,
      "factor or decay of step (0.5), exponential (0.99), inverse_time (0.01), exp_range (0.9999); 0: that")
      ->check(at_least(0));
  add("--lr-min", o.lr_min, "lower end of cosine and cyclical schedules")->check(at_least(0));
  add("--warm-up", o.warm_up, "steps that lead up to the schedule")->check(count(0));
  add("--batch", o.batch, "examples a step; 0: all of them")->check(count(0));
  add("--epochs", o.epochs, "times that every example is seen")->check(count(1));
  add("--patience", o.patience,
      "stop when the dev loss has not improved for so many epochs, and go back to the best; 0: no")
      ->check(count(0));
  add("--seed", o.seed, "of data, split, weights and batches")
      ->check(whole(0, UINT64_MAX, "from 0 to 18446744073709551615"));

  group = "Run";
  add("--threads", o.threads, "the same bits for any number")->check(whole(1, 1024, "from 1 to 1024"));
  app.add_flag("--gradcheck", o.gradcheck, "check every weight's gradient before training starts")->group(group);
  app.add_flag("--find-lr", o.find_lr, "learning-rate range test instead of training")->group(group);
  add("--folds", o.folds, "cross-validate in so many parts instead of one dev part")
      ->check(whole(0, 1000, "from 0 to 1000"));
  add("--save", o.save, "checkpoint (safetensors): the net, and all that resuming needs");
  add("--save-every", o.save_every, "seconds between checkpoints; 0: one an epoch")->check(at_least(0));
  add("--resume", o.resume, "go on from a checkpoint as if the run had never stopped; --epochs may be raised");
  add("--json", o.json, "write the run as JSON lines, - for standard output; a resumed run adds to the file");
  add("--report", o.report, "write an HTML report");
  app.add_flag("--quiet", o.quiet, "no progress and no tables, only results")->group(group);
}

void check_combinations(const CLI::App& app, const Options& o) {
  const auto given = [&](const char* name) { return app.get_option(name)->count() > 0; };
  const auto refuse = [&](std::initializer_list<const char*> names, const std::string& why) {
    for (const char* name : names)
      if (given(name)) throw BadUsage(name + (": " + why));
  };
  if (o.folds == 1) throw BadUsage("--folds: takes 2 or more, or 0 for one dev part");
  if (o.folds) {
    refuse({"--save", "--report", "--resume"}, "has no meaning with --folds, which trains several nets");
    refuse({"--gradcheck", "--find-lr"}, "has no meaning with --folds");
    refuse({"--patience"}, "would choose the epoch on the fold that is scored; leave it out with --folds");
  }
  if (o.find_lr)
    refuse({"--save", "--json", "--patience", "--resume"}, "has no meaning with --find-lr, which trains no net");
  if (o.optimizer != "momentum" && o.optimizer != "nesterov")
    refuse({"--momentum"}, "has no meaning with " + o.optimizer + "; take --optimizer momentum or nesterov");
  bool named = false, toy = false;
  for (const xgrad::nn::data::NamedSet& set : xgrad::nn::data::named_sets())
    if (set.name == o.data) {
      named = true;
      toy = set.toy();
    }
  if (named)
    refuse({"--target", "--problem", "--delimiter", "--no-header", "--nominal", "--ignore", "--zero-is-missing",
            "--missing"},
           "is for files; " + o.data + " is a set by name");
  if (!toy) refuse({"--points", "--noise"}, "is for toys, and " + o.data + " is none; --limit takes fewer examples");
}

nlohmann::ordered_json to_json(const CLI::App& app) {
  nlohmann::ordered_json json;
  for (const CLI::Option* option : app.get_options()) {
    const std::string name = long_name(option);
    if (option->get_lnames().empty() || of_the_process.count(name) || name == "--help") continue;
    const std::string value = option->count() ? option->results().back() : option->get_default_str();
    if (!value.empty()) json[name.substr(2)] = value;
  }
  return json;
}

Options resumed(const CLI::App& given_app, const Options& given, nlohmann::ordered_json& saved) {
  for (const CLI::Option* option : given_app.get_options()) {
    const std::string name = long_name(option);
    if (option->count() > 0 && !of_the_process.count(name) && name != "--epochs")
      throw BadUsage(name + ": " + given.resume + " goes on with the options that it began with; leave it out");
  }
  Options result;
  try {
    if (given_app.get_option("--epochs")->count() > 0) saved["epochs"] = std::to_string(given.epochs);
    std::vector<std::string> arguments;  // in reverse, as CLI11 takes them
    for (const auto& [name, value] : saved.items())
      arguments.insert(arguments.begin(), "--" + name + "=" + value.get<std::string>());
    CLI::App app;
    define(app, result);
    app.parse(arguments);
  } catch (const std::exception&) {
    throw xgrad::IoError(given.resume + ": its options cannot be read; was it saved by another version of train?");
  }
  result.threads = given.threads;
  result.save = given.save.empty() ? given.resume : given.save;
  result.save_every = given.save_every;
  result.resume = given.resume;
  result.json = given.json;
  result.report = given.report;
  result.quiet = given.quiet;
  result.gradcheck = given.gradcheck;
  if (!given.data_dir.empty()) result.data_dir = given.data_dir;
  return result;
}

}  // namespace train
