#include <autograd/explain.hpp>

#include <algorithm>
#include <map>

#include <autograd/ops.hpp>

namespace xgrad {
namespace {

// A word, or one call `f(…)`: nothing outside its brackets could bind to a neighbour.
bool is_atom(const std::string& text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
    if (depth == 0 && text[i] == ' ') return false;
  }
  return true;
}

std::string parenthesised(const std::string& text) { return is_atom(text) ? text : "(" + text + ")"; }

// A constant: its name, its number if all its elements are the same, or just that.
std::string constant(const Tensor& t) {
  if (!t.name().empty()) return t.name();
  const std::vector<double> values = t.values();
  const bool uniform =
      !values.empty() && std::all_of(values.begin(), values.end(), [&](double v) { return v == values[0]; });
  return uniform ? number_text(values[0]) : "constant";
}

void replace(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

// Whether operand i stands between brackets or commas of its own, as in `tanh({0})`, and needs no others.
bool enclosed(const std::string& notation, const std::string& slot) {
  const std::size_t at = notation.find(slot), after = at + slot.size();
  const bool before =
      at == 0 || notation[at - 1] == '(' || notation[at - 1] == '|' || (at > 1 && notation.substr(at - 2, 2) == ", ");
  const bool behind =
      after == notation.size() || notation[after] == ')' || notation[after] == '|' || notation[after] == ',';
  return before && behind;
}

std::string fill(const Node& node, const std::vector<std::string>& operands) {
  std::string text = node.op->notation;
  std::string all;
  for (const std::string& operand : operands) all += (all.empty() ? "" : ", ") + operand;
  replace(text, "{*}", all);
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const std::string slot = "{" + std::to_string(i) + "}";
    if (text.find(slot) == std::string::npos) continue;
    replace(text, slot, enclosed(node.op->notation, slot) ? operands[i] : parenthesised(operands[i]));
  }
  for (std::size_t at = text.find('{'); at != std::string::npos; at = text.find('{', at)) {
    const std::size_t end = text.find('}', at);
    const std::string name = text.substr(at + 1, end - at - 1);
    text.replace(at, end - at + 1, node.attributes.text(name.c_str()));
  }
  return text;
}

}  // namespace

std::string formula(const Tape& tape, const Tensor& y) {
  if (!y.defined() || !tape.owns(y))
    throw TapeError("formula: " + (y.defined() ? y.name() : "an empty Tensor") + " is not on this recording");
  std::vector<std::string> texts(tape.size());
  const auto text_of = [&](const Tensor& t) { return tape.owns(t) ? texts[t.trace().node] : constant(t); };
  for (std::uint32_t i = 0; i <= y.trace().node; ++i) {
    const Node& node = tape.nodes()[i];
    const std::string automatic = node.op ? node.op->name + "#" + std::to_string(i) : "";
    if (!node.op || (node.y.name() != automatic && i != y.trace().node)) {
      texts[i] = node.y.name();
      continue;
    }
    std::vector<std::string> operands;
    for (const Tensor& x : Inputs(node.x)) operands.push_back(text_of(x));
    texts[i] = fill(node, operands);
  }
  return texts[y.trace().node];
}

std::string busiest_line(const Tape& tape) {
  std::map<std::string, std::size_t> nodes;
  for (const Node& node : tape.nodes()) ++nodes[to_string(node.where)];
  const auto most =
      std::max_element(nodes.begin(), nodes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == nodes.end() ? " nothing is recorded"
                             : most->first + " added " + std::to_string(most->second) + " nodes";
}

std::string derivative_formula(const Op& op, std::size_t operand) {
  if (!op->has_derivative() || !op->vjps[operand] || !op->samples) return "";
  for (const Sample& sample : op->samples()) {
    if (sample.kind != SampleKind::non_square) continue;
    Tape tape({.everything = true});
    std::vector<Tensor> leaves;
    for (std::size_t i = 0; i < sample.inputs.size(); ++i) leaves.push_back(tape.variable(sample.inputs[i]));
    sample.call(leaves);
    // the sample may do more than call the operation: take the operation's own operands, by their names
    for (std::size_t n = 0; n < tape.size(); ++n) {
      const Node node = tape.nodes()[n];
      if (!node.op || node.op->name != op->name) continue;
      std::vector<Tensor> x;
      for (std::size_t i = 0; i < node.op->operands.size() && i < Inputs(node.x).size(); ++i)
        x.push_back(named(node.op->operands[i], tape.variable(Inputs(node.x)[i])));
      const Tensor y = named("y", tape.variable(node.y)), g = named("g", tape.variable(node.y));
      const Tensor d = op->vjps[operand](Pullback{{*node.op, x, node.attributes, node.where}, g, y, operand});
      return tape.owns(d) ? formula(tape, d) : constant(d);
    }
  }
  return "";
}

}  // namespace xgrad
