#pragma once
// Making the rows that a file of results still lacks, several runs at a time.

#include "data.hpp"
#include "results.hpp"

namespace study {

/// Part `index` of `count`, from 1: every count-th run.
struct Shard {
  std::size_t index = 1, count = 1;
  bool holds(const Run& run) const { return run.number % count == index - 1; }
};

/// Trains what is missing on so many threads and adds each row as soon as it is there; a run that was cut short begins
/// anew. Says how far it is on stderr unless quiet. Returns false if the user stopped it. Throws xgrad::IoError, as
/// ResultsFile::add does; the rows added so far stay.
bool sweep(const Grid& grid, DataSource& source, ResultsFile& file, const Shard& shard, int jobs, bool quiet);

}  // namespace study
