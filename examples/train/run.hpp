#pragma once
// A training run: its state, one step after another, and its checkpoints.

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <autograd/autograd.hpp>
#include <nn/checkpoint.hpp>
#include <nn/early_stopping.hpp>
#include <nn/optimizer.hpp>
#include <nn/range_test.hpp>
#include <nn/sequential.hpp>

#include <nlohmann/json.hpp>

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

/// The loss is no longer finite. The message is for the command line; `cause` and `step` for others.
struct Diverged : xgrad::Error {
  Diverged(const std::string& message, std::string cause, xgrad::Index step)
      : Error(message), cause(std::move(cause)), step(step) {}
  std::string cause;  ///< the first operation that made something not finite, and from what
  xgrad::Index step;  ///< the one that failed
};

/// How an epoch is cut into steps. Throws BadUsage if the net cannot have such batches.
struct Batching {
  Batching(xgrad::Index examples, const Options& options);
  xgrad::Index size, steps;  ///< examples a step, steps an epoch
  bool drop_last = false;    ///< a last example alone has no batch statistics
};

enum class Ending { finished, stopped_early, interrupted };

class Run {
 public:
  /// `saved_options` go into checkpoints. Throws what loss, net and optimiser throw.
  Run(const Options& options, const Job& job, Parts parts, nlohmann::ordered_json saved_options);

  /// Fills everything from a checkpoint. Throws xgrad::IoError; BadUsage if more epochs are done than asked for.
  void resume(const std::string& path);
  /// The same from memory, however many epochs are done; errors call the bytes `name`.
  void resume(std::string_view bytes, const std::string& name);
  /// Writes a checkpoint where options say. Throws xgrad::IoError.
  void save();
  /// A checkpoint in memory, with notes of others beside its own. Throws xgrad::IoError.
  std::string checkpoint(const std::map<std::string, std::string>& notes = {});

  /// Trains until the last epoch, early stopping, or `interrupted`. Calls `report` after each step, and `recorded`
  /// after an epoch that is kept. Throws Diverged, xgrad::IoError.
  Ending train(const std::function<bool()>& interrupted, const std::function<void()>& report,
               const std::function<void(const Epoch&)>& recorded);

  /// One step, and what belongs to the end of an epoch if it is the last one of it; `recorded` as above. It may go
  /// beyond the last epoch planned. Throws Diverged: the weights are then the last ones whose loss was finite.
  void advance(const std::function<void(const Epoch&)>& recorded);

  /// Goes on with another optimiser, rate, schedule, batch size, loss or penalty: weights, steps and history stay; so
  /// does the optimiser's memory if it is of the same kind. Another batch size begins a new epoch. Throws BadUsage, or
  /// what loss and optimiser throw; then nothing has changed.
  void retune(const Options& options, nlohmann::ordered_json saved_options);
  /// These weights, as after so many steps, or as at the start after none. The optimiser has forgotten what it knew.
  /// Throws xgrad::IoError if they do not fit; then nothing has changed.
  void go_to(const xgrad::nn::State& weights, xgrad::Index step);

  /// The learning-rate range test on a copy of the net, ended early by `interrupted`.
  xgrad::nn::RangeTest find_rate(const std::function<bool()>& interrupted);
  xgrad::GradcheckReport check_gradients();

  xgrad::nn::Sequential& net() { return net_; }
  const Parts& parts() const { return parts_; }
  const Objective& objective() const { return objective_; }
  const std::vector<Epoch>& history() const { return history_; }
  xgrad::Index step() const { return step_; }
  xgrad::Index steps() const { return options_.epochs * batching_.steps - shift_; }
  xgrad::Index steps_per_epoch() const { return batching_.steps; }
  /// Epochs that are complete.
  xgrad::Index epoch() const { return position() / batching_.steps; }
  /// The number, from 1, of the one that runs or has just ended.
  xgrad::Index epoch_now() const {
    return std::max<xgrad::Index>(1, (position() + batching_.steps - 1) / batching_.steps);
  }
  bool stopped_early() const { return stopped_early_; }
  double seconds() const { return seconds_; }
  double last_loss() const { return last_loss_; }
  double base_rate() const { return base_rate_; }
  double lr() const { return optimizer_->lr(); }
  /// The epoch that early stopping went back to.
  std::optional<xgrad::Index> best_epoch() const;
  /// Of all Parameters' bits: the same for the same weights.
  std::string weights_hash();

 private:
  xgrad::Index position() const { return step_ + shift_; }
  Dataset batch(xgrad::Index position);
  void make_step(bool keep_norms);
  void undo_step();
  void forget(xgrad::Index step);
  void finish_epoch(const std::function<void(const Epoch&)>& recorded);
  bool kept(xgrad::Index epoch) const;
  [[noreturn]] void diverge(const Dataset& batch, const xgrad::Rng::State& masks);
  [[noreturn]] void diverge(const std::string& what, xgrad::Index steps) const;
  bool weights_are_finite();
  void check_last_update();
  bool due() const;
  xgrad::nn::Checkpoint filled_checkpoint();
  void resume(const std::string& name, const std::function<void(xgrad::nn::Checkpoint&)>& read);
  nlohmann::ordered_json notes() const;
  void take_notes(const nlohmann::ordered_json& notes);

  Options options_;
  Parts parts_;
  nlohmann::ordered_json saved_options_;
  std::vector<std::string> classes_;
  Objective objective_;
  double base_rate_;
  xgrad::Rng masks_;
  xgrad::nn::Sequential net_;
  std::unique_ptr<xgrad::nn::Optimizer> optimizer_;
  std::vector<xgrad::Parameter> parameters_;
  Batching batching_;
  xgrad::Index planned_epochs_;
  xgrad::nn::Schedule schedule_;
  std::optional<xgrad::nn::EarlyStopping> stopping_;
  xgrad::nn::State best_,
      last_;  // weights: of the best epoch; of the last step, once the net has gone back to the best
  bool stopped_early_ = false;
  xgrad::Tape tape_;
  std::vector<xgrad::Tensor> before_;  // the last update, of whose making the loss is not known yet

  xgrad::Index step_ = 0, shift_ = 0;  // had all steps been such as now, there would have been step_ + shift_
  double seconds_ = 0, saved_at_ = 0, last_loss_ = 0;
  bool saved_ = false;               // a checkpoint of this run stands at options_.save
  double loss_sum_ = 0, tally_ = 0;  // of the epoch that runs
  std::vector<double> norms_;
  std::vector<Epoch> history_;
  xgrad::Index order_epoch_ = -1;
  std::optional<xgrad::nn::data::Batches> batches_;
};

}  // namespace train
