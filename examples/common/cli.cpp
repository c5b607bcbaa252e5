#include "cli.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <charconv>
#include <csignal>
#include <cstring>

#include <autograd/error.hpp>

namespace common {

CLI::Validator one_of(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
  return CLI::Validator(
      [words, list](std::string& value) {
        if (std::find(words.begin(), words.end(), value) != words.end()) return std::string();
        return "'" + value + "' is none of " + list;
      },
      list);
}

CLI::Validator range(double low, double high, const std::string& description) {
  return CLI::Validator(
      [=](std::string& text) {
        double value = 0;
        if (!CLI::detail::lexical_cast(text, value)) return "'" + text + "' is not a number";
        if (value >= low && value <= high) return std::string();
        return "'" + text + "' is not " + description;
      },
      "");
}

CLI::Validator at_least(double low) { return range(low, 1e300, xgrad::number_text(low) + " or more"); }

CLI::Validator whole(std::uint64_t low, std::uint64_t high, const std::string& description) {
  return CLI::Validator(
      [=](std::string& text) {
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error == std::errc() && end == text.data() + text.size() && value >= low && value <= high)
          return std::string();
        return "'" + text + "' is not a whole number " + description;
      },
      "");
}

CLI::Validator count(std::uint64_t low) {
  return whole(low, 1'000'000'000, "from " + std::to_string(low) + " to 1000000000");
}

namespace {

static_assert(std::atomic<bool>::is_always_lock_free);  // what a signal handler may touch
std::atomic<bool> stop_requested{false};
std::atomic<const char*> stop_message{""};

extern "C" void request_stop(int signal) {
  stop_requested = true;
  std::signal(signal, SIG_DFL);
  const char* text = stop_message;
  (void)!write(STDERR_FILENO, text, std::strlen(text));
}

}  // namespace

void stop_on_signals(const char* what) {
  stop_message = what;
  // what the caller has ignored, as a shell does for what runs in its background, stays ignored
  for (const int signal : {SIGINT, SIGTERM})
    if (std::signal(signal, request_stop) == SIG_IGN) std::signal(signal, SIG_IGN);
}

bool interrupted() { return stop_requested; }

std::string quoted(const std::string& word) {
  const auto plain = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || std::strchr("_-+=./,:%@", c); };
  if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string command_line(const std::string& program, int argc, char** argv) {
  std::string command = program;
  for (int i = 1; i < argc; ++i) command += " " + quoted(argv[i]);
  return command;
}

}  // namespace common
