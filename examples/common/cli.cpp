#include "cli.hpp"

#include <unistd.h>

#include <atomic>
#include <cctype>
#include <csignal>
#include <cstring>

namespace common {

CLI::Validator valid(const Check& check) {
  return CLI::Validator([fault = check.fault](std::string& text) { return fault(text); }, listed(check.words));
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
