#pragma once
// A training run: its state, one step after another, and its checkpoints.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <autograd/autograd.hpp>
#include <nn/early_stopping.hpp>
#include <nn/optimizer.hpp>
#include <nn/range_test.hpp>
#include <nn/sequential.hpp>

#include "objective.hpp"
#include "options.hpp"
#include "schedules.hpp"
#include "task.hpp"

namespace train {

/// What is kept of an epoch. Train figures are those met on the way, before each update.
struct Epoch {
  xgrad::Index epoch = 0;
  double lr = 0, train_loss = 0, train_score = 0;
  std::optional<double> dev_loss, dev_score;
  double seconds = 0;                  ///< of training since the beginning
  std::vector<double> gradient_norms;  ///< of each weight, in its last step
};

/// The loss is no longer finite. The message names step and operation.
struct Diverged : xgrad::Error {
  using Error::Error;
};

enum class Ending { finished, stopped_early, interrupted };

class Run {
 public:
  /// `options_text` goes into checkpoints. Throws what loss, net and optimiser throw.
  Run(const Options& options, const Job& job, Parts parts, std::string options_text);

  /// Fills everything from a checkpoint. Throws xgrad::IoError.
  void resume(const std::string& path);

  /// Trains until the last epoch, early stopping, or `interrupted`. Calls `report` after each step, and `recorded`
  /// after an epoch that is kept. Throws Diverged, xgrad::IoError.
  Ending train(const std::function<bool()>& interrupted, const std::function<void()>& report,
               const std::function<void(const Epoch&)>& recorded);

  /// The learning-rate range test on a copy of the net.
  xgrad::nn::RangeTest find_rate();
  xgrad::GradcheckReport check_gradients();

  xgrad::nn::Sequential& net() { return net_; }
  const Parts& parts() const { return parts_; }
  const Objective& objective() const { return objective_; }
  const std::vector<Epoch>& history() const { return history_; }
  xgrad::Index step() const { return step_; }
  xgrad::Index steps() const { return options_.epochs * steps_per_epoch_; }
  /// Epochs that are complete.
  xgrad::Index epoch() const { return step_ / steps_per_epoch_; }
  /// The number, from 1, of the one that runs or has just ended.
  xgrad::Index epoch_now() const {
    return std::max<xgrad::Index>(1, (step_ + steps_per_epoch_ - 1) / steps_per_epoch_);
  }
  double seconds() const { return seconds_; }
  double last_loss() const { return last_loss_; }
  double lr() const { return optimizer_->lr(); }
  /// The epoch that early stopping went back to.
  std::optional<xgrad::Index> best_epoch() const;
  /// Of all Parameters' bits: the same for the same weights.
  std::string weights_hash();

 private:
  Dataset batch(xgrad::Index step);
  void make_step(bool keep_norms);
  void finish_epoch(const std::function<void(const Epoch&)>& recorded);
  bool kept(xgrad::Index epoch) const;
  [[noreturn]] void diverge(const Dataset& batch, const xgrad::Rng::State& masks);
  bool due() const;
  void save();
  void save_best();
  void restore_best();

  Options options_;
  const Job& job_;
  Parts parts_;
  std::string options_text_;
  Objective objective_;
  xgrad::Rng masks_;
  xgrad::nn::Sequential net_;
  std::unique_ptr<xgrad::nn::Optimizer> optimizer_;
  xgrad::Index batch_size_, steps_per_epoch_, planned_epochs_;
  xgrad::nn::Schedule schedule_;
  std::optional<xgrad::nn::EarlyStopping> stopping_;
  xgrad::nn::State best_;
  bool stopped_early_ = false;
  xgrad::Tape tape_;

  xgrad::Index step_ = 0;
  double seconds_ = 0, saved_at_ = 0, last_loss_ = 0;
  double loss_sum_ = 0, tally_ = 0;  // of the epoch that runs
  std::vector<double> norms_;
  std::vector<Epoch> history_;
  xgrad::Index order_epoch_ = -1;
  std::optional<xgrad::nn::data::Batches> batches_;
};

}  // namespace train
