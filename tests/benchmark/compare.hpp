#pragma once
// A case of the benchmark: the same work by a limit, hand-written loops without tape or temporaries, and by xgrad. Both
// are run as benchmarks of their own, `WORKLOAD/CASE/limit` and `WORKLOAD/CASE/xgrad`, once they were seen to agree.

#include <functional>
#include <string>

namespace bench {

/// A workload set up: `run` does it once, `value` tells what came out (a loss, a sum) for the check.
struct Work {
  std::function<void()> run;
  std::function<double()> value;
};
using Setup = std::function<Work()>;

struct Case {
  std::string workload, name;
  double must = 0;            ///< at most so many times the limit; 0: no such target
  double must_ns = 0;         ///< at most so many ns a unit; 0: no such target
  std::string unit = "step";  ///< what a run is counted in
  double units = 1;           ///< so many of them a run
  int threads = 1;
  int agree_after = 100;    ///< runs after which the values are compared
  double tolerance = 5e-6;  ///< relative: 5 digits
};

/// Registers both. They are set up when their turn comes, the check is made before the first of them is timed.
void compare(const Case& what, const Setup& limit, const Setup& ours);
/// Without a limit: what it costs is compared with peers, or with itself at other sizes.
void alone(const Case& what, const Setup& ours);

/// Whether some case did not agree; the program then fails.
bool disagreed();

}  // namespace bench
