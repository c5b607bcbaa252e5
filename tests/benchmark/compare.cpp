#include "compare.hpp"

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdio>
#include <memory>

#include "limit/threads.hpp"

namespace bench {
namespace {

bool failed = false;

std::string path(const Case& c) { return c.workload + "/" + c.name; }

// One answer a case, however often its halves run.
class Agreement {
 public:
  Agreement(Case what, Setup limit, Setup ours)
      : what_(std::move(what)), limit_(std::move(limit)), ours_(std::move(ours)) {}

  const std::string& error() {
    if (checked_) return error_;
    checked_ = true;
    const double wanted = value_ = value_after(limit_), got = value_after(ours_);
    if (std::abs(got - wanted) <= what_.tolerance * std::abs(wanted)) return error_;
    char text[160];
    std::snprintf(text, sizeof text, "not the same work: after %d runs the limit has %.9g, xgrad %.9g",
                  what_.agree_after, wanted, got);
    failed = true;
    return error_ = text;
  }
  /// What the limit came to.
  double value() const { return value_; }

 private:
  double value_after(const Setup& setup) const {
    const Work work = setup();
    for (int i = 0; i < what_.agree_after; ++i) work.run();
    return work.value();
  }
  Case what_;
  Setup limit_, ours_;
  bool checked_ = false;
  double value_ = 0;
  std::string error_;
};

void time(benchmark::State& state, const Case& c, const Setup& setup, Agreement* agreement, int blas_threads) {
  if (agreement && !agreement->error().empty()) {
    state.SkipWithError(agreement->error().c_str());
    return;
  }
  limit::set_blas_threads(blas_threads);
  const Work work = setup();
  work.run();
  for (auto _ : state) work.run();
  limit::set_blas_threads(1);
  state.counters["must"] = c.must;
  state.counters["must_ns"] = c.must_ns;
  state.counters["units"] = c.units;
  state.counters["threads_used"] = c.threads;
  if (agreement) {
    state.counters["agree_after"] = c.agree_after;
    state.counters["value"] = agreement->value();
  }
  state.SetLabel(c.unit);
}

}  // namespace

void compare(const Case& c, const Setup& limit, const Setup& ours) {
  const auto agreement = std::make_shared<Agreement>(c, limit, ours);
  const auto add = [&](const char* column, const Setup& setup, int blas_threads) {
    auto* made = benchmark::RegisterBenchmark((path(c) + "/" + column).c_str(), [=](benchmark::State& state) {
      time(state, c, setup, agreement.get(), blas_threads);
    });
    if (c.threads > 1) made->UseRealTime();  // else the thread's own time, which other programs disturb less
  };
  add("limit", limit, c.threads);
  add("xgrad", ours, 1);
}

void alone(const Case& c, const Setup& ours) {
  benchmark::RegisterBenchmark((path(c) + "/xgrad").c_str(),
                               [=](benchmark::State& state) { time(state, c, ours, nullptr, 1); });
}

bool disagreed() { return failed; }

}  // namespace bench
