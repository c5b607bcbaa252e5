// Gradients checked against numeric derivatives, entry by entry, and the V curve of one of them.

#include <autograd/gradcheck.hpp>
#include <autograd/tape.hpp>

#include "request.hpp"

namespace playground {

using namespace xgrad;

namespace {

constexpr Index most_examples = 64, most_entries = 2000;

// In evaluation mode while it lives: dropout would draw another mask for every evaluation.
class Evaluation {
 public:
  explicit Evaluation(nn::Module& net) : net_(net) { net_.eval(); }
  ~Evaluation() { net_.train(); }
  Evaluation(const Evaluation&) = delete;
  Evaluation& operator=(const Evaluation&) = delete;

 private:
  nn::Module& net_;
};

std::function<Tensor()> loss_of(train::Run& run, const train::Dataset& data) {
  return [&run, data] { return run.objective().penalised(run.objective().loss(run.net()(data.x), data.y), run.net()); };
}

std::string verdict_of(const GradcheckEntry& e, double tolerance) {
  return e.kink ? "kink" : e.difference <= tolerance ? "pass" : "fail";
}

}  // namespace

Json check(Session& session, const Json& request) {
  Opened& opened = session.now();
  train::Run& run = *opened.run;
  const Index count = nn::parameter_count(run.net());
  if (count > most_entries)
    throw BadRequest("check: takes every weight by itself, and this net has " + std::to_string(count) +
                     "; check one of at most " + std::to_string(most_entries));
  const std::string chosen =
      word(request, "stencil", {"automatic", "complex_step", "central", "four_point", "six_point"});
  const Stencil stencil = chosen == "central"        ? Stencil::central
                          : chosen == "four_point"   ? Stencil::four_point
                          : chosen == "six_point"    ? Stencil::six_point
                          : chosen == "complex_step" ? Stencil::complex_step
                                                     : Stencil::automatic;
  const double step = number(request, "step", 0);
  if (step < 0) throw BadRequest("step: must be above 0, or 0 for the best one");
  const train::Dataset data = examples(opened, request, most_examples, most_examples);
  const Evaluation evaluating(run.net());
  const std::function<Tensor()> loss = loss_of(run, data);
  const GradcheckReport report = gradcheck(loss, run.net(), {.stencil = stencil, .step = step});
  const GradcheckReport central =
      stencil == Stencil::central ? report : gradcheck(loss, run.net(), {.stencil = Stencil::central, .step = step});
  Json rows = Json::array();
  for (std::size_t i = 0; i < report.inputs.size(); ++i)
    for (std::size_t k = 0; k < report.inputs[i].entries.size(); ++k) {
      const GradcheckEntry& e = report.inputs[i].entries[k];
      const bool complex = report.stencil == Stencil::complex_step;
      rows.push_back({{"name", report.inputs[i].name},
                      {"index", shape(e.index)},
                      {"analytic", e.analytic},
                      {"central", central.inputs[i].entries[k].numeric},
                      {"complex", complex ? Json(e.numeric) : Json()},
                      {"numeric", e.numeric},
                      {"difference", e.difference},
                      {"verdict", verdict_of(e, report.tolerance)}});
    }
  return {{"tolerance", report.tolerance},
          {"stencil", to_string(report.stencil)},
          {"reason", report.reason},
          {"examples", data.x.shape()[0]},
          {"verdict", report.passed() ? "pass" : "not confirmed"},
          {"rows", rows}};
}

Json curve(Session& session, const Json& request) {
  Opened& opened = session.now();
  train::Run& run = *opened.run;
  const std::string name = text(request, "name", "");
  const auto given = request.find("index");
  if (given == request.end() || !given->is_array()) throw BadRequest("index: must be a list of whole numbers");
  Dims index;
  for (const Json& number : *given) {
    const Json one{{"index", number}};
    if (index.rank() == Dims::capacity) throw BadRequest("index: is too long");
    index.push_back(whole(one, "index", 0, 1'000'000'000, 0));
  }
  const train::Dataset data = examples(opened, request, most_examples, most_examples);
  const Evaluation evaluating(run.net());
  for (const Parameter& p : nn::trainable_parameters(run.net())) {
    if (p.name() != name) continue;
    const VCurve curve = v_curve(loss_of(run, data), p, index);
    Json rows = Json::array();
    for (const VCurve::Row& row : curve.rows)
      rows.push_back({{"h", row.h},
                      {"central", row.central},
                      {"four_point", row.four_point},
                      {"six_point", row.six_point},
                      {"complex", row.complex_step}});
    return {{"analytic", curve.analytic}, {"rows", rows}};
  }
  throw BadRequest("curve: this net has no Parameter '" + name + "'");
}

}  // namespace playground
