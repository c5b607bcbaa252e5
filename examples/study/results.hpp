#pragma once
// A study's results in a file of JSON lines: the first says what grid they are of, each further one is a row.

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "row.hpp"

namespace study {

/// Rows by run and iterations: in the grid's order.
using Rows = std::map<std::pair<std::size_t, Index>, Row>;
inline std::pair<std::size_t, Index> key(const Row& row) { return {row.run.number, row.iterations}; }

/// What results are of.
struct Head {
  Grid grid;
  std::string mark;  ///< DataSource::mark
};

struct Results {
  Head head;
  Rows rows;
  std::size_t whole_bytes = 0;  ///< up to the last whole line; 0: there is not even a head
  std::string tail;             ///< behind it: a writer that was killed may have left a part of a line
};

/// Throws xgrad::IoError, BadInput naming file and line.
Results read_results(const std::string& path);

/// Several files of one study as one. Throws as above, and BadInput if they are of different grids or contradict each
/// other.
Results merged(const std::vector<std::string>& paths);

/// Which runs lack rows: `6 of 20 runs, numbers 1, 4-7, 9`.
std::string missing_runs(const Grid& grid, const Rows& rows);

/// The file as it is once a study is done, whoever did which part: rows in the grid's order.
std::string results_text(const Results& results);

/// A file that rows are added to, by this process alone. After any kill it holds whole rows.
class ResultsFile {
 public:
  /// Creates it, or goes on with one of the same grid. Throws BadInput if it is of another grid or other data,
  /// xgrad::IoError if it cannot be written or another process writes to it.
  ResultsFile(std::string path, const Head& head);
  ~ResultsFile();
  ResultsFile(const ResultsFile&) = delete;
  ResultsFile& operator=(const ResultsFile&) = delete;

  const Rows& rows() const { return results_.rows; }
  /// Throws xgrad::IoError if there is no room; the file then ends with the row before.
  void add(const Row& row);
  /// Takes over rows that others have made; finish() writes them. Throws BadInput if one contradicts a row that is
  /// here.
  void take(const Rows& rows);
  /// Puts the rows in order, replacing the file as a whole.
  void finish();

 private:
  void open_and_lock();
  void append(const std::string& line);
  std::string path_;
  Results results_;
  int descriptor_ = -1;
  std::chrono::steady_clock::time_point synced_{};
};

}  // namespace study
