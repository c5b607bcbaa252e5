#include "run.hpp"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include <nn/checkpoint.hpp>
#include <nn/clip.hpp>
#include <nn/file.hpp>
#include <nn/range_test.hpp>
#include <nn/safetensors.hpp>

#include "../common/html.hpp"
#include "history.hpp"
#include "net.hpp"

namespace train {

using namespace xgrad;
namespace data = nn::data;

namespace {

// Generators that share a seed but not a sequence.
enum class Stream : std::uint64_t { weights = 1, masks = 2, order = 3 };

Rng generator(std::uint64_t seed, Stream stream, std::uint64_t number = 0) {
  Rng mixed(seed);
  std::uint64_t words = mixed.bits();
  for (const std::uint64_t v : {static_cast<std::uint64_t>(stream), number})
    words = Rng(words ^ (v * 0x9e3779b97f4a7c15u)).bits();
  return Rng(words);
}

nn::Sequential fresh_net(const Options& o, const Job& job, Rng& masks) {
  Rng weights = generator(o.seed, Stream::weights);
  return make_net(o, job.example, job.outputs, weights, masks);
}

// Every bit of a number as text, and back.
std::string exact(double v) {
  char text[40];
  std::snprintf(text, sizeof text, "%a", v);
  return text;
}

double number_from(const std::string& text) { return std::strtod(text.c_str(), nullptr); }

std::string best_path(const std::string& path) { return path + ".best"; }

bool all_finite_in(nn::Module& net) {
  for (const Parameter& p : nn::parameters(net))
    if (!all_finite(p.value())) return false;
  return true;
}

}  // namespace

Run::Run(const Options& options, const Job& job, Parts parts, std::string options_text)
    : options_(options),
      job_(job),
      parts_(std::move(parts)),
      options_text_(std::move(options_text)),
      objective_(options, job.problem),
      masks_(generator(options.seed, Stream::masks)),
      net_(fresh_net(options, job, masks_)),
      optimizer_(make_optimizer(options, net_)),
      batch_size_(data::size(parts_.train)),
      planned_epochs_(options.epochs) {
  if (options_.batch > 0) batch_size_ = std::min(batch_size_, options_.batch);
  steps_per_epoch_ = (data::size(parts_.train) + batch_size_ - 1) / batch_size_;
  schedule_ = make_schedule(options_, planned_epochs_, steps_per_epoch_);
  if (options_.patience > 0) {
    if (!parts_.dev.x.defined()) throw NumericError("--patience: there is no dev part to watch; give --dev a share");
    stopping_.emplace(nn::EarlyStoppingOptions{.patience = options_.patience});
  }
}

// An epoch's order follows from seed and number alone, so that a run can resume in its midst.
Dataset Run::batch(Index step) {
  if (batch_size_ == data::size(parts_.train)) return parts_.train;
  const Index epoch = step / steps_per_epoch_;
  if (order_epoch_ != epoch) {
    Rng order = generator(options_.seed, Stream::order, static_cast<std::uint64_t>(epoch));
    batches_ = data::batches(parts_.train, batch_size_, order);
    order_epoch_ = epoch;
  }
  return (*batches_)[step % steps_per_epoch_];
}

void Run::make_step(bool keep_norms) {
  const Dataset now = batch(step_);
  const Rng::State masks = masks_.state();
  const Tensor outputs = net_(now.x), plain = objective_.loss(outputs, now.y), loss = objective_.penalised(plain, net_);
  last_loss_ = plain.item();
  if (!std::isfinite(loss.item())) diverge(now, masks);
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
  optimizer_->set_lr(schedule_(step_));
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
    Tape checked({.check_finite = true});
    checked.backward(objective_.penalised(objective_.loss(net_(now.x), now.y), net_));
  } catch (const NumericError& e) {
    operation = e.what();
  }
  optimizer_->zero_grad();
  throw Diverged("diverged in step " + std::to_string(step_ + 1) + ", epoch " + std::to_string(epoch() + 1) + ": " +
                 operation + "; try a smaller --lr than " + common::number(base_rate(options_), 4) +
                 ", or --clip-norm 1" +
                 (options_.save.empty() ? "" : "; " + options_.save + " holds the last finite checkpoint"));
}

// Of long runs forty epochs a decade are kept.
bool Run::kept(Index epoch) const {
  if (epoch == options_.epochs || options_.patience > 0 || options_.epochs <= 500 || epoch <= 20) return true;
  const auto place = [](Index e) { return std::floor(40 * std::log10(static_cast<double>(e))); };
  return place(epoch) != place(epoch - 1);
}

