#include "cross_validation.hpp"

#include <cmath>
#include <optional>
#include <ostream>

#include <nlohmann/json.hpp>

#include "../common/html.hpp"
#include "../common/progress.hpp"

namespace train {

using namespace xgrad;
using common::number;

namespace {

void print(std::ostream& out, const Objective& objective, const std::vector<Evaluation>& folds) {
  const auto n = static_cast<double>(folds.size());
  double score = 0, loss = 0, squares = 0;
  for (const Evaluation& e : folds) {
    score += e.score / n;
    loss += e.loss / n;
  }
  for (const Evaluation& e : folds) squares += (e.score - score) * (e.score - score);
  out << folds.size() << "-fold " << objective.score_name() << ": " << objective.score_text(score);
  if (folds.size() > 1) {
    const double deviation = std::sqrt(squares / (n - 1));
    out << " ± " << (objective.classifies() ? number(100 * deviation, 2) + " %" : number(deviation, 2));
  }
  out << " (";
  for (std::size_t i = 0; i < folds.size(); ++i) out << (i ? ", " : "") << objective.score_text(folds[i].score);
  out << "), loss " << number(loss, 4) << '\n';
}

}  // namespace

bool cross_validate(const Options& o, const Job& job, Rng& rng, const std::function<bool()>& interrupted,
                    std::ostream& out, Journal& journal) {
  const std::vector<nn::data::Fold> parts = folds(job, o.folds, rng);
  const Objective objective(o, job.problem);
  std::optional<common::Progress> progress;
  if (!o.quiet) progress.emplace(parts.size(), parts.size());
  std::vector<Evaluation> done;
  for (std::size_t i = 0; i < parts.size() && !interrupted(); ++i) {
    Options fold_options = o;
    fold_options.seed = o.seed + i;  // other weights and another order for each
    Run run(fold_options, job, cut(job, parts[i]), {});
    try {
      if (run.train(
              interrupted, [] {}, [](const Epoch&) {}) == Ending::interrupted)
        break;
    } catch (const Diverged& e) {
      throw Diverged("fold " + std::to_string(i + 1) + " " + e.what(), e.cause, e.step);
    }
    done.push_back(evaluate(run.net(), objective, run.parts().dev));
    if (progress)
      progress->show(i + 1, std::string(objective.score_name()) + " " + objective.score_text(done.back().score));
    journal.write({{"event", "fold"},
                   {"fold", i + 1},
                   {"dev_loss", done.back().loss},
                   {std::string("dev_") + objective.score_name(), done.back().score}});
  }
  progress.reset();
  if (!done.empty()) print(out, objective, done);
  return done.size() == parts.size();
}

}  // namespace train
