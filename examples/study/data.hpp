#pragma once
// The examples of a study: for each seed a train and a dev part, and new ones for the net that is chosen.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <nn/data.hpp>

#include "grid.hpp"

namespace study {

using xgrad::nn::data::Dataset;

struct Data {
  Dataset train, dev;
  Dataset test;  ///< what the set itself keeps apart; not defined() where it keeps nothing
  xgrad::nn::data::Standardizer standardizer;  ///< not defined() where nothing was standardised
  std::vector<std::string> features;
  Index outputs;  ///< 1 logit for two classes, else one a class
};

/// Gives each seed its data; threads may ask at the same time. What nobody uses any more is forgotten.
class DataSource {
 public:
  /// Reads a file or a real set. Throws xgrad::IoError, BadInput if there are no classes to learn or too few examples.
  explicit DataSource(const Grid& grid);

  /// Examples (of toys drawn by the seed), shuffled by the seed and cut, real ones class by class; features that are
  /// neither a toy's nor pixels are standardised by the train part.
  std::shared_ptr<const Data> at(std::uint64_t seed);
  /// New points of a toy, that no net has seen. Not defined() for anything else.
  Dataset fresh(Index n, xgrad::Rng& rng) const;
  /// The same toy without noise; not defined() for anything else.
  Dataset noiseless(Index n) const;

  /// `moons, 2,000 points, noise 0.25`
  std::string describe() const;
  /// Of the values of what was read, so that a changed file is noticed; "" for toys, which the grid itself defines.
  const std::string& mark() const { return mark_; }

 private:
  xgrad::nn::data::Task draw(Index n, double noise, xgrad::Rng& rng) const;
  Grid grid_;
  bool toy_ = false;
  xgrad::Tensor centers_;       // of blobs, the same for every seed: new points have to be of the same blobs
  xgrad::nn::data::Task task_;  // of what was read
  std::string mark_;
  std::mutex mutex_;
  std::map<std::uint64_t, std::weak_ptr<const Data>> given_;
};

}  // namespace study
