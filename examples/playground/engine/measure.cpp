// How good the net is, and how its layers fare.

#include <cmath>
#include <functional>

#include <autograd/autograd.hpp>
#include <nn/activation.hpp>
#include <nn/linear.hpp>
#include <nn/metrics.hpp>

#include "request.hpp"
#include "walk.hpp"

namespace playground {

using namespace xgrad;

namespace {

Json quality(train::Run& run, const train::Dataset& data) {
  if (!data.x.defined()) return nullptr;
  const Tensor outputs = train::outputs_of(run.net(), data.x);
  const NoGrad off;
  const nn::ConfusionMatrix matrix(outputs, data.y);
  Json confusion = Json::array();
  for (Index i = 0; i < matrix.classes(); ++i) {
    Json row = Json::array();
    for (Index k = 0; k < matrix.classes(); ++k) row.push_back(matrix.count(i, k));
    confusion.push_back(row);
  }
  return {{"cost", run.objective().loss(outputs, data.y).item()},
          {"accuracy", matrix.accuracy()},
          {"confusion", confusion}};
}

// The share of units (columns) for more than so many of whose examples it is true.
double share_of_units(const Tensor& t, double more_than, const std::function<bool(double)>& is) {
  const Index n = t.shape()[0], units = t.shape()[1];
  const std::vector<double> values = t.values();
  Index found = 0;
  for (Index unit = 0; unit < units; ++unit) {
    Index count = 0;
    for (Index i = 0; i < n; ++i) count += is(values[static_cast<std::size_t>(i * units + unit)]);
    found += static_cast<double>(count) > more_than * static_cast<double>(n);
  }
  return static_cast<double>(found) / static_cast<double>(units);
}

// Where the slope is below a twentieth of the steepest.
Json saturated(const nn::Activation& activation, const std::string& name, const Tensor& z) {
  if (name == "identity" || name == "leaky_relu") return nullptr;
  const double steepest = name == "sigmoid" ? 0.25 : 1;
  Tape tape;
  const Tensor at = tape.variable(z);
  const Tensor slope = tape.gradient(sum(activation.forward(at)), at);
  return share_of_units(slope, 0.9, [=](double v) { return std::abs(v) < steepest / 20; });
}

}  // namespace

Json measure(Session& session, const Json&) {
  train::Run& run = *session.now().run;
  const train::Parts& parts = run.parts();
  Json layers = Json::array();
  {
    Tape tape;
    const Walk forward = walk(run.net(), parts.train.x);
    const Tensor cost = run.objective().penalised(run.objective().loss(forward.outputs, parts.train.y), run.net());
    std::vector<Stage> plain = stages(run.net());
    for (std::size_t l = 0; l < plain.size(); ++l) {
      const Parameter& weight = plain[l].linear->weight;
      const Tensor gradient = tape.gradient(cost, weight);
      const NoGrad off;
      Json row{{"name", plain[l].path + ".weight"},
               {"gradient_norm", norm(gradient).item()},
               {"weight_norm", norm(weight.value()).item()},
               {"units", weight.shape()[0]},
               {"dead", nullptr},
               {"saturated", nullptr}};
      if (plain[l].activation) {
        if (plain[l].name == "relu") row["dead"] = 1 - share_of_units(forward.A[l], 0, [](double v) { return v != 0; });
        row["saturated"] = saturated(*plain[l].activation, plain[l].name, forward.Z[l].detach());
      }
      layers.push_back(row);
    }
  }
  return {
      {"step", run.step()}, {"train", quality(run, parts.train)}, {"dev", quality(run, parts.dev)}, {"layers", layers}};
}

}  // namespace playground
