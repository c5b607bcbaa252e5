#pragma once
// Dataset: examples and targets. Task: a Dataset and what it means.

#include <string>
#include <vector>

#include <autograd/tensor.hpp>

namespace xgrad::nn::data {

/// Examples are rows.
struct Dataset {
  Tensor x;  ///< (n, features)
  Tensor y;  ///< binary: (n, 1) of 0 and 1; classes: (n) of whole numbers, f64; regression: (n, 1) of values
};

/// The number of examples. Throws ShapeError if x and y do not have as many rows.
Index size(const Dataset& data);

enum class Problem { binary, classes, regression };
/// `binary`, `classes`, `regression`.
const char* to_string(Problem problem);

/// What is to be learnt.
struct Task {
  Dataset data;
  Dataset test;  ///< what the set itself keeps apart for testing; not defined() where it keeps nothing
  Problem problem = Problem::binary;
  std::vector<std::string> features;  ///< the names of x's columns
  std::vector<std::string> classes;   ///< their names in order of their numbers; none for a regression
  Shape image;                        ///< (channels, height, width) where the features are pixels, else empty
};

}  // namespace xgrad::nn::data
