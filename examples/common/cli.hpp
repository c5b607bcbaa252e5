#pragma once
// Checks of options, with one line for each mistake, and what Ctrl-C does to a long run.

#include <cstdint>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace common {

/// One of some words; the message lists them.
CLI::Validator one_of(const std::vector<std::string>& words);
/// A number; the message says `is not ` and the description.
CLI::Validator range(double low, double high, const std::string& description);
CLI::Validator at_least(double low);
/// A whole number without an exponent: nothing wraps round, nothing is cut.
CLI::Validator whole(std::uint64_t low, std::uint64_t high, const std::string& description);
/// Up to a thousand million.
CLI::Validator count(std::uint64_t low);

/// From now on the first SIGINT or SIGTERM makes interrupted() true and says `what` on stderr, the second one ends the
/// program. `what` must live as long as the program.
void stop_on_signals(const char* what);
bool interrupted();

/// A word as a shell takes it, in quotes if it needs them.
std::string quoted(const std::string& word);
/// The command as it was given: `train moons --epochs 5`.
std::string command_line(const std::string& program, int argc, char** argv);

}  // namespace common
