#pragma once
// What the gradient is where gradcheck has nothing to compare it with: at ties and kinks, and where values are not
// finite. Worked out by hand from the rules that `kink` and ops.hpp state.

#include <map>

#include "laws.hpp"

namespace laws {

inline constexpr double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();

using Gradient = std::vector<double>;

/// The gradients of the samples of kind `ties` by the cotangent 1, 2, 3 …, operand after operand.
inline const std::map<std::string, std::vector<Gradient>>& at_ties() {
  const double selu = 1.0507009873554805, steep = selu * 1.6732632423543772, e = std::exp(-1.);
  const double third = 2. / 3, root = std::sqrt(2.) / 6;
  static const std::map<std::string, std::vector<Gradient>> all{
      {"abs", {{0, 2, -3}}},
      {"sign", {{0, 0, 0}}},
      {"floor", {{0, 0, 0}}},
      {"ceil", {{0, 0, 0}}},
      {"round", {{0, 0, 0}}},
      {"clamp", {{1, 2, 3}}},
      {"relu", {{0, 2, 0}}},
      {"leaky_relu", {{0.2, 2, 3 * 0.2}}},
      {"elu", {{0.7, 2, 3 * 0.7 * e}}},
      {"selu", {{steep, 2 * selu, 3 * steep * e}}},
      {"maximum", {{0.5, 0, 1.5, 2, 0.5, 2, 1.5, 2}}},
      {"minimum", {{0.5, 2, 1.5, 2, 0.5, 0, 1.5, 2}}},
      {"atan2", {{-1, 0.8, 0, -0.4}}},
      {"max", {{0, 0.5, 0.5, third, third, third}}},
      {"min", {{1, 0, 0, third, third, third}}},
      {"stddev", {{-2 * root, root, root, 0, 0, 0}}},
      {"mae", {{0, 2, -3, 0, -2, 3}}},
      {"huber", {{0, 1.5, -2.25, 0, -1.5, 2.25}}},
      {"norm", {{0, 0.5, 0.5, third, third, third}, {0, 1, -1}, {0, 0, 1.2, 1.6}, {0, 0}, {0.5, -0.5, 0}}},
      {"max_pool2d", {{1, 13, 17, 19, 8 + third, 9 + third, 13, 14, 40 + third}}}};
  return all;
}

struct Special {
  const char* op;
  std::vector<double> x;
  std::function<Tensor(const Tensor&)> f;
  Gradient gradient;
  bool differentiable = true;  ///< whether the gradient is finite together with its own
};

/// More of them, by the cotangent −1, −2, −3 …
inline const std::vector<Special>& special() {
  const auto of_base = [](const std::vector<double>& base) {
    return [=](const Tensor& x) { return pow(tensor(base), x); };
  };
  const auto to_power = [](const std::vector<double>& exponent) {
    return [=](const Tensor& x) { return pow(x, tensor(exponent)); };
  };
  const auto largest = [](const Tensor& x) { return max_pool2d(reshape(x, {1, 1, 1, 2}), {1, 1}); };
  // A class of target 0 has no part in the loss, of whatever probability; one of probability 0 has an infinite slope.
  const auto cross = [](const std::vector<double>& target, Reduction reduction) {
    return [=](const Tensor& x) {
      return categorical_cross_entropy(reshape(x, {1, 2}), tensor(target, {1, 2}), reduction);
    };
  };
  static const std::vector<Special> all = [&] {
    std::vector<Special> list{{"pow", {0, 0, -2}, to_power({1, 2, 3}), {-1, 0, -36}},
                              {"pow", {0, 0, 0}, to_power({0, -1, 0.5}), {0, inf, -inf}, false},
                              {"pow", {0, 1, 2}, of_base({0, 0, 0}), {0, 0, 0}, false},
                              {"pow", {-1, 2}, of_base({0, -0.5}), {-inf, nan}, false},
                              {"norm", {nan, 1}, [](const Tensor& x) { return norm(x, inf); }, {0, 0}},
                              {"max_pool2d", {nan, 1}, largest, {0, -2}}};
    for (const Reduction reduction : {Reduction::mean, Reduction::sum, Reduction::none}) {
      list.push_back({"categorical_cross_entropy", {0, 0.5}, cross({0, 1}, reduction), {0, 2}});
      list.push_back({"categorical_cross_entropy", {0, 0.5}, cross({1, 0}, reduction), {inf, 0}, false});
    }
    return list;
  }();
  return all;
}

inline bool same(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b)) || (std::isfinite(b) && std::abs(a - b) <= 1e-14 * std::abs(b));
}

/// What is wrong with the gradient of f by the cotangent sign · (1, 2, 3 …), or "". If it is differentiable, it must
/// also be linear in the cotangent when that is differentiated, and its own gradient must be finite.
inline std::string wrong_at(const Function& f, const std::vector<Tensor>& inputs, double sign, bool differentiable,
                            const Gradient& expected) {
  Tape tape;
  std::vector<Tensor> leaves;
  for (const Tensor& x : inputs) leaves.push_back(tape.variable(x));
  const Tensor y = f(leaves);
  const auto counted = [](const Tensor& t) { return reshape(arange(1, static_cast<double>(t.size()) + 1), t.shape()); };
  const Tensor cotangent = tape.variable(sign * counted(y));
  const std::vector<Tensor> gradients = tape.gradients(y, Args(leaves), {.record = true, .cotangent = cotangent});
  std::vector<double> found;
  Tensor total = 0. * sum(cotangent);
  for (const Tensor& g : gradients) {
    for (double entry : g.values()) found.push_back(entry);
    total = total + sum(g * counted(g));
  }
  std::string text = "the gradient is";
  bool alike = found.size() == expected.size();
  for (std::size_t k = 0; alike && k < found.size(); ++k) alike = same(found[k], expected[k]);
  for (double x : found) text += " " + std::to_string(x);
  if (!alike) return text;
  if (!differentiable) return "";
  const double by_cotangent = sum(tape.gradient(total, cotangent) * cotangent).item();
  if (!(std::abs(by_cotangent - total.item()) <= 1e-13 * std::abs(total.item())))
    return text + ", but is not linear in its cotangent";
  for (const Tensor& g : tape.gradients(total, Args(leaves)))
    for (double entry : g.values())
      if (!std::isfinite(entry)) return text + ", but its own gradient is " + std::to_string(entry);
  return "";
}

/// The gradient there is the one stated.
inline Violations kinks(const Op& op) {
  Violations v;
  const auto add = [&](const std::string& where, const std::string& wrong) {
    if (!wrong.empty()) v.push_back(where + ": " + wrong);
  };
  const std::vector<Sample> samples = op->samples();
  const auto stated = at_ties().find(op->name);
  std::size_t tied = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (samples[i].kind != SampleKind::ties) continue;
    if (stated == at_ties().end() || tied == stated->second.size())
      return {label(op, i, samples[i]) + ": tests/kinks.hpp does not state its gradient"};
    add(label(op, i, samples[i]), wrong_at(samples[i].call, samples[i].inputs, 1, true, stated->second[tied++]));
  }
  for (const Special& s : special())
    if (op->name == s.op)
      add(op->name + " at special values",
          wrong_at([&s](Inputs x) { return s.f(x[0]); }, {tensor(s.x)}, -1, s.differentiable, s.gradient));
  return v;
}

}  // namespace laws
