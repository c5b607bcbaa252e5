#include "run.hpp"

#include <chrono>
#include <cmath>
#include <limits>

#include <nn/checkpoint.hpp>
#include <nn/clip.hpp>

#include "../common/text.hpp"
#include "../common/training.hpp"
#include "net.hpp"

namespace train {

using namespace xgrad;
namespace data = nn::data;
using common::generator, common::Stream;

namespace {

nn::Sequential fresh_net(const Options& o, const Job& job, Rng& masks) {
  Rng weights = generator(o.seed, Stream::weights);
  return make_net(o, job.example, job.outputs, weights, masks);
}

bool has_batch_statistics(const std::string& layers) { return layers.find("batchnorm") != std::string::npos; }

}  // namespace

Batching::Batching(Index examples, const Options& o)
    : size(o.batch > 0 ? std::min(examples, o.batch) : examples), steps((examples + size - 1) / size) {
  if (!has_batch_statistics(o.layers)) return;
  if (size == 1) throw BadUsage("--batch: batchnorm needs at least 2 examples a step");
  drop_last = examples % size == 1;
  if (drop_last) --steps;
}

Run::Run(const Options& options, const Job& job, Parts parts, nlohmann::ordered_json saved_options)
    : options_(options),
      parts_(std::move(parts)),
      saved_options_(std::move(saved_options)),
      classes_(job.classes),
      objective_(options, job.problem),
      base_rate_(train::base_rate(options, job.problem != Problem::regression)),
      masks_(generator(options.seed, Stream::masks)),
      net_(fresh_net(options, job, masks_)),
      optimizer_(make_optimizer(options, base_rate_, net_)),
      parameters_(nn::parameters(net_)),
      batching_(data::size(parts_.train), options),
      planned_epochs_(options.epochs) {
  schedule_ = make_schedule(options_, base_rate_, planned_epochs_, batching_.steps);
  if (options_.patience > 0) {
    if (!parts_.dev.x.defined()) throw BadUsage("--patience: there is no dev part to watch; give --dev a share");
    stopping_.emplace(nn::EarlyStoppingOptions{.patience = options_.patience});
  }
}

// An epoch's order follows from seed and number alone, so that a run can resume in its midst.
Dataset Run::batch(Index position) {
  if (batching_.size == data::size(parts_.train)) return parts_.train;
  const Index epoch = position / batching_.steps;
  if (order_epoch_ != epoch) {
    Rng order = generator(options_.seed, Stream::order, static_cast<std::uint64_t>(epoch));
    batches_ = data::batches(parts_.train, batching_.size, order, {.drop_last = batching_.drop_last});
    order_epoch_ = epoch;
  }
  return (*batches_)[position % batching_.steps];
}

void Run::make_step(bool keep_norms) {
  const Dataset now = batch(position());
  const Rng::State masks = masks_.state();
  const Tensor outputs = net_(now.x), plain = objective_.loss(outputs, now.y), loss = objective_.penalised(plain, net_);
  last_loss_ = plain.item();
  if (!std::isfinite(loss.item())) diverge(now, masks);
  before_.clear();
  for (const Parameter& p : parameters_) before_.push_back(p.value());
  tape_.backward(loss);
  try {
    if (options_.clip_value > 0) nn::clip_grad_value(net_, options_.clip_value);
    if (options_.clip_norm > 0) nn::clip_grad_norm(net_, options_.clip_norm);
  } catch (const NumericError&) {
    diverge(now, masks);
  }
  if (keep_norms) {
    const NoGrad off;
    norms_.clear();
    for (const Parameter& p : nn::trainable_parameters(net_))
      if (p.shape().rank() >= 2) norms_.push_back(norm(p.grad()).item());
  }
  optimizer_->set_lr(schedule_(position()));
  optimizer_->step();
  const auto examples = static_cast<double>(now.x.shape()[0]);
  loss_sum_ += last_loss_ * examples;
  tally_ += objective_.tally(outputs.detach(), now.y);
  ++step_;
}

// The same step again under the non-finite check, which names the operation.
void Run::diverge(const Dataset& now, const Rng::State& masks) {
  std::string operation = "the loss is " + common::number(last_loss_, 4);
  masks_ = Rng(masks);
  optimizer_->zero_grad();
  tape_.clear();
  try {
    const CallSite none({});  // whoever trains has not written the lines that these errors would name
    Tape checked({.check_finite = true});
    checked.backward(objective_.penalised(objective_.loss(net_(now.x), now.y), net_));
  } catch (const NumericError& e) {
    operation = e.what();
  }
  optimizer_->zero_grad();
  diverge(operation, step_ + 1);
}

void Run::diverge(const std::string& what, Index step) const {
  throw Diverged("diverged in step " + std::to_string(step) + ", epoch " +
                     std::to_string((step + shift_ + batching_.steps - 1) / batching_.steps) + ": " + what +
                     "; try a smaller --lr than " + common::number(base_rate_, 4) + ", or --clip-norm 1" +
                     (saved_ ? "; " + options_.save + " holds the last finite checkpoint" : ""),
                 what, step);
}

// Of long runs forty epochs a decade are kept.
bool Run::kept(Index epoch) const {
  if (epoch == options_.epochs || options_.patience > 0 || std::max(epoch, options_.epochs) <= 500) return true;
  return common::on_log_grid(epoch);
}

void Run::finish_epoch(const std::function<void(const Epoch&)>& recorded) {
  const Index n = batching_.drop_last ? batching_.steps * batching_.size : data::size(parts_.train);
  Epoch e{.epoch = epoch(),
          .lr = optimizer_->lr(),
          .train_loss = loss_sum_ / static_cast<double>(n),
          .train_score = objective_.score(tally_, n),
          .dev_loss = {},
          .dev_score = {},
          .seconds = seconds_,
          .gradient_norms = norms_};
  loss_sum_ = tally_ = 0;
  if (!kept(e.epoch)) return;
  if (parts_.dev.x.defined()) {
    const auto [loss, score] = evaluate(net_, objective_, parts_.dev);
    e.dev_loss = loss;
    e.dev_score = score;
  }
  history_.push_back(e);
  recorded(e);
}

void Run::advance(const std::function<void(const Epoch&)>& recorded) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const bool last = (position() + 1) % batching_.steps == 0;
  try {
    make_step(last && kept(epoch() + 1));
  } catch (const Diverged&) {
    undo_step();
    throw;
  }
  seconds_ += std::chrono::duration<double>(Clock::now() - start).count();
  if (!last) return;
  finish_epoch(recorded);
  if (!stopping_) return;
  stopped_early_ = stopping_->update(*history_.back().dev_loss);
  if (stopping_->improved()) best_ = nn::state(net_);
}

