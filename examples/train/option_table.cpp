// Every option of train: name, default, what it may be, help.

#include <span>

#include <nn/activation.hpp>
#include <nn/init.hpp>

#include "options.hpp"
#include "schedules.hpp"

namespace train {
namespace {

using common::at_least, common::count, common::one_of, common::range, common::whole;
using enum Role;
using O = Options;
using Member = decltype(Option::value);

std::vector<std::string> init_names() {
  std::vector<std::string> names{"auto"};
  for (const std::string& name : xgrad::nn::init::names()) names.push_back(name);
  return names;
}

// As it stands in a table that the compiler makes: a large one made when the program starts is much code.
struct Row {
  const char* name;
  Member value;
  const char* help;
  common::Check (*check)() = nullptr;
  Role role = run;
};

constexpr Row data_options[] = {
    {"data", &O::data, "a set by name (--list shows them), or a file: .csv, .tsv or .arff, .gz or not"},
    {"list", &O::list, "list the sets that can be had by name", nullptr, process},
    {"points", &O::points, "toys: number of points", [] { return whole(10, 10'000'000, "from 10 to 10000000"); }},
    {"noise", &O::noise, "toys: standard deviation of the noise", [] { return range(0, 10, "from 0 to 10"); }},
    {"data-dir", &O::data_dir, "where ./dev data has put the real sets, unless in build/data or $XGRAD_DATA", nullptr,
     process},
    {"target", &O::target, "files: the column to predict; the last one unless said"},
    {"problem", &O::problem, "files: what the target is; auto: words and at most 20 whole numbers are classes",
     [] {
       return one_of({"auto", "binary", "classes", "regression"});
     }},
    {"delimiter", &O::delimiter, "files: what separates the cells of a .csv", [] { return common::one_character(); }},
    {"no-header", &O::no_header, "files: the first line of a .csv holds values; columns are x1, x2 …"},
    {"nominal", &O::nominal, "files: columns to read as words though they hold numbers"},
    {"ignore", &O::ignore, "files: columns to leave out, separated by commas"},
    {"zero-is-missing", &O::zero_is_missing, "files: columns in which 0 means that the value is missing"},
    {"missing", &O::missing, "rows with missing values: an error, dropped, or filled with the mean of the train part",
     [] {
       return one_of({"error", "drop", "mean"});
     }},
    {"limit", &O::limit, "use only so many examples besides a set's own test part, chosen by the seed; 0: all",
     [] { return count(0); }},
    {"dev", &O::dev, "share of the examples kept for the dev part, class by class",
     [] { return range(0, 0.9, "from 0 to 0.9"); }},
    {"standardize", &O::standardize, "features to mean 0 and deviation 1 of the train part; auto: not for toys, images",
     [] {
       return one_of({"auto", "yes", "no"});
     }}};

constexpr Row net_options[] = {
    {"layers", &O::layers,
     "hidden layers, separated by commas: units (16), conv16 or conv16x3 (channels x kernel), pool2, avgpool2, "
     "dropout0.5, batchnorm, layernorm, residual; 16:relu has an activation of its own; none: logistic "
     "regression"},
    {"activation", &O::activation, "of hidden layers that name none",
     [] { return one_of(xgrad::nn::activation_names()); }},
    {"init", &O::init,
     "of the weights; auto: he_normal before relu and its kin, else xavier_normal; of the last layer as of the "
     "one before",
     [] { return one_of(init_names()); }},
    {"loss", &O::loss, "auto: cross-entropy from logits for classes, squared error for values",
     [] {
       return one_of({"auto", "cross_entropy", "cross_entropy_from_probabilities", "mse", "mae", "huber"});
     },
     training},
    {"dtype", &O::dtype, "of all numbers", [] {
       return one_of({"f64", "f32"});
     }}};

constexpr Row training_options[] = {
    {"optimizer", &O::optimizer, "", [] { return one_of(optimizer_names()); }, training},
    {"lr", &O::lr,
     "learning rate; 0: 0.5 for sgd on classes, 0.05 on numbers and with momentum, 0.01 adagrad, 0.001 the others",
     [] { return at_least(0); }, training},
    {"momentum", &O::momentum, "of momentum and nesterov", [] { return range(0, 0.9999999, "from 0 to below 1"); },
     training},
    {"weight-decay", &O::weight_decay, "of the optimiser", [] { return at_least(0); }, training},
    {"l2", &O::l2, "adds l2/2 times the sum of squared weights to the loss", [] { return at_least(0); }, training},
    {"l1", &O::l1, "adds l1 times the sum of absolute weights to the loss", [] { return at_least(0); }, training},
    {"clip-norm", &O::clip_norm, "scale all gradients down to this norm; 0: no", [] { return at_least(0); }, training},
    {"clip-value", &O::clip_value, "cut every gradient's entries to this size; 0: no", [] { return at_least(0); },
     training},
    {"schedule", &O::schedule, "of the learning rate", [] { return one_of(schedule_names()); }, training},
    {"cycle", &O::cycle, "epochs of a step, cosine or cyclical period; 0: a tenth of the run (cosine: all of it)",
     [] { return count(0); }, training},
    {"gamma", &O::gamma,
     "factor or decay of step (0.5), exponential (0.99), inverse_time (0.01), exp_range (0.9999); 0: that",
     [] { return at_least(0); }, training},
    {"lr-min", &O::lr_min, "lower end of cosine and cyclical schedules", [] { return at_least(0); }, training},
    {"warm-up", &O::warm_up, "steps that lead up to the schedule", [] { return count(0); }, training},
    {"batch", &O::batch, "examples a step; 0: all of them", [] { return count(0); }, training},
    {"epochs", &O::epochs, "times that every example is seen", [] { return count(1); }, training},
    {"patience", &O::patience,
     "stop when the dev loss has not improved for so many epochs, and go back to the best; 0: no",
     [] { return count(0); }},
    {"seed", &O::seed, "of data, split, weights and batches",
     [] { return whole(0, UINT64_MAX, "from 0 to 18446744073709551615"); }}};

constexpr Row run_options[] = {
    {"threads", &O::threads, "the same bits for any number", [] { return whole(1, 1024, "from 1 to 1024"); }},
    {"gradcheck", &O::gradcheck, "check every weight's gradient before training starts"},
    {"find-lr", &O::find_lr, "learning-rate range test instead of training"},
    {"folds", &O::folds, "cross-validate in so many parts instead of one dev part",
     [] { return whole(0, 1000, "from 0 to 1000"); }},
    {"save", &O::save, "checkpoint (safetensors): the net, and all that resuming needs"},
    {"save-every", &O::save_every, "seconds between checkpoints; 0: one an epoch", [] { return at_least(0); }},
    {"resume", &O::resume, "go on from a checkpoint as if the run had never stopped; --epochs may be raised"},
    {"json", &O::json, "write the run as JSON lines, - for standard output; a resumed run adds to the file"},
    {"report", &O::report, "write an HTML report"},
    {"quiet", &O::quiet, "no progress and no tables, only results"}};

void append(std::vector<Option>& all, std::span<const Row> rows, const char* group, bool is_process = false) {
  for (const Row& row : rows)
    all.push_back({row.name, row.value, row.help, row.check ? row.check() : common::Check{},
                   is_process ? process : row.role, group});
}

}  // namespace

const std::vector<Option>& option_table() {
  static const std::vector<Option> table = [] {
    std::vector<Option> all;
    append(all, data_options, "Data");
    append(all, net_options, "Net");
    append(all, training_options, "Training");
    append(all, run_options, "Run", true);
    return all;
  }();
  return table;
}

}  // namespace train
