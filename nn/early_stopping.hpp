#pragma once
// EarlyStopping: when a metric has not improved for a while.

#include <nn/state.hpp>

namespace xgrad::nn {

enum class Goal { minimum, maximum };

struct EarlyStoppingOptions {
  Index patience = 10;   ///< ≥ 1: stop at this many updates in a row without an improvement
  double min_delta = 0;  ///< ≥ 0: an improvement is more than this
  Goal goal = Goal::minimum;
};

/// Prechelt (1998). Keep a copy of the Parameters when `improved()`, to go back to the best.
class EarlyStopping {
 public:
  /// Throws NumericError naming the option that is out of range.
  explicit EarlyStopping(const EarlyStoppingOptions& options = {});

  /// Takes the next value of the metric, and says whether to stop. NaN is no improvement.
  bool update(double metric);
  /// Whether the last update was an improvement.
  bool improved() const { return updates_ > 0 && best_update_ == updates_ - 1; }
  /// The best value so far; infinite (the worst there is) before the first improvement.
  double best() const { return best_; }
  /// Which update brought it, counted from 0; −1 if none yet.
  Index best_update() const { return best_update_; }

  /// `best`, `best_update` and `updates`, to go on later as if it had not stopped.
  State state() const;
  /// Throws IoError naming the entry that is missing, too much, or unfit; then nothing has changed.
  void load_state(const State& state);

 private:
  EarlyStoppingOptions options_;
  double best_;
  Index best_update_ = -1, updates_ = 0;
};

}  // namespace xgrad::nn
