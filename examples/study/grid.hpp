#pragma once
// The grid of a study: what is varied, on which data. Every combination is a run, every run gives a row for each
// number of iterations that it passes.

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include <autograd/error.hpp>
#include <autograd/shape.hpp>

namespace study {

using xgrad::Index;

/// A grid or a file of results that cannot be taken; the message begins with the file's name.
struct BadInput : xgrad::Error {
  using Error::Error;
};

/// Where examples come from: a set by name (nn/data/named.hpp), or a table in a file.
struct Source {
  std::string set = "moons";
  Index points = 2000;  ///< of toys
  double noise = 0.25;  ///< of toys
  std::string file;     ///< .csv, .tsv or .arff, .gz or not; then `set` is empty
  std::string target;   ///< of files: the column; "": the last one
  std::string missing = "error";
};

/// The defaults are the article's grid: 420 rows from 105 runs.
struct Grid {
  std::string name = "article";
  Source data;
  double train = 0.8;  ///< share of the examples; the rest is the dev part
  std::vector<Index> widths{1, 2, 3, 4, 5, 10, 50}, depths{1};
  std::vector<std::string> activations{"tanh", "sigmoid", "relu"};
  std::vector<double> rates{1.2, 0.6, 0.1, 0.01, 0.001};
  std::vector<Index> batches{0};                            ///< examples a step; 0: all of them
  std::vector<double> decays{0};                            ///< of the rate: rate / (1 + decay · step)
  std::vector<Index> iterations{100, 1000, 10000, 100000};  ///< steps, ascending
  std::string init = "normal";                              ///< of the weights, by its name (nn/init.hpp)
  std::uint64_t seed = 0;
  Index repeats = 1;  ///< with seeds seed, seed + 1, …
};

/// What a net is and how it is trained.
struct Configuration {
  Index width, depth;  ///< units in each of so many hidden layers; 0 and 0: logistic regression
  std::string activation;
  double rate;
  Index batch;
  double decay;
  bool operator==(const Configuration&) const = default;
};
/// `width 3, tanh, rate 0.6`; what the grid does not vary beyond the article's is left out.
std::string to_string(const Configuration& c, const Grid& grid);
/// Of it only `, batch 32, decay 0.01`, where the grid has other ones than the article's.
std::string batch_and_decay(const Configuration& c, const Grid& grid);

struct Run {
  std::size_t number;  ///< from 0, in the grid's order
  Configuration configuration;
  std::uint64_t seed;
};

/// A grid in JSON; what is not given is the article's. `file` stands in errors. Throws BadInput naming key and value.
Grid parse_grid(const std::string& text, const std::string& file);
/// Throws xgrad::IoError if the file cannot be read, else as above. The grid is named as the file unless it says.
Grid read_grid(const std::string& path);
/// Everything, in one order: equal grids give equal texts.
nlohmann::ordered_json to_json(const Grid& grid);

/// Every combination; the last list of widths, depths, activations, rates, batches, decays, seeds varies fastest. A
/// depth of 0 has neither width nor activation, and comes once.
std::vector<Run> runs(const Grid& grid);
/// Runs times numbers of iterations.
std::size_t row_count(const Grid& grid);

}  // namespace study
