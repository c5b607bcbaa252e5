#include <nn/range_test.hpp>

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <limits>
#include <ostream>
#include <sstream>

#include <autograd/error.hpp>
#include <nn/options.hpp>

namespace xgrad::nn {
namespace {

constexpr const char* name = "lr_range_test";
constexpr double infinity = std::numeric_limits<double>::infinity();

void check(const std::function<double(double)>& step, const RangeTestOptions& o) {
  if (!step) throw NumericError("lr_range_test: the step function is empty");
  detail::above_zero(name, "low", o.low);
  detail::above(name, "high", o.high, o.low, "low");
  detail::at_least(name, "steps", o.steps, 3);
  detail::below_one(name, "smoothing", o.smoothing);
  detail::above(name, "divergence", o.divergence, 1);
}

// The middle of the steepest fall from the row before to the row after; rates are evenly spaced in log(lr).
std::optional<double> steepest(const std::vector<RangeTestRow>& rows) {
  std::optional<double> lr;
  double steepest = 0;
  for (std::size_t i = 1; i + 1 < rows.size(); ++i) {
    const double rise = rows[i + 1].smoothed - rows[i - 1].smoothed;
    if (rise >= steepest) continue;
    steepest = rise;
    lr = rows[i].lr;
  }
  return lr;
}

}  // namespace

RangeTest lr_range_test(const std::function<double(double lr)>& step, const RangeTestOptions& options) {
  check(step, options);
  RangeTest test;
  double smoothed = 0, best = infinity;
  for (Index i = 0; i < options.steps; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(options.steps - 1);
    const double lr = options.low * std::pow(options.high / options.low, share), loss = step(lr);
    if (!std::isfinite(loss)) {
      test.diverged_at = lr;
      break;
    }
    // The average corrected for its start, as a step towards the loss: a constant one stays constant to the last bit.
    smoothed +=
        (1 - options.smoothing) / (1 - std::pow(options.smoothing, static_cast<double>(i + 1))) * (loss - smoothed);
    // For a loss below 0, `times` means as far above it.
    if (smoothed > best + (options.divergence - 1) * std::abs(best)) {
      test.diverged_at = lr;
      break;
    }
    best = std::min(best, smoothed);
    test.rows.push_back({lr, loss, smoothed});
  }
  test.suggested = steepest(test.rows);
  return test;
}

std::ostream& operator<<(std::ostream& out, const RangeTest& test) {
  constexpr std::size_t most = 25;
  constexpr double width = 40;
  double low = infinity, high = -infinity;
  for (const RangeTestRow& row : test.rows) {
    low = std::min(low, row.smoothed);
    high = std::max(high, row.smoothed);
  }
  std::ostringstream text;  // leaves the format of `out` alone
  text << std::left << std::setw(12) << "lr" << std::setw(12) << "loss" << std::setw(12) << "smoothed" << '\n';
  const std::size_t count = test.rows.size(), shown = std::min(count, most);
  for (std::size_t i = 0; i < shown; ++i) {
    const RangeTestRow& row = test.rows[shown < 2 ? 0 : i * (count - 1) / (shown - 1)];
    const double share = high > low ? (row.smoothed - low) / (high - low) : 0;
    text << std::setprecision(4) << std::setw(12) << row.lr << std::setw(12) << row.loss << std::setw(12)
         << row.smoothed << '|' << std::string(static_cast<std::size_t>(std::lround(share * width)), ' ') << "*\n";
  }
  if (test.diverged_at) text << "diverged at " << *test.diverged_at << '\n';
  if (test.suggested)
    text << "suggested learning rate: " << *test.suggested << '\n';
  else
    text << "no suggestion: the loss never falls; try a lower range\n";
  return out << text.str();
}

}  // namespace xgrad::nn
