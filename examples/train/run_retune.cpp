// A run that goes on otherwise than it began, or from elsewhere.

#include <nn/checkpoint.hpp>

#include "../common/training.hpp"
#include "run.hpp"

namespace train {

using namespace xgrad;

void Run::retune(const Options& options, nlohmann::ordered_json saved_options) {
  Objective objective(options, objective_.problem());
  const double rate = train::base_rate(options, objective.classifies());
  std::unique_ptr<nn::Optimizer> optimizer = make_optimizer(options, rate, net_);
  const Batching batching(nn::data::size(parts_.train), options);
  nn::Schedule schedule = make_schedule(options, rate, options.epochs, batching.steps);
  try {
    optimizer->load_state(optimizer_->state());
  } catch (const IoError&) {
    // of another kind: it begins with nothing
  }
  if (batching.size != batching_.size) {
    const Index begun = (position() + batching_.steps - 1) / batching_.steps;
    shift_ = begun * batching.steps - step_;
    order_epoch_ = -1;
    loss_sum_ = tally_ = 0;
  }
  options_ = options;
  saved_options_ = std::move(saved_options);
  objective_ = std::move(objective);
  base_rate_ = rate;
  optimizer_ = std::move(optimizer);
  batching_ = batching;
  planned_epochs_ = options.epochs;
  schedule_ = std::move(schedule);
}

void Run::go_to(const nn::State& weights, Index step) {
  nn::load_state(net_, weights);
  forget(step);
}

// All that a later step has left behind.
void Run::forget(Index step) {
  step_ = step;
  if (step == 0) {
    shift_ = 0;
    seconds_ = saved_at_ = 0;
    masks_ = common::generator(options_.seed, common::Stream::masks);
  }
  optimizer_ = make_optimizer(options_, base_rate_, net_);
  if (stopping_) stopping_.emplace(nn::EarlyStoppingOptions{.patience = options_.patience});
  stopped_early_ = false;
  best_.clear();
  last_.clear();
  before_.clear();
  tape_.clear();
  order_epoch_ = -1;
  loss_sum_ = tally_ = 0;
  std::erase_if(history_, [&](const Epoch& e) { return e.epoch > epoch(); });
}

}  // namespace train
