// A run in its checkpoint: the net under its plain names, the optimiser's memory, and below what only train knows.

#include <cmath>

#include <nn/checkpoint.hpp>

#include "../common/training.hpp"
#include "history.hpp"
#include "run.hpp"

namespace train {

using namespace xgrad;
using nlohmann::ordered_json;

namespace {

const std::string notes_key = "train";
const std::string best_prefix = "best.", last_prefix = "last.", standardizer_prefix = "standardizer.";

void put(nn::State& tensors, const std::string& prefix, const nn::State& state) {
  for (const auto& [name, t] : state) tensors.emplace(prefix + name, t);
}

nn::State get(const nn::State& tensors, const std::string& prefix) {
  nn::State state;
  for (const auto& [name, t] : tensors)
    if (name.starts_with(prefix)) state.emplace(name.substr(prefix.size()), t);
  return state;
}

// JSON has no infinity, which the best loss is before there is one.
ordered_json json_of(double v) { return std::isfinite(v) ? ordered_json(v) : ordered_json(nullptr); }

}  // namespace

ordered_json Run::notes() const {
  ordered_json json{{"options", saved_options_},
                    {"history", history_json(history_)},
                    {"planned_epochs", planned_epochs_},
                    {"stopped_early", stopped_early_},
                    {"seconds", seconds_},
                    {"loss_sum", loss_sum_},
                    {"tally", tally_},
                    {"data", common::fingerprint(parts_.train)},
                    {"classes", classes_}};
  if (shift_ != 0) json["shift"] = shift_;
  if (stopping_)
    for (const auto& [name, t] : stopping_->state()) json["stopping"][name] = json_of(t.item());
  return json;
}

// Throws what nlohmann-json throws, or IoError, where the notes are not those of such a run.
void Run::take_notes(const ordered_json& notes) {
  const auto number = [&](const char* name) {
    const double value = notes.at(name).get<double>();
    if (!(value >= 0)) throw IoError(std::string(name) + " is negative");
    return value;
  };
  if (notes.at("data").get<std::string>() != common::fingerprint(parts_.train))
    throw IoError("was made on other data; the file, or the set, has changed since");
  history_ = history_from(notes.at("history"));
  planned_epochs_ = notes.at("planned_epochs").get<Index>();
  if (planned_epochs_ < 1 || planned_epochs_ > 1'000'000'000) throw IoError("planned_epochs is out of range");
  shift_ = notes.value("shift", Index{0});
  stopped_early_ = notes.at("stopped_early").get<bool>();
  seconds_ = number("seconds");
  loss_sum_ = number("loss_sum");
  tally_ = number("tally");
  if (!stopping_) return;
  nn::State state = stopping_->state();
  for (auto& [name, t] : state) {
    const ordered_json& value = notes.at("stopping").at(name);
    t = scalar(value.is_null() ? INFINITY : value.get<double>());
  }
  stopping_->load_state(state);
}

// As a run that is saved fills it; the one that is loaded keeps its generator.
nn::Checkpoint Run::filled_checkpoint() {
  nn::Checkpoint checkpoint{
      .module = net_, .optimizer = optimizer_.get(), .generators = {{"masks", &masks_}}, .step = step_};
  checkpoint.notes = {{notes_key, notes().dump()}};
  put(checkpoint.tensors, best_prefix, best_);
  put(checkpoint.tensors, last_prefix, last_);
  if (parts_.standardizer.mean.defined())
    put(checkpoint.tensors, standardizer_prefix,
        {{"mean", parts_.standardizer.mean}, {"std", parts_.standardizer.std}});
  return checkpoint;
}

void Run::save() {
  if (!weights_are_finite()) return;  // the next step, or the end, will say so; the last good one stays
  nn::save_checkpoint(options_.save, filled_checkpoint());
  saved_at_ = seconds_;
  saved_ = true;
}

std::string Run::checkpoint(const std::map<std::string, std::string>& notes) {
  nn::Checkpoint checkpoint = filled_checkpoint();
  checkpoint.notes.insert(notes.begin(), notes.end());
  return nn::checkpoint_bytes(checkpoint);
}

void Run::resume(const std::string& path) {
  resume(path, [&](nn::Checkpoint& checkpoint) { nn::load_checkpoint(path, checkpoint); });
  saved_ = options_.save == path;
  if (epoch() > options_.epochs)
    throw BadUsage("--epochs: " + path + " has made " + std::to_string(epoch()) + " already; ask for more");
}

void Run::resume(std::string_view bytes, const std::string& name) {
  resume(name, [&](nn::Checkpoint& checkpoint) { nn::parse_checkpoint(bytes, checkpoint, name); });
}

void Run::resume(const std::string& name, const std::function<void(nn::Checkpoint&)>& read) {
  nn::Checkpoint checkpoint{.module = net_, .optimizer = optimizer_.get(), .generators = {{"masks", &masks_}}};
  read(checkpoint);
  try {
    take_notes(ordered_json::parse(checkpoint.notes[notes_key]));
  } catch (const Error& e) {
    throw IoError(name + ": " + e.what());
  } catch (const ordered_json::exception&) {
    throw IoError(name + ": what train has noted in it is damaged");
  }
  step_ = checkpoint.step;
  saved_at_ = seconds_;
  schedule_ = make_schedule(options_, base_rate_, planned_epochs_, batching_.steps);
  best_ = get(checkpoint.tensors, best_prefix);
  if (const nn::State last = get(checkpoint.tensors, last_prefix); !last.empty()) nn::load_state(net_, last);
}

}  // namespace train
