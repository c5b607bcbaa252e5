#pragma once
// Wrong backward rules planted at run time. A rule is recorded on a tape of its own, as derivative_formula does, and
// its operations are then called again on the values themselves, one of them changed: so a mutant is recorded where the
// rule would be, and wrong to every order.

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <autograd/autograd.hpp>

namespace xgrad {

/// While it lives, an operation differentiates by another rule.
class RuleSwap {
 public:
  RuleSwap(const Op& op, std::size_t rule, const std::function<Vjp(const Vjp&)>& change)
      : slot_(const_cast<OpSpec&>(*op.spec_).vjps[rule]), original_(slot_) {
    slot_ = change(original_);
  }
  ~RuleSwap() { slot_ = original_; }
  RuleSwap(const RuleSwap&) = delete;
  RuleSwap& operator=(const RuleSwap&) = delete;

  using Entries = Attributes::Entries;
  static Entries entries(const Attributes& a) { return a.entries_ ? *a.entries_ : Entries{}; }
  static Attributes attributes(Entries entries) {
    Attributes a;
    a.entries_ = std::make_shared<const Entries>(std::move(entries));
    return a;
  }

 private:
  Vjp& slot_;
  const Vjp original_;
};

}  // namespace xgrad

namespace mutation {

using namespace xgrad;

/// What one call of a rule did. Nodes 0 … operands − 1 are the operands, then y and g, then operations.
class Script {
 public:
  static constexpr std::size_t constant = static_cast<std::size_t>(-1);
  std::size_t leaves = 0;
  std::vector<Node> nodes;
  std::vector<std::vector<std::size_t>> sources;  // of each operand of each node: a node, or `constant`
  std::size_t result = constant;
  Tensor value;  // the result, where it is a constant

  std::size_t g() const { return leaves - 1; }
  std::size_t y() const { return leaves - 2; }
  std::size_t operands() const { return leaves - 2; }

  /// The operations that lead to the result, operands first: the same whatever order a compiler evaluates arguments in.
  std::vector<std::size_t> operations() const {
    std::vector<std::size_t> order;
    if (result != constant) append(result, order);
    return order;
  }
  /// Their names and what they read: which way the rule took.
  std::string path() const {
    std::string text = result == constant ? "constant" : "";
    for (std::size_t k : operations()) {
      text += nodes[k].op->name + "(";
      for (std::size_t from : sources[k]) text += from < leaves ? leaf(from) + " " : from == constant ? "c " : "_ ";
      text += ") ";
    }
    return text;
  }
  std::string leaf(std::size_t k) const { return k == g() ? "g" : k == y() ? "y" : "x" + std::to_string(k); }

 private:
  void append(std::size_t k, std::vector<std::size_t>& order) const {
    if (k < leaves || std::find(order.begin(), order.end(), k) != order.end()) return;
    for (std::size_t from : sources[k])
      if (from != constant) append(from, order);
    order.push_back(k);
  }
};

inline Script record(const Vjp& rule, const Pullback& c) {
  Tape tape({.everything = true});
  std::vector<Tensor> x;
  for (const Tensor& t : c.x) x.push_back(tape.variable(t));
  const Tensor y = tape.variable(c.y), g = tape.variable(c.g);
  const Tensor d = rule(Pullback{{c.op, x, c.attributes, c.where}, g, y, c.index});
  const auto place = [&](const Tensor& t) -> std::size_t { return tape.owns(t) ? t.trace().node : Script::constant; };
  Script s;
  s.leaves = x.size() + 2;
  s.nodes = tape.nodes();
  s.result = place(d);
  s.value = d;
  for (const Node& node : s.nodes) {
    s.sources.emplace_back();
    for (const Tensor& t : Inputs(node.x)) s.sources.back().push_back(place(t));
  }
  return s;
}

inline const Op& operation(const std::string& name) {
  static const std::map<std::string, Op> all = [] {
    std::map<std::string, Op> result;
    for (const Op& op : catalogue()) result.emplace(op->name, op);
    return result;
  }();
  return all.at(name);
}

/// One operation of a script about to run again, on the values of this call.
struct Site {
  const Script& script;
  std::size_t node;
  const std::vector<Tensor>& values;  // of all earlier nodes
  std::vector<Tensor> x;

  const OpSpec& op() const { return *script.nodes[node].op; }
  Tensor call(const std::string& name, const std::vector<Tensor>& operands, const Attributes& attributes) const {
    return operation(name)(Args(operands), attributes);
  }
  Tensor call(const std::vector<Tensor>& operands) const {
    return call(op().name, operands, script.nodes[node].attributes);
  }
  Tensor call() const { return call(x); }
};

/// What a mutant does instead of one operation; nothing where the change does not fit these shapes.
using Change = std::function<std::optional<Tensor>(const Site&)>;

/// Runs a script again with one node changed: an operation, or a result that is a leaf or a constant.
inline Tensor replay(const Script& s, const Pullback& c, std::size_t node, const Change& change) {
  std::vector<Tensor> values(c.x.begin(), c.x.end());
  values.push_back(c.y);
  values.push_back(c.g);
  for (std::size_t k = s.leaves; k < s.nodes.size(); ++k) {
    Site site{s, k, values, {}};
    for (std::size_t i = 0; i < s.sources[k].size(); ++i)
      site.x.push_back(s.sources[k][i] == Script::constant ? Inputs(s.nodes[k].x)[i] : values[s.sources[k][i]]);
    const std::optional<Tensor> changed = change && k == node ? change(site) : std::nullopt;
    values.push_back(changed ? *changed : site.call());
  }
  const Tensor d = s.result == Script::constant ? s.value : values[s.result];
  if (!change || node != s.result || (s.result >= s.leaves && s.result != Script::constant)) return d;
  return change(Site{s, node, values, {d}}).value_or(d);
}

}  // namespace mutation
