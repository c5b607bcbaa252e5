#include <nn/early_stopping.hpp>

#include <limits>

#include <nn/options.hpp>

namespace xgrad::nn {
namespace {

constexpr double worst = std::numeric_limits<double>::infinity();  // of a minimum

}  // namespace

EarlyStopping::EarlyStopping(const EarlyStoppingOptions& options)
    : options_(options), best_(options.goal == Goal::minimum ? worst : -worst) {
  detail::at_least("EarlyStopping", "patience", options.patience, 1);
  detail::not_negative("EarlyStopping", "min_delta", options.min_delta);
}

bool EarlyStopping::update(double metric) {
  const bool better =
      options_.goal == Goal::minimum ? metric < best_ - options_.min_delta : metric > best_ + options_.min_delta;
  if (better) {
    best_ = metric;
    best_update_ = updates_;
  }
  ++updates_;
  return updates_ - 1 - best_update_ >= options_.patience;
}

State EarlyStopping::state() const {
  return {{"best", scalar(best_)},
          {"best_update", scalar(static_cast<double>(best_update_))},
          {"updates", scalar(static_cast<double>(updates_))}};
}

void EarlyStopping::load_state(const State& state) {
  detail::StateReader reader("EarlyStopping", state);
  const double best = reader.take("best", {}, f64).item();
  const Index best_update = reader.take_whole("best_update", -1), updates = reader.take_whole("updates", 0);
  reader.finish();
  if (best_update >= updates)
    throw IoError("EarlyStopping: best_update " + std::to_string(best_update) + " must be below updates, " +
                  std::to_string(updates));
  best_ = best;
  best_update_ = best_update;
  updates_ = updates;
}

}  // namespace xgrad::nn
