#include "progress.hpp"

#include <unistd.h>

#include <iomanip>
#include <iostream>

namespace demo {

Progress::Progress(std::size_t total) : total_(total), terminal_(isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
  if (terminal_) std::cerr << "\r\033[K" << std::flush;
}

void Progress::show(std::size_t done, const std::string& text) {
  using namespace std::chrono;
  const auto now = Clock::now();
  if (!terminal_ || (now - drawn_ < milliseconds(100) && done != total_)) return;
  drawn_ = now;
  constexpr std::size_t width = 30;
  const double share = total_ ? static_cast<double>(done) / static_cast<double>(total_) : 1;
  const auto full = static_cast<std::size_t>(share * width);
  const double left = done ? duration<double>(now - start_).count() * (1 / share - 1) : 0;
  std::cerr << "\r[" << std::string(full, '#') << std::string(width - full, '.') << "] " << std::setw(3)
            << static_cast<int>(100 * share) << " %  " << std::fixed << std::setprecision(1) << left << " s left  "
            << text << "\033[K" << std::flush;
}

}  // namespace demo
