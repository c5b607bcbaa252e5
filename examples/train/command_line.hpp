#pragma once
// The table of options as a command line, by CLI11.

#include "options.hpp"

namespace CLI {
class App;
}

namespace train {

/// Adds every option, checked and described, to the app.
void define(CLI::App& app, Options& options);
/// What was given on it, once it is parsed.
Texts given(const CLI::App& app);

}  // namespace train
