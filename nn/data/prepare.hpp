#pragma once
// From a Table to a Dataset: which column is the target, how words become numbers, what missing values mean.

#include <optional>
#include <string>
#include <vector>

#include <nn/data/dataset.hpp>
#include <nn/data/table.hpp>

namespace xgrad::nn::data {

/// What becomes of a nominal feature: a column of 0 and 1 for each word, `outlook=sunny` (a single one if there are
/// two words: whether it is the second), or the word's number.
enum class Words { one_hot, number };
/// What becomes of a row with missing values: an error that names the first; left out; or NaN kept in the features for
/// a Standardizer fitted on the training part. A missing target is never kept.
enum class Missing { error, drop, keep };

struct PrepareOptions {
  std::string target = "";               ///< the last column unless named
  std::vector<std::string> ignore = {};  ///< columns that are neither target nor features
  Words words = Words::one_hot;
  Missing missing = Missing::error;
  /// Unless said: a target of words, or of at most 20 different whole numbers, is a class (binary if there are two),
  /// any other a regression. Numbers as classes are numbered in ascending order.
  std::optional<Problem> problem = std::nullopt;
  DType dtype = f64;
};

/// Throws IoError if a column is not there, a value is missing, or the target does not fit the problem.
Task prepare(const Table& table, const PrepareOptions& options = {});

}  // namespace xgrad::nn::data