// Back to the weights that the last finite loss was of.
void Run::undo_step() {
  if (before_.empty()) return;
  for (std::size_t i = 0; i < parameters_.size(); ++i) parameters_[i].assign(before_[i]);
  forget(step_ - 1);
}

Ending Run::train(const std::function<bool()>& interrupted, const std::function<void()>& report,
                  const std::function<void(const Epoch&)>& recorded) {
  const bool saves = !options_.save.empty();
  if (saves) save();  // a place that cannot be written is found before the work is done
  while (step_ < steps() && !stopped_early_) {
    advance(recorded);
    report();
    if (interrupted() && step_ < steps() && !stopped_early_) {
      if (saves) save();
      return Ending::interrupted;
    }
    const bool epoch_ended = position() % batching_.steps == 0;
    if (saves && (due() || (epoch_ended && options_.save_every == 0))) save();
  }
  check_last_update();
  if (!best_.empty()) {
    last_ = nn::state(net_);
    nn::load_state(net_, best_);
  }
  if (saves) save();
  return stopped_early_ ? Ending::stopped_early : Ending::finished;
}

// What the last update made, no step has looked at.
void Run::check_last_update() {
  if (!weights_are_finite()) diverge("the update made a weight that is not finite", step_);
  const Dataset last = batch(std::max<Index>(0, position() - 1));
  const NoGrad off;
  net_.eval();
  last_loss_ = objective_.loss(net_(last.x), last.y).item();
  net_.train();
  if (!std::isfinite(last_loss_)) diverge("the loss is " + common::number(last_loss_, 4) + " after it", step_);
}

bool Run::weights_are_finite() {
  for (const Parameter& p : nn::parameters(net_))
    if (!all_finite(p.value())) return false;
  return true;
}

bool Run::due() const { return options_.save_every > 0 && seconds_ - saved_at_ >= options_.save_every; }

std::optional<Index> Run::best_epoch() const {
  if (!stopping_ || stopping_->best_update() < 0) return std::nullopt;
  return stopping_->best_update() + 1;
}

nn::RangeTest Run::find_rate(const std::function<bool()>& interrupted) {
  const std::unique_ptr<nn::Module> copy = net_.clone();
  const std::unique_ptr<nn::Optimizer> optimizer = make_optimizer(options_, base_rate_, *copy);
  Index step = 0;
  return nn::lr_range_test([&](double lr) {
    const Dataset now = batch(step++ % batching_.steps);
    const Tensor loss = objective_.penalised(objective_.loss((*copy)(now.x), now.y), *copy);
    const double value = loss.item();
    if (interrupted()) return std::numeric_limits<double>::quiet_NaN();  // ends the test
    if (!std::isfinite(value)) return value;
    tape_.backward(loss);
    optimizer->set_lr(lr);
    optimizer->step();
    return value;
  });
}

GradcheckReport Run::check_gradients() {
  constexpr Index most = 20'000, examples = 16;
  const Index count = nn::parameter_count(net_);
  if (count > most)
    throw BadUsage("--gradcheck: takes every weight by itself, and this net has " + std::to_string(count) +
                   "; check one of at most " + std::to_string(most) + ", with fewer --layers or units");
  const Index n = std::min(examples, data::size(parts_.train));
  const Tensor x = slice(parts_.train.x, 0, 0, n), y = slice(parts_.train.y, 0, 0, n);
  net_.eval();  // dropout would draw another mask for every evaluation
  const GradcheckReport report =
      gradcheck([&] { return objective_.penalised(objective_.loss(net_(x), y), net_); }, net_);
  net_.train();
  return report;
}

std::string Run::weights_hash() {
  std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a, 64 bits
  for (const Parameter& p : nn::parameters(net_)) {
    const auto* bytes = static_cast<const unsigned char*>(p.value().data());
    for (std::size_t i = 0; i < static_cast<std::size_t>(p.value().size()) * size_of(p.dtype()); ++i)
      hash = (hash ^ bytes[i]) * 0x100000001b3u;
  }
  return common::hexadecimal(hash);
}

}  // namespace train
