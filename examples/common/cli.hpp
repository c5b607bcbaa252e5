#pragma once
// Options by CLI11, and what Ctrl-C does to a long run.

#include <string>

#include <CLI/CLI.hpp>

#include "check.hpp"

namespace common {

/// A check as CLI11 takes it.
CLI::Validator valid(const Check& check);

/// From now on the first SIGINT or SIGTERM makes interrupted() true and says `what` on stderr, the second one ends the
/// program. `what` must live as long as the program.
void stop_on_signals(const char* what);
bool interrupted();

/// A word as a shell takes it, in quotes if it needs them.
std::string quoted(const std::string& word);
/// The command as it was given: `train moons --epochs 5`.
std::string command_line(const std::string& program, int argc, char** argv);

}  // namespace common
