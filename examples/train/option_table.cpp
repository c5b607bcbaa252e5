// Every option of train: name, default, what it may be, help.

#include <nn/activation.hpp>
#include <nn/init.hpp>

#include "options.hpp"
#include "schedules.hpp"

namespace train {
namespace {

using common::at_least, common::count, common::one_of, common::range, common::whole;
using enum Role;
using O = Options;

std::vector<std::string> init_names() {
  std::vector<std::string> names{"auto"};
  for (const std::string& name : xgrad::nn::init::names()) names.push_back(name);
  return names;
}

std::vector<Option> data_options() {
  return {
      {"data", &O::data, "a set by name (--list shows them), or a file: .csv, .tsv or .arff, .gz or not"},
      {"list", &O::list, "list the sets that can be had by name", {}, process},
      {"points", &O::points, "toys: number of points", whole(10, 10'000'000, "from 10 to 10000000")},
      {"noise", &O::noise, "toys: standard deviation of the noise", range(0, 10, "from 0 to 10")},
      {"data-dir",
       &O::data_dir,
       "where ./dev data has put the real sets, unless in build/data or $XGRAD_DATA",
       {},
       process},
      {"target", &O::target, "files: the column to predict; the last one unless said"},
      {"problem", &O::problem, "files: what the target is; auto: words and at most 20 whole numbers are classes",
       one_of({"auto", "binary", "classes", "regression"})},
      {"delimiter", &O::delimiter, "files: what separates the cells of a .csv", common::one_character()},
      {"no-header", &O::no_header, "files: the first line of a .csv holds values; columns are x1, x2 …"},
      {"nominal", &O::nominal, "files: columns to read as words though they hold numbers"},
      {"ignore", &O::ignore, "files: columns to leave out, separated by commas"},
      {"zero-is-missing", &O::zero_is_missing, "files: columns in which 0 means that the value is missing"},
      {"missing", &O::missing, "rows with missing values: an error, dropped, or filled with the mean of the train part",
       one_of({"error", "drop", "mean"})},
      {"limit", &O::limit, "use only so many examples besides a set's own test part, chosen by the seed; 0: all",
       count(0)},
      {"dev", &O::dev, "share of the examples kept for the dev part, class by class", range(0, 0.9, "from 0 to 0.9")},
      {"standardize", &O::standardize,
       "features to mean 0 and deviation 1 of the train part; auto: not for toys, images",
       one_of({"auto", "yes", "no"})}};
}

std::vector<Option> net_options() {
  return {{"layers", &O::layers,
           "hidden layers, separated by commas: units (16), conv16 or conv16x3 (channels x kernel), pool2, avgpool2, "
           "dropout0.5, batchnorm, layernorm, residual; 16:relu has an activation of its own; none: logistic "
           "regression"},
          {"activation", &O::activation, "of hidden layers that name none", one_of(xgrad::nn::activation_names())},
          {"init", &O::init,
           "of the weights; auto: he_normal before relu and its kin, else xavier_normal; of the last layer as of the "
           "one before",
           one_of(init_names())},
          {"loss", &O::loss, "auto: cross-entropy from logits for classes, squared error for values",
           one_of({"auto", "cross_entropy", "cross_entropy_from_probabilities", "mse", "mae", "huber"}), training},
          {"dtype", &O::dtype, "of all numbers", one_of({"f64", "f32"})}};
}

std::vector<Option> training_options() {
  return {
      {"optimizer", &O::optimizer, "", one_of(optimizer_names()), training},
      {"lr", &O::lr,
       "learning rate; 0: 0.5 for sgd on classes, 0.05 on numbers and with momentum, 0.01 adagrad, 0.001 the others",
       at_least(0), training},
      {"momentum", &O::momentum, "of momentum and nesterov", range(0, 0.9999999, "from 0 to below 1"), training},
      {"weight-decay", &O::weight_decay, "of the optimiser", at_least(0), training},
      {"l2", &O::l2, "adds l2/2 times the sum of squared weights to the loss", at_least(0), training},
      {"l1", &O::l1, "adds l1 times the sum of absolute weights to the loss", at_least(0), training},
      {"clip-norm", &O::clip_norm, "scale all gradients down to this norm; 0: no", at_least(0), training},
      {"clip-value", &O::clip_value, "cut every gradient's entries to this size; 0: no", at_least(0), training},
      {"schedule", &O::schedule, "of the learning rate", one_of(schedule_names()), training},
      {"cycle", &O::cycle, "epochs of a step, cosine or cyclical period; 0: a tenth of the run (cosine: all of it)",
       count(0), training},
      {"gamma", &O::gamma,
       "factor or decay of step (0.5), exponential (0.99), inverse_time (0.01), exp_range (0.9999); 0: that",
       at_least(0), training},
      {"lr-min", &O::lr_min, "lower end of cosine and cyclical schedules", at_least(0), training},
      {"warm-up", &O::warm_up, "steps that lead up to the schedule", count(0), training},
      {"batch", &O::batch, "examples a step; 0: all of them", count(0), training},
      {"epochs", &O::epochs, "times that every example is seen", count(1), training},
      {"patience", &O::patience,
       "stop when the dev loss has not improved for so many epochs, and go back to the best; 0: no", count(0)},
      {"seed", &O::seed, "of data, split, weights and batches",
       whole(0, UINT64_MAX, "from 0 to 18446744073709551615")}};
}

std::vector<Option> run_options() {
  return {
      {"threads", &O::threads, "the same bits for any number", whole(1, 1024, "from 1 to 1024")},
      {"gradcheck", &O::gradcheck, "check every weight's gradient before training starts"},
      {"find-lr", &O::find_lr, "learning-rate range test instead of training"},
      {"folds", &O::folds, "cross-validate in so many parts instead of one dev part", whole(0, 1000, "from 0 to 1000")},
      {"save", &O::save, "checkpoint (safetensors): the net, and all that resuming needs"},
      {"save-every", &O::save_every, "seconds between checkpoints; 0: one an epoch", at_least(0)},
      {"resume", &O::resume, "go on from a checkpoint as if the run had never stopped; --epochs may be raised"},
      {"json", &O::json, "write the run as JSON lines, - for standard output; a resumed run adds to the file"},
      {"report", &O::report, "write an HTML report"},
      {"quiet", &O::quiet, "no progress and no tables, only results"}};
}

void append(std::vector<Option>& all, std::vector<Option> group, const char* name, bool is_process = false) {
  for (Option& option : group) {
    option.group = name;
    if (is_process) option.role = process;
    all.push_back(std::move(option));
  }
}

}  // namespace

const std::vector<Option>& option_table() {
  static const std::vector<Option> table = [] {
    std::vector<Option> all;
    append(all, data_options(), "Data");
    append(all, net_options(), "Net");
    append(all, training_options(), "Training");
    append(all, run_options(), "Run", true);
    return all;
  }();
  return table;
}

}  // namespace train
