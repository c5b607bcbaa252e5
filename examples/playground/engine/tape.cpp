// The tape of one step, row by row, as the engine recorded it.

#include <autograd/autograd.hpp>
#include <autograd/explain.hpp>

#include "request.hpp"
#include "walk.hpp"

namespace playground {

using namespace xgrad;

namespace {

Json operand(const Tape& tape, const Tensor& t) {
  if (tape.owns(t)) return t.trace().node;
  return t.name().empty() && t.rank() == 0 ? number_text(t.item()) : t.name().empty() ? "constant" : t.name();
}

}  // namespace

Json tape(Session& session, const Json& request) {
  Opened& opened = session.now();
  train::Run& run = *opened.run;
  const train::Dataset data = examples(opened, request, 1000, 4);
  const TextbookNames names(run.net());
  Tape tape;
  const Walk forward = walk(run.net(), named("X", data.x));
  const Tensor loss =
      named("J", run.objective().penalised(run.objective().loss(forward.outputs, named("Y", data.y)), run.net()));
  std::vector<Tensor> results;
  for (const Node& node : tape.nodes()) results.push_back(node.y);
  const std::vector<Tensor> gradients = tape.gradients(loss, results);
  Json rows = Json::array();
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Node& node = tape.nodes()[i];
    Json operands = Json::array();
    for (const Tensor& x : Inputs(node.x)) operands.push_back(operand(tape, x));
    rows.push_back(object({{"index", i},
                           {"name", node.y.name()},
                           {"parameter", node.op ? "" : names.path(node.y.name())},
                           {"operation", node.op ? node.op->name : "leaf"},
                           {"attributes", node.attributes.text()},
                           {"operands", operands},
                           {"shape", shape(node.y.shape())},
                           {"count", node.y.size()},
                           {"value", cut(node.y.values())},
                           {"gradient", tape.depends(loss, results[i]) ? Json(cut(gradients[i].values())) : Json()},
                           {"formula", formula(tape, node.y)}}));
  }
  return object({{"nodes", rows}, {"bytes", tape.bytes()}});
}

}  // namespace playground
