// Steps of training, as many as there is time for.

#include <chrono>
#include <cmath>

#include "request.hpp"

namespace playground {

using namespace xgrad;

namespace {

// Costs by step, thinned evenly where there are many: every stride-th step, and the last one.
Json thinned(const std::vector<std::pair<Index, double>>& costs) {
  constexpr std::size_t most = 200;
  const std::size_t stride = (costs.size() + most - 1) / most;
  Json rows = Json::array();
  for (std::size_t i = 0; i < costs.size(); ++i)
    if (i % stride == 0 || i + 1 == costs.size()) rows.push_back({costs[i].first, costs[i].second});
  return rows;
}

}  // namespace

Json train_steps(Session& session, const Json& request) {
  using Clock = std::chrono::steady_clock;
  train::Run& run = *session.now().run;
  const Index steps = whole(request, "steps", 0, 1'000'000'000, 1);
  const double milliseconds = number(request, "milliseconds", 1e9);
  std::vector<std::pair<Index, double>> costs;
  Json diverged;
  const auto start = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double, std::milli>(Clock::now() - start).count(); };
  Index made = 0;
  while (made < steps && !run.stopped_early() && (made == 0 || elapsed() < milliseconds)) {
    try {
      run.advance([](const train::Epoch&) {});
    } catch (const train::Diverged& e) {
      diverged = object({{"cause", e.cause}, {"failed", e.step}, {"step", run.step()}, {"try", run.base_rate() / 10}});
      break;
    }
    ++made;
    costs.emplace_back(run.step(), run.last_loss());
  }
  return object({{"step", run.step()},
                 {"epoch", run.epoch()},
                 {"lr", run.lr()},
                 {"costs", thinned(costs)},
                 {"microseconds", made > 0 ? Json(1000 * elapsed() / static_cast<double>(made)) : Json()},
                 {"stopped_early", run.stopped_early()},
                 {"diverged", diverged}});
}

}  // namespace playground
