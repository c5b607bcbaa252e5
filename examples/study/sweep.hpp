#pragma once
// Making the rows that a file of results still lacks, several runs at a time.

#include "data.hpp"
#include "results.hpp"

namespace study {

/// Part `index` of `count`, from 1: the runs, the longest first, are dealt out in turn.
struct Shard {
  std::size_t index = 1, count = 1;
};

struct SweepOptions {
  Shard shard;
  int jobs = 1;
  bool quiet = false;      ///< else it says on stderr how far it is
  std::string unfinished;  ///< folder for runs in the midst: every ten seconds, and when the user stops it
};

/// Trains what is missing on so many threads and adds each row as soon as it is there; a run that was cut short goes on
/// from `unfinished`. Returns false if the user stopped it. Throws xgrad::IoError, as ResultsFile::add does; the rows
/// added so far stay.
bool sweep(const Grid& grid, DataSource& source, ResultsFile& file, const SweepOptions& options);

}  // namespace study
