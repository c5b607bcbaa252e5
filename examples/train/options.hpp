#pragma once
// What the user asks for on the command line. Those that make the run what it is go into its checkpoint, so that it
// resumes with what it began with.

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <autograd/tensor.hpp>

namespace CLI {
class App;
}

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
  int threads = 1, folds = 0;
  bool gradcheck = false, find_lr = false, list = false, quiet = false;
  std::string save, resume, json, report;
  double save_every = 10;

  xgrad::DType type() const { return dtype == "f32" ? xgrad::f32 : xgrad::f64; }
};

/// The names in a list separated by commas.
std::vector<std::string> split_names(const std::string& list);

/// Adds every option, checked and described, to the app.
void define(CLI::App& app, Options& options);

/// Options that have no meaning together, or with this data, are refused rather than passed over. Throws BadUsage.
void check_combinations(const CLI::App& app, const Options& options);

/// The options that make the run what it is, by name; how this process behaves (threads, files …) is left out.
nlohmann::ordered_json to_json(const CLI::App& app);

/// The options of a run that is resumed: those it began with, and of the ones just given what may change; `saved` is
/// brought up to date. Throws BadUsage if another was given, xgrad::IoError if `saved` cannot be read.
Options resumed(const CLI::App& given_app, const Options& given, nlohmann::ordered_json& saved);

}  // namespace train