void Run::finish_epoch(const std::function<void(const Epoch&)>& recorded) {
  const Index n = data::size(parts_.train);
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

Ending Run::train(const std::function<bool()>& interrupted, const std::function<void()>& report,
                  const std::function<void(const Epoch&)>& recorded) {
  using Clock = std::chrono::steady_clock;
  saved_at_ = seconds_;
  while (step_ < steps() && !stopped_early_) {
    const auto start = Clock::now();
    const bool last = (step_ + 1) % steps_per_epoch_ == 0;
    make_step(last && kept(epoch() + 1));
    seconds_ += std::chrono::duration<double>(Clock::now() - start).count();
    if (last) {
      finish_epoch(recorded);
      if (stopping_) {
        stopped_early_ = stopping_->update(*history_.back().dev_loss);
        if (stopping_->improved()) save_best();
      }
    }
    report();
    const bool asked = interrupted();
    if (!options_.save.empty() &&
        (asked || stopped_early_ || step_ == steps() || due() || (last && options_.save_every == 0)))
      save();
    if (asked && step_ < steps() && !stopped_early_) return Ending::interrupted;
  }
  if (stopping_) restore_best();
  return stopped_early_ ? Ending::stopped_early : Ending::finished;
}

bool Run::due() const { return options_.save_every > 0 && seconds_ - saved_at_ >= options_.save_every; }

void Run::save() {
  if (!all_finite_in(net_)) return;  // the next step will say so; the last good checkpoint stays
  nn::Checkpoint checkpoint{
      .module = net_, .optimizer = optimizer_.get(), .generators = {{"masks", &masks_}}, .step = step_};
  checkpoint.notes = {{"options", options_text_},
                      {"history", history_text(history_)},
                      {"planned_epochs", std::to_string(planned_epochs_)},
                      {"stopped_early", stopped_early_ ? "yes" : "no"},
                      {"seconds", exact(seconds_)},
                      {"loss_sum", exact(loss_sum_)},
                      {"tally", exact(tally_)}};
  if (stopping_)
    for (const auto& [name, t] : stopping_->state()) checkpoint.notes["stopping." + name] = exact(t.item());
  nn::save_checkpoint(options_.save, checkpoint);
  saved_at_ = seconds_;
}

void Run::save_best() {
  best_ = nn::state(net_);
  if (!options_.save.empty()) nn::save(best_path(options_.save), net_);
}

void Run::restore_best() {
  if (best_.empty() && !options_.save.empty() && nn::file_exists(best_path(options_.save)))
    nn::load(best_path(options_.save), net_);
  else if (!best_.empty())
    nn::load_state(net_, best_);
}

void Run::resume(const std::string& path) {
  nn::Checkpoint checkpoint{.module = net_, .optimizer = optimizer_.get(), .generators = {{"masks", &masks_}}};
  nn::load_checkpoint(path, checkpoint);
  const auto note = [&](const std::string& name) {
    const auto found = checkpoint.notes.find(name);
    if (found == checkpoint.notes.end())
      throw IoError(path + ": lacks the note '" + name + "'; was it saved by train?");
    return found->second;
  };
  step_ = checkpoint.step;
  history_ = history_from(note("history"));
  planned_epochs_ = static_cast<Index>(number_from(note("planned_epochs")));
  stopped_early_ = note("stopped_early") == "yes";
  seconds_ = number_from(note("seconds"));
  loss_sum_ = number_from(note("loss_sum"));
  tally_ = number_from(note("tally"));
  schedule_ = make_schedule(options_, planned_epochs_, steps_per_epoch_);
  if (stopping_) {
    nn::State state = stopping_->state();
    for (auto& [name, t] : state) t = scalar(number_from(note("stopping." + name)));
    stopping_->load_state(state);
  }
}

std::optional<Index> Run::best_epoch() const {
  if (!stopping_ || stopping_->best_update() < 0) return std::nullopt;
  return stopping_->best_update() + 1;
}

nn::RangeTest Run::find_rate() {
  const std::unique_ptr<nn::Module> copy = net_.clone();
  const std::unique_ptr<nn::Optimizer> optimizer = make_optimizer(options_, *copy);
  Index step = 0;
  return nn::lr_range_test([&](double lr) {
    const Dataset now = batch(step++ % steps_per_epoch_);
    const Tensor loss = objective_.penalised(objective_.loss((*copy)(now.x), now.y), *copy);
    const double value = loss.item();
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
    throw ShapeError("--gradcheck: takes every weight by itself, and this net has " + std::to_string(count) +
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
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

}  // namespace train
