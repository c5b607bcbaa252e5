#pragma once
// The learning-rate range test: which rate is worth a run.

#include <functional>
#include <iosfwd>
#include <optional>
#include <vector>

#include <autograd/shape.hpp>

namespace xgrad::nn {

struct RangeTestOptions {
  double low = 1e-5;       ///< > 0: the rate of the first step
  double high = 10;        ///< > low: the rate of the last
  Index steps = 100;       ///< ≥ 3
  double smoothing = 0.9;  ///< [0, 1): how much of the average loss a step keeps; fastai keeps 0.98
  double divergence = 4;   ///< > 1: stop when the average exceeds the best one so many times
};

/// One step of it.
struct RangeTestRow {
  double lr;
  double loss;      ///< before the step
  double smoothed;  ///< exponential average of the losses, corrected for its start at 0
};

struct RangeTest {
  std::vector<RangeTestRow> rows;
  std::optional<double> suggested;  ///< the rate at which the average falls fastest by log(lr); none if it never falls
  std::optional<double> diverged_at;  ///< the rate whose loss was not finite or too large, if it came to that
};

/// Smith (2017), as fastai's lr_find: calls step(lr) with rates that grow evenly in log(lr). `step` makes one training
/// step at that rate and returns the loss it started from. The steps do change the model: give it a copy,
///
///     auto copy = net.clone();
///     nn::Sgd sgd{*copy};
///     std::cout << nn::lr_range_test([&](double lr) {
///       const Tensor loss = mse((*copy)(x), y);
///       tape.backward(loss);
///       sgd.set_lr(lr);
///       sgd.step();
///       return loss.item();
///     });
///
/// and the net is as it was. Throws NumericError naming the option that is out of range.
RangeTest lr_range_test(const std::function<double(double lr)>& step, const RangeTestOptions& options = {});

/// A table of at most 25 rows, with the average as a plot on its side, and the suggestion.
std::ostream& operator<<(std::ostream& out, const RangeTest& test);

}  // namespace xgrad::nn
