#pragma once
// A progress bar on stderr, for people only: nothing is written where stderr is not a terminal.

#include <chrono>
#include <cstddef>
#include <string>

namespace demo {

class Progress {
 public:
  explicit Progress(std::size_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `done` of the total, with a short text behind the bar; drawn at most ten times a second.
  void show(std::size_t done, const std::string& text);

 private:
  using Clock = std::chrono::steady_clock;
  std::size_t total_;
  bool terminal_;
  Clock::time_point start_ = Clock::now(), drawn_{};
};

}  // namespace demo
