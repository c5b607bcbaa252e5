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
      {"norm", {{0, 0.5, 0.5, third, third, third}, {0, 1, -1}, {0, 0, 1.2, 1.6}, {0, 0}, {0.5, -0.5, 0}}},
      {"max_pool2d", {{1, 13, 17, 19, 8 + third, 9 + third, 13, 14, 40 + third}}}};
  return all;
}

struct Special {
  const char* op;
  std::vector<double> x;
  std::function<Tensor(const Tensor&)> f;
  std::vector<double> gradient;
};

/// More of them, by the same cotangents.
inline const std::vector<Special>& special() {
  static const std::vector<Special> all{{"pow",
                                         {0, 0, 0, 0, -2, 0},
                                         [](const Tensor& x) {
                                           return pow(x, tensor({0, 1, 2, -1, 3, 0.5}));
                                         },
                                         {0, 2, 0, -inf, 5 * 12, inf}},
                                        {"pow",
                                         {0, 1, 2, -1, 3},
                                         [](const Tensor& x) {
                                           return pow(tensor({0, 0, 0, 0, -2}), x);
                                         },
                                         {0, 0, 0, inf, nan}}};
  return all;
}

inline bool same(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= 1e-14 * std::abs(b);
}

/// The gradient there is the one stated.
inline Violations kinks(const Op& op) {
  Violations v;
  const auto compare = [&](const std::string& where, const Function& f, const std::vector<Tensor>& inputs,
                           const std::vector<double>& expected) {
    Tape tape;
    std::vector<Tensor> leaves;
    for (const Tensor& x : inputs) leaves.push_back(tape.variable(x));
    const Tensor y = f(leaves);
    std::vector<double> found;
    const Tensor cotangent = reshape(arange(1, static_cast<double>(y.size()) + 1), y.shape());
    for (const Tensor& g : tape.gradients(y, Args(leaves), {.cotangent = cotangent}))
      for (double entry : g.values()) found.push_back(entry);
    bool alike = found.size() == expected.size();
    for (std::size_t k = 0; alike && k < found.size(); ++k) alike = same(found[k], expected[k]);
    std::string text;
    for (double x : found) text += " " + std::to_string(x);
    if (!alike) v.push_back(where + " has the gradient" + text);
  };
  const std::vector<Sample> samples = op->samples();
  const auto stated = at_ties().find(op->name);
  std::size_t tied = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (samples[i].kind != SampleKind::ties) continue;
    if (stated == at_ties().end() || tied == stated->second.size())
      return {label(op, i, samples[i]) + ": tests/kinks.hpp does not state its gradient"};
    compare(label(op, i, samples[i]), samples[i].call, samples[i].inputs, stated->second[tied++]);
  }
  for (const Special& s : special())
    if (op->name == s.op)
      compare(
          op->name + " at a special value", [&s](Inputs x) { return s.f(x[0]); }, {tensor(s.x)}, s.gradient);
  return v;
}

}  // namespace laws
