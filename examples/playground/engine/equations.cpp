// The equations that textbooks derive by hand, computed by plain loops, beside what the tape gives.

#include <autograd/autograd.hpp>
#include <nn/activation.hpp>
#include <nn/linear.hpp>

#include "../../common/hand_derived.hpp"
#include "request.hpp"
#include "walk.hpp"

namespace playground {

using namespace xgrad;

namespace {

constexpr double tolerance = 1e-12;  // of f64, both sides rounding

hand::Matrix matrix_of(const Tensor& t) {
  return {static_cast<std::size_t>(t.shape()[0]), static_cast<std::size_t>(t.shape()[1]), t.values()};
}

// Formulas by the number of a layer, for rows as examples.
struct Formulas {
  std::string z, w, b;
};

Formulas formulas(std::size_t l, std::size_t last, const std::string& activation) {
  const std::string n = std::to_string(l), before = l == 1 ? "X" : "A" + std::to_string(l - 1);
  const std::string behind = std::to_string(l + 1);
  return {l == last ? "dZ" + n + " = A" + n + " − Y"
                    : "dZ" + n + " = (dZ" + behind + " · W" + behind + ") ⊙ " + activation + "′(Z" + n + ")",
          "dW" + n + " = dZ" + n + "ᵀ · " + before + " / m", "db" + n + " = Σ dZ" + n + " / m"};
}

Json row(const std::string& name, const std::string& formula, const Tensor& tape, double factor,
         const hand::Gradient& derived) {
  const std::vector<double> values = (factor * tape).values();
  const double difference = hand::largest_difference(values, derived.v, derived.scale);
  return {{"name", name},
          {"formula", formula},
          {"shape", shape(tape.shape())},
          {"count", tape.size()},
          {"by_tape", cut(values)},
          {"by_hand", cut(derived.v)},
          {"difference", difference},
          {"holds", difference <= tolerance}};
}

}  // namespace

Json equations(Session& session, const Json& request) {
  Opened& opened = session.now();
  train::Run& run = *opened.run;
  const std::vector<Stage> net = plain_stages("equations", run.net());
  if (!run.objective().name().starts_with("cross_entropy"))
    throw BadRequest("equations: dZL = AL − Y holds for cross-entropy; this run has the loss " +
                     run.objective().name());
  const train::Dataset data = examples(opened, request, 1000, 4);
  const bool softmax = opened.job.problem == train::Problem::classes;

  std::vector<hand::Layer> layers;
  for (const Stage& stage : net)
    layers.push_back({matrix_of(stage.linear->weight.value()), stage.linear->bias.value().values(),
                      hand::activation(stage.activation ? stage.name : "identity")});
  const Tensor Y = softmax ? one_hot(data.y, opened.job.outputs, f64) : data.y;
  const std::vector<hand::LayerGradient> derived =
      hand::gradients(matrix_of(data.x), matrix_of(Y), layers, softmax ? hand::Output::softmax : hand::Output::sigmoid);

  Tape tape;
  const Walk forward = walk(run.net(), data.x);
  const Tensor cost = run.objective().loss(forward.outputs, data.y);
  const auto m = static_cast<double>(data.x.shape()[0]);
  Json rows = Json::array();
  for (std::size_t l = net.size(); l-- > 0;) {
    const nn::Linear& linear = *net[l].linear;
    const std::vector<Tensor> g = tape.gradients(cost, {forward.Z[l], linear.weight, linear.bias});
    const NoGrad off;
    const std::string n = std::to_string(l + 1);
    const Formulas text = formulas(l + 1, net.size(), net[l].name);
    rows.push_back(row("dZ" + n, text.z, g[0], m, derived[l].dZ));
    rows.push_back(row("dW" + n, text.w, g[1], 1, derived[l].dW));
    rows.push_back(row("db" + n, text.b, g[2], 1, derived[l].db));
  }
  return {{"rows", rows}, {"examples", data.x.shape()[0]}, {"tolerance", tolerance}};
}

}  // namespace playground
