#pragma once
// What the user asks for, by one table of options: the command line is made from it, and so is what a checkpoint or
// another program gives as texts. Those that make the run what it is go into its checkpoint, so that it resumes with
// what it began with.

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <autograd/tensor.hpp>
#include <nn/data/named.hpp>

#include "../common/check.hpp"

namespace train {

/// An option, or options together, that cannot be: the message begins with the option's name.
struct BadUsage : xgrad::Error {
  using Error::Error;
};

struct Options {
  // data
  std::string data = "moons";
  xgrad::Index points = 1000, limit = 0;
  double noise = 0.2, dev = 0.2;
  std::string data_dir, target, missing = "error", standardize = "auto";
  std::string ignore, zero_is_missing, nominal;  ///< columns, separated by commas
  std::string problem = "auto", delimiter = ",";
  bool no_header = false;
  // net
  std::string layers = "16", activation = "tanh", init = "auto", loss = "auto", dtype = "f64";
  // training
  std::string optimizer = "sgd", schedule = "constant";
  double lr = 0, momentum = 0.9, weight_decay = 0, l1 = 0, l2 = 0, clip_norm = 0, clip_value = 0, gamma = 0, lr_min = 0;
  xgrad::Index batch = 0, epochs = 100, cycle = 0, warm_up = 0, patience = 0;
  std::uint64_t seed = 0;
  // run
  xgrad::Index threads = 1, folds = 0;
  bool gradcheck = false, find_lr = false, list = false, quiet = false;
  std::string save, resume, json, report;
  double save_every = 10;

  xgrad::DType type() const { return dtype == "f32" ? xgrad::f32 : xgrad::f64; }
};

/// What an option says: the run, how it is trained from here on, or how this process behaves (threads, files …), which
/// may differ when a run is resumed.
enum class Role { run, training, process };

struct Option {
  std::string name;  ///< `lr`
  std::variant<std::string Options::*, double Options::*, xgrad::Index Options::*, std::uint64_t Options::*,
               bool Options::*>
      value;
  const char* help;
  common::Check check = {};
  Role role = Role::run;
  const char* group = "";

  std::string text(const Options& options) const;
  /// Throws BadUsage if the check finds fault with the text.
  void set(Options& options, const std::string& text) const;
};

/// Every option there is, in order of help.
const std::vector<Option>& option_table();
/// Throws BadUsage if there is none of that name.
const Option& option(const std::string& name);

/// Options as they were written, by name; of a switch `true`.
using Texts = std::map<std::string, std::string>;

/// The options of these texts, checked one by one. Throws BadUsage.
Options parse(const Texts& given);

/// Options that have no meaning together, or with this data, are refused rather than passed over. `sets` can be had by
/// name. Throws BadUsage.
void check_combinations(const Texts& given, const Options& options, const std::vector<xgrad::nn::data::NamedSet>& sets);

/// The options that make the run what it is, and their defaults where not given.
nlohmann::ordered_json to_json(const Texts& given);

/// The options of a run that is resumed: those it began with, and of the ones just given what may change; `saved` is
/// brought up to date. Throws BadUsage if another was given, xgrad::IoError if `saved` cannot be read.
Options resumed(const Texts& given, nlohmann::ordered_json& saved);

}  // namespace train
