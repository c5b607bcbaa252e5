#pragma once
// Training one configuration, step by step.

#include <autograd/tape.hpp>
#include <nn/schedule.hpp>
#include <nn/sequential.hpp>
#include <nn/sgd.hpp>

#include "data.hpp"
#include "row.hpp"

namespace study {

class Training {
 public:
  /// The same run gives the same bits, on any thread and beside any others.
  Training(const Run& run, const Grid& grid, std::shared_ptr<const Data> data);

  /// One iteration; nothing once the cost was not finite.
  void step();
  /// How it stands now.
  Row row();
  /// Saves how far it is. Throws xgrad::IoError.
  void save(const std::string& path);
  /// Goes on, bit for bit, where this run was saved. Returns false, and nothing has changed, if there is no such file
  /// or it is of another run.
  bool resume(const std::string& path);
  Index iterations() const { return row_.iterations; }
  xgrad::nn::Sequential& net() { return net_; }

 private:
  const Dataset& batch(xgrad::Index step);
  std::string identity_;  // of the run, in what it saves
  Row row_;
  std::shared_ptr<const Data> data_;
  xgrad::nn::Sequential net_;
  xgrad::nn::Sgd sgd_;
  xgrad::nn::Schedule schedule_;
  xgrad::Tape tape_;
  std::optional<xgrad::nn::data::Batches> batches_;
  Dataset batch_;
};

/// Logits of the net, with nothing recorded.
xgrad::Tensor logits(const xgrad::nn::Module& net, const xgrad::Tensor& x);
/// The mean cross-entropy, from logits.
xgrad::Tensor cost(const xgrad::Tensor& logits, const xgrad::Tensor& y);

/// An untrained net of this configuration.
xgrad::nn::Sequential make_net(const Run& run, const Grid& grid, const Data& data);

}  // namespace study
