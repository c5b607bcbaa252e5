#pragma once
// Parts of a Dataset: chosen examples, a train and a dev part, k folds; by class if wished.

#include <vector>

#include <autograd/random.hpp>
#include <nn/data/dataset.hpp>

namespace xgrad::nn::data {

/// These examples in this order; the index is a vector of whole numbers, as index_select's. Throws as that does.
Dataset take(const Dataset& data, const Tensor& index);

struct Split {
  Dataset train, dev;
};

/// Shuffles the examples and takes the first share (0 < share < 1, at least one example on each side) for training.
Split split(const Dataset& data, double share, Rng& rng);
/// The same with that share of each class. Throws NumericError if the targets are not whole numbers.
Split stratified_split(const Dataset& data, double share, Rng& rng);

/// The examples of one round of cross-validation, to be given to take().
struct Fold {
  Tensor train, dev;
};

/// Shuffles 0 … n − 1 and deals them out to k dev parts whose sizes differ by at most 1; each Fold trains on the rest.
/// Throws ShapeError unless 2 ≤ k ≤ n.
std::vector<Fold> kfold(Index n, Index k, Rng& rng);
/// The same with each class of y, (n) or (n, 1), spread evenly: its counts differ by at most 1 between folds. Throws
/// NumericError if y are not whole numbers.
std::vector<Fold> stratified_kfold(const Tensor& y, Index k, Rng& rng);

}  // namespace xgrad::nn::data
