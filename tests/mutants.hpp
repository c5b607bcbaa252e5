#pragma once
// The bugs that people write into backward rules, as changes of one operation of a rule.

#include <algorithm>
#include <cmath>
#include <set>

#include "derivative_laws.hpp"
#include "rule_swap.hpp"

namespace mutation {

struct Candidate {
  std::string what;
  Change change;
};

inline bool is_index_operand(const OpSpec& op, std::size_t i) {
  return std::find(op.index_operands.begin(), op.index_operands.end(), i) != op.index_operands.end();
}

/// Which nodes are differentiated: they depend on the leaves, and the result on them. And which are only ever read as 0
/// or not 0.
struct Reach {
  std::vector<char> differentiable, condition;

  explicit Reach(const Script& s) : differentiable(s.nodes.size(), 0), condition(s.nodes.size(), 1) {
    const auto passes = [&](std::size_t k, std::size_t i) {
      return s.sources[k][i] != Script::constant && s.nodes[k].op->passes(i) && !laws::is_flat(*s.nodes[k].op);
    };
    for (std::size_t k = 0; k < s.nodes.size(); ++k) {
      differentiable[k] = k < s.leaves;
      for (std::size_t i = 0; i < s.sources[k].size(); ++i)
        if (passes(k, i)) differentiable[k] |= differentiable[s.sources[k][i]];
    }
    std::vector<char> needed(s.nodes.size(), 0);
    needed[s.result] = 1;
    condition[s.result] = 0;
    const std::vector<std::size_t> operations = s.operations();
    for (auto k = operations.rbegin(); k != operations.rend(); ++k)
      for (std::size_t i = 0; i < s.sources[*k].size(); ++i) {
        const std::size_t from = s.sources[*k][i];
        if (from == Script::constant) continue;
        if (passes(*k, i)) needed[from] |= needed[*k];
        const std::string& name = s.nodes[*k].op->name;
        condition[from] &= (name == "where" && i == 0) || (name == "mul" && condition[*k]);
      }
    for (std::size_t k = 0; k < s.nodes.size(); ++k) differentiable[k] &= needed[k];
  }
};

// ------------------------------------------------------------------------------------------------ results and operands

inline Tensor reversed(const Tensor& t) {
  const Tensor row = reshape(t, {t.size()});
  return reshape(flip(row, {0}), t.shape());
}

/// An operand in place of the result: broadcast, or the same elements in their old order. Nothing where that is all the
/// operation does.
inline std::optional<Tensor> in_place_of(const Tensor& result, const Tensor& t) {
  if (t.dtype() != result.dtype()) return std::nullopt;
  if (t.shape() == result.shape()) return t;
  if (broadcastable(t.shape(), result.shape()) && broadcast(t.shape(), result.shape()) == result.shape())
    return broadcast_to(t, result.shape());
  if (t.size() == result.size()) return reshape(t, result.shape());
  return std::nullopt;
}

inline bool only_reshapes(const std::string& name) {
  static const std::set<std::string> names{"reshape", "squeeze", "unsqueeze", "broadcast_to"};
  return names.contains(name);
}

inline void add_results(const Reach& reach, const Script& s, std::size_t k, std::vector<Candidate>& list) {
  const OpSpec& op = *s.nodes[k].op;
  if (!op.has_derivative() || reach.condition[k]) {
    list.push_back({"inverted", [](const Site& at) { return equal(at.call(), 0.); }});
    list.push_back({"always true", [](const Site& at) { return detail::ones_like(at.call()); }});
    return;
  }
  list.push_back({"negated", [](const Site& at) { return -at.call(); }});
  list.push_back({"times 1.01", [](const Site& at) { return 1.01 * at.call(); }});
  if (reach.differentiable[k]) list.push_back({"detached", [](const Site& at) { return at.call().detach(); }});
  for (std::size_t i = 0; i < s.sources[k].size() && !only_reshapes(op.name); ++i)
    if (!is_index_operand(op, i))
      list.push_back({s.sources[k].size() == 1 ? "left out" : "operand " + std::to_string(i) + " alone",
                      [i](const Site& at) { return in_place_of(at.call(), at.x[i]); }});
  static const std::set<std::string> ordered{"sub", "div", "pow", "matmul", "atan2"};
  if (ordered.contains(op.name))
    list.push_back({"operands swapped", [](const Site& at) { return at.call({at.x[1], at.x[0]}); }});
}

// ------------------------------------------------------------------------------------------------ wrong inputs

inline Candidate with_operand(std::size_t i, const std::string& what,
                              std::function<std::optional<Tensor>(const Site&, const Tensor&)> other) {
  return {"operand " + std::to_string(i) + " " + what, [=](const Site& at) -> std::optional<Tensor> {
            const std::optional<Tensor> wrong = other(at, at.x[i]);
            if (!wrong) return std::nullopt;
            std::vector<Tensor> x = at.x;
            x[i] = *wrong;
            return at.call(x);
          }};
}

inline void add_operands(const Reach& reach, const Script& s, std::size_t k, std::vector<Candidate>& list) {
  const OpSpec& op = *s.nodes[k].op;
  for (std::size_t i = 0; i < s.sources[k].size(); ++i) {
    const std::size_t from = s.sources[k][i];
    if (is_index_operand(op, i)) {
      if (op.name != "where")
        list.push_back(with_operand(i, "reversed", [](const Site&, const Tensor& t) { return reversed(t); }));
      continue;
    }
    if (from == Script::constant) {
      if (op.has_derivative() && !reach.condition[k])
        list.push_back(with_operand(
            i, "off by 1 %", [](const Site&, const Tensor& t) { return t + 0.01 * where(equal(t, 0.), 1., t); }));
      continue;
    }
    if (from >= s.leaves) continue;
    if (from == s.g()) {
      list.push_back(with_operand(i, "g forgotten", [](const Site&, const Tensor& t) { return detail::ones_like(t); }));
      continue;
    }
    if (reach.differentiable[k])
      list.push_back(with_operand(i, "detached", [](const Site&, const Tensor& t) { return t.detach(); }));
    for (std::size_t other = 0; other < s.g(); ++other)
      if (other != from)
        list.push_back(with_operand(i, other == s.y() ? "y instead" : "x" + std::to_string(other) + " instead",
                                    [other](const Site& at, const Tensor& t) -> std::optional<Tensor> {
                                      const Tensor& wrong = at.values[other];
                                      if (wrong.shape() != t.shape() || wrong.dtype() != t.dtype()) return std::nullopt;
                                      return wrong;
                                    }));
  }
}

// ------------------------------------------------------------------------------------------------ wrong operation

inline void add_siblings(const Script& s, std::size_t k, std::vector<Candidate>& list) {
  static const std::map<std::string, std::string> siblings{{"add", "sub"},
                                                           {"sub", "add"},
                                                           {"mul", "div"},
                                                           {"div", "mul"},
                                                           {"sin", "cos"},
                                                           {"cos", "sin"},
                                                           {"sinh", "cosh"},
                                                           {"cosh", "sinh"},
                                                           {"sum", "mean"},
                                                           {"mean", "sum"},
                                                           {"max", "min"},
                                                           {"square", "abs"},
                                                           {"tanh", "sigmoid"},
                                                           {"sigmoid", "tanh"},
                                                           {"exp", "expm1"},
                                                           {"log", "log1p"},
                                                           {"sqrt", "rsqrt"},
                                                           {"greater", "less"},
                                                           {"greater_equal", "less_equal"},
                                                           {"less", "greater"},
                                                           {"less_equal", "greater_equal"},
                                                           {"softmax", "log_softmax"},
                                                           {"log_softmax", "softmax"}};
  const auto other = siblings.find(s.nodes[k].op->name);
  if (other != siblings.end())
    list.push_back({other->second + " instead", [name = other->second](const Site& at) {
                      return at.call(name, at.x, at.script.nodes[at.node].attributes);
                    }});
}

using Values = std::vector<std::pair<std::string, Attributes::Value>>;

// What else an attribute may be told by mistake, given the rank of the operand.
inline Values wrong_attributes(const std::string& name, const Attributes::Value& right, Index rank) {
  static const std::set<std::string> sizes{"rows", "columns", "offset", "classes"};  // kernels rely on them
  Values wrong;
  const auto next = [rank](Index axis) { return rank > 0 ? ((axis < 0 ? axis + rank : axis) + 1) % rank : 0; };
  if (const double* number = std::get_if<double>(&right)) {
    if (name.starts_with("axis")) {
      if (rank > 1) wrong.emplace_back("next", static_cast<double>(next(static_cast<Index>(*number))));
    } else if (std::isfinite(*number) && !sizes.contains(name)) {
      wrong.emplace_back("+ 0.01", *number + 0.01);
    }
  } else if (const Dims* dims = std::get_if<Dims>(&right)) {
    Dims next_axes = *dims, later = *dims;
    for (Index& a : std::span(&next_axes[0], static_cast<std::size_t>(dims->rank()))) a = next(a);
    if (name == "axes" && rank > 1) wrong.emplace_back("next", next_axes);
    if (name == "range") {
      wrong.emplace_back("one later", Dims{later[0] + 1, later[1] + 1, later[2]});
      wrong.emplace_back("one less", Dims{later[0], later[1] == end ? -1 : later[1] - 1, later[2]});
    }
    if (name == "width")
      wrong.emplace_back("one later", Dims{later[0] + 1, std::max<Index>(0, later[1] - 1), later[2]});
    static const std::set<std::string> pairs{"stride", "padding", "dilation", "kernel", "image"};
    if (pairs.contains(name)) wrong.emplace_back("swapped", Dims{later[1], later[0]});
    if (name == "stride" || name == "dilation") wrong.emplace_back("forgotten", Dims{1, 1});
    if (name == "padding") wrong.emplace_back("forgotten", Dims{0, 0});
  } else {
    const std::string& word = std::get<std::string>(right);
    if (name == "keepdims") wrong.emplace_back("other", word == "yes" ? "no" : "yes");
    if (name == "subscripts") {
      const auto output = static_cast<std::ptrdiff_t>(word.find("->") + 2);
      wrong.emplace_back("reversed",
                         word.substr(0, word.find("->") + 2) + std::string(word.rbegin(), word.rend() - output));
    }
    if (name == "reverse") wrong.emplace_back("other", word == "true" ? "false" : "true");
  }
  return wrong;
}

inline void add_attributes(const Script& s, std::size_t k, std::vector<Candidate>& list) {
  const RuleSwap::Entries entries = RuleSwap::entries(s.nodes[k].attributes);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    // the values are those of each call; what can be done to them shows on one with a rank of 3
    const std::size_t kinds = wrong_attributes(entries[i].first, entries[i].second, 3).size();
    for (std::size_t j = 0; j < kinds; ++j) {
      const std::string name = entries[i].first;
      list.push_back({name + " " + wrong_attributes(name, entries[i].second, 3)[j].first,
                      [=](const Site& at) -> std::optional<Tensor> {
                        RuleSwap::Entries own = RuleSwap::entries(at.script.nodes[at.node].attributes);
                        const Values wrong = wrong_attributes(name, own[i].second, at.x[0].rank());
                        if (j >= wrong.size() || wrong[j].second == own[i].second) return std::nullopt;
                        own[i].second = wrong[j].second;
                        return at.call(at.op().name, at.x, RuleSwap::attributes(own));
                      }});
    }
  }
}

/// All that can go wrong at node k of a rule.
inline std::vector<Candidate> candidates(const Script& s, std::size_t k) {
  std::vector<Candidate> list;
  if (k == Script::constant) {  // a rule that returns a constant
    list.push_back({"g instead", [](const Site& at) { return at.values[at.script.g()]; }});
    return list;
  }
  if (k < s.leaves) {  // a rule that returns g, or another leaf
    list.push_back({"negated", [](const Site& at) { return -at.x[0]; }});
    list.push_back({"doubled", [](const Site& at) { return 2. * at.x[0]; }});
    list.push_back({"zero", [](const Site& at) { return detail::zeros_like(at.x[0]); }});
    list.push_back({"detached", [](const Site& at) { return at.x[0].detach(); }});
    list.push_back({"g forgotten", [](const Site& at) { return detail::ones_like(at.x[0]); }});
    return list;
  }
  const Reach reach(s);
  add_results(reach, s, k, list);
  add_operands(reach, s, k, list);
  add_siblings(s, k, list);
  add_attributes(s, k, list);
  return list;
}

}  // namespace mutation
