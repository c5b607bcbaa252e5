#pragma once
// Progress on stderr: a bar that redraws itself on a terminal, a plain line now and then elsewhere.

#include <chrono>
#include <cstddef>
#include <string>

namespace common {

class Progress {
 public:
  /// `plain_lines` at most are written where stderr is no terminal; 0: nothing is.
  explicit Progress(std::size_t total, std::size_t plain_lines = 0);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `done` of the total, with a short text behind the bar; drawn at most ten times a second. A run that resumed calls
  /// it first with what was done before: the time left is reckoned from there.
  void show(std::size_t done, const std::string& text);

 private:
  using Clock = std::chrono::steady_clock;
  std::size_t total_, plain_lines_, first_ = 0, mark_ = 0;
  bool started_ = false, terminal_, colour_;
  Clock::time_point start_, drawn_{};
};

/// `90 s`, `12 min`, `3.5 h`
std::string duration_text(double seconds);
/// The same of something that may be short: `0.06 ms`, `4.1 ms`.
std::string short_duration_text(double seconds);

/// Whether a stream's descriptor is a terminal that wants colour (https://no-color.org).
bool wants_colour(int descriptor);

}  // namespace common
