#include "cli.hpp"

#include <unistd.h>

#include <atomic>
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
  std::signal(SIGINT, request_stop);
  std::signal(SIGTERM, request_stop);
}

bool interrupted() { return stop_requested; }

std::string command_line(const std::string& program, int argc, char** argv) {
  std::string command = program;
  for (int i = 1; i < argc; ++i) command += std::string(" ") + argv[i];
  return command;
}

}  // namespace common
