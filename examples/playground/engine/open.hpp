#pragma once
// Runs from options and data, for `open` and `load`.

#include <memory>
#include <string>

#include "session.hpp"

namespace playground {

/// A run at its start; an empty table means the set that the options name. Throws what train throws, and BadRequest.
std::unique_ptr<Opened> opened_run(train::Texts texts, std::string table);
/// Those that say how a process behaves are the program's. Throws BadRequest.
void refuse_process_options(const train::Texts& texts);
/// What `open` answers.
Json description(Session& session);
/// The command line of train that makes the same run.
std::string command(const Opened& opened);

}  // namespace playground
