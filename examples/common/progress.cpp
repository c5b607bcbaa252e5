#include "progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <sstream>

#include "text.hpp"

namespace common {

std::string duration_text(double seconds) {
  char text[32];
  if (seconds < 120)
    std::snprintf(text, sizeof text, seconds < 10 ? "%.1f s" : "%.0f s", seconds);
  else if (seconds < 7200)
    std::snprintf(text, sizeof text, "%.0f min", seconds / 60);
  else
    std::snprintf(text, sizeof text, "%.1f h", seconds / 3600);
  return text;
}

std::string short_duration_text(double seconds) {
  const double ms = 1000 * seconds;
  if (ms >= 999.5) return duration_text(seconds);
  char text[32];
  std::snprintf(text, sizeof text, ms < 10 ? "%.2g ms" : "%.0f ms", ms);
  return text;
}

bool wants_colour(int descriptor) {
  const char *off = std::getenv("NO_COLOR"), *terminal = std::getenv("TERM");
  return isatty(descriptor) != 0 && !(off && *off) && !(terminal && std::string(terminal) == "dumb");
}

namespace {

std::size_t terminal_columns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 12) return 80;
  return size.ws_col;
}

}  // namespace

Progress::Progress(std::size_t total, std::size_t plain_lines)
    : total_(total),
      plain_lines_(plain_lines),
      terminal_(isatty(STDERR_FILENO) != 0),
      colour_(wants_colour(STDERR_FILENO)) {}

Progress::~Progress() {
  if (terminal_ && started_) std::cerr << "\r\033[K" << std::flush;
}

void Progress::show(std::size_t done, const std::string& text) {
  using namespace std::chrono;
  done = std::min(done, total_);
  const auto now = Clock::now();
  const bool first = !started_;
  if (first) {
    started_ = true;
    first_ = done;
    start_ = now;
  }
  const double share = total_ ? static_cast<double>(done) / static_cast<double>(total_) : 1;
  const double left = done > first_ ? duration<double>(now - start_).count() * static_cast<double>(total_ - done) /
                                          static_cast<double>(done - first_)
                                    : 0;
  std::ostringstream line;
  line << std::setw(3) << static_cast<int>(100 * share) << " %  ";
  if (done > first_ && done < total_) line << duration_text(left) << " left  ";
  line << text;
  if (!terminal_) {
    // the first, the last, and whenever another share of the total is done
    if (plain_lines_ == 0) return;
    const std::size_t mark = total_ ? done * plain_lines_ / total_ : 0;
    if (done != total_ && !first && mark == mark_) return;
    mark_ = mark;
    std::cerr << line.str() + "\n" << std::flush;
    return;
  }
  if (now - drawn_ < milliseconds(100) && done != total_) return;
  drawn_ = now;
  const std::size_t columns = terminal_columns(), width = std::min<std::size_t>(24, columns / 3);
  const auto full = static_cast<std::size_t>(share * static_cast<double>(width));
  const std::string bar = std::string("\r") + (colour_ ? "\033[36m" : "") + '[' + std::string(full, '#') +
                          std::string(width - full, '.') + ']' + (colour_ ? "\033[0m" : "") + ' ';
  // a line that wraps could not be drawn over
  std::cerr << bar + cut(line.str(), columns - width - 4) + "\033[K" << std::flush;
}

}  // namespace common
