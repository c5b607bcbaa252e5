#pragma once
// The data of a run: loaded by name or from a file, cut into parts, standardised by the train part.

#include <string>
#include <vector>

#include <nn/data.hpp>

#include "options.hpp"

namespace train {

using xgrad::nn::data::Dataset;
using xgrad::nn::data::Problem;

struct Parts {
  Dataset train, dev, test;                    ///< dev and test may be missing (x not defined())
  xgrad::nn::data::Standardizer standardizer;  ///< not defined() where nothing was standardised
};

struct Job {
  std::string name;
  Problem problem;
  std::vector<std::string> features, classes;
  xgrad::Shape example;  ///< of one example: (features) or (channels, height, width)
  xgrad::Index outputs;
  Dataset all, test;  ///< before any cut
  bool standardize;
};

/// The set or file that the options name. Throws BadUsage, xgrad::IoError, or what the data functions throw.
Job load_job(const Options& options, xgrad::Rng& rng);
/// The same for a table that stands for the file.
Job table_job(const Options& options, xgrad::nn::data::Table table, xgrad::Rng& rng);
Job make_job(const Options& options, xgrad::nn::data::Task task, xgrad::Rng& rng);
/// How the options say that a text of cells is to be read.
xgrad::nn::data::CsvOptions csv_options(const Options& options);

/// The names in a list separated by commas.
std::vector<std::string> split_names(const std::string& list);

/// Train and dev part by options.dev, or by a fold.
Parts cut(const Job& job, const Options& options, xgrad::Rng& rng);
Parts cut(const Job& job, const xgrad::nn::data::Fold& fold);

/// The folds of a cross-validation, class by class.
std::vector<xgrad::nn::data::Fold> folds(const Job& job, xgrad::Index count, xgrad::Rng& rng);

}  // namespace train
