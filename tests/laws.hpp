#pragma once
// The laws that every operation of the catalogue obeys, on its own samples. A law returns what breaks it, a line each.

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include <autograd/autograd.hpp>

namespace laws {

using namespace xgrad;
using Violations = std::vector<std::string>;

inline std::string label(const Op& op, std::size_t i, const Sample& s) {
  std::string text = op->name + " sample " + std::to_string(i) + " (" + to_string(s.kind) + ")";
  for (const Tensor& x : s.inputs) text += " " + to_string(x.shape());
  return text;
}

inline bool excused(const Op& op, SampleKind kind) {
  return std::find(op->without.begin(), op->without.end(), kind) != op->without.end();
}

// ------------------------------------------------------------------------------------------------ completeness

// Whether a sample is of the kind that it claims to be.
inline bool is_of_kind(const Sample& s) {
  const auto any_input = [&](auto p) { return std::any_of(s.inputs.begin(), s.inputs.end(), p); };
  const auto uneven = [](const Shape& shape) { return std::set<Index>(shape.begin(), shape.end()).size() > 1; };
  const Tensor y = s.call(s.inputs);
  switch (s.kind) {
    case SampleKind::rank0:
      return any_input([](const Tensor& x) { return x.rank() == 0; });
    case SampleKind::size1:
      return any_input([](const Tensor& x) { return x.size() == 1 && x.rank() > 0; }) || y.size() == 1;
    case SampleKind::empty:
      return any_input([](const Tensor& x) { return x.size() == 0; }) || y.size() == 0;
    case SampleKind::non_square:
      return any_input([&](const Tensor& x) { return x.rank() >= 2 && uneven(x.shape()); }) || uneven(y.shape());
    case SampleKind::broadcast_left:
      return s.inputs.front().shape() != y.shape();
    case SampleKind::broadcast_right:
      return s.inputs.back().shape() != y.shape();
    default:
      return true;
  }
}

/// Samples of every kind, misuses, a kink rule and an example.
inline Violations complete(const Op& op) {
  Violations v;
  const auto demand = [&](bool holds, const std::string& what) {
    if (!holds) v.push_back(op->name + ": " + what);
  };
  const std::vector<Sample> samples = op->samples ? op->samples() : std::vector<Sample>{};
  demand(samples.size() >= 12, "needs 12 samples, has " + std::to_string(samples.size()));
  demand(op->misuses && !op->misuses().empty(), "has no misuses");
  demand(!op->kink.empty() && (op->kink == "smooth") == !op->branch, "states a kink rule exactly if it has branches");
  demand(op->example && op->example().run().defined(), "has no example");
  for (int k = 0; k <= static_cast<int>(SampleKind::ties); ++k) {
    const auto kind = static_cast<SampleKind>(k);
    const bool sampled = std::any_of(samples.begin(), samples.end(), [&](const Sample& s) { return s.kind == kind; });
    demand(sampled != excused(op, kind),
           std::string("kind ") + to_string(kind) + " must be sampled or said not to apply, not both");
  }
  for (std::size_t i = 0; i < samples.size(); ++i)
    if (!is_of_kind(samples[i])) v.push_back(label(op, i, samples[i]) + " is of another kind");
  return v;
}

// ------------------------------------------------------------------------------------------------ f32 against f64

// The value of a sample and its gradients by a random cotangent, in one row.
inline std::vector<double> value_and_gradients(const Op& op, const Sample& s, const std::vector<Tensor>& inputs) {
  Tape tape;
  std::vector<Tensor> leaves;
  for (const Tensor& x : inputs) leaves.push_back(tape.variable(x));
  const Tensor y = s.call(leaves);
  std::vector<double> row = y.values();
  if (!op->has_derivative()) return row;
  Rng rng(7);
  std::vector<Tensor> reached;
  for (const Tensor& x : leaves)
    if (tape.depends(y, x)) reached.push_back(x);
  for (const Tensor& g : tape.gradients(y, Args(reached), {.cotangent = rand(y.shape(), rng, y.dtype()) + 0.5}))
    for (double entry : g.values()) row.push_back(entry);
  return row;
}

/// Whether input k of a sample holds masks or indices, which are f64 in any case.
inline bool is_index(const Op& op, const Sample& s, std::size_t k) {
  return s.inputs.size() == op->operands.size() &&
         std::find(op->index_operands.begin(), op->index_operands.end(), k) != op->index_operands.end();
}

inline Violations f32_like_f64(const Op& op) {
  Violations v;
  const std::vector<Sample> samples = op->samples();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    std::vector<Tensor> narrow, wide;
    for (std::size_t k = 0; k < samples[i].inputs.size(); ++k) {
      const bool index = is_index(op, samples[i], k);
      const Tensor& x = samples[i].inputs[k];
      narrow.push_back(index ? x : x.to(f32));
      wide.push_back(narrow.back().to(f64));
    }
    const std::vector<double> a = value_and_gradients(op, samples[i], narrow),
                              b = value_and_gradients(op, samples[i], wide);
    double scale = 1;
    for (double x : b) scale = std::max(scale, std::abs(x));
    bool alike = a.size() == b.size();
    for (std::size_t k = 0; alike && k < a.size(); ++k) alike = a[k] == b[k] || std::abs(a[k] - b[k]) <= 1e-5 * scale;
    if (!alike) v.push_back(label(op, i, samples[i]) + " differs in f32");
  }
  return v;
}

// ------------------------------------------------------------------------------------------------ recording

/// Derivatives are recorded, comparisons are not; every operation of the catalogue appears in its own samples.
inline Violations recorded(const Op& op) {
  Violations v;
  const std::vector<Sample> samples = op->samples();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    Tape tape;
    std::vector<Tensor> leaves;
    for (const Tensor& x : samples[i].inputs) leaves.push_back(tape.variable(x));
    const Tensor y = samples[i].call(leaves);
    const bool found = std::any_of(tape.nodes().begin(), tape.nodes().end(),
                                   [&](const Node& n) { return n.op && n.op->name == op->name; });
    if (found != op->has_derivative() || y.tracked() != op->has_derivative())
      v.push_back(label(op, i, samples[i]) + (found ? " is recorded" : " is not recorded"));
  }
  return v;
}

/// Broadcasting means nothing but writing the operands out.
inline Violations broadcasts(const Op& op) {
  Violations v;
  const std::vector<Sample> samples = op->samples();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Sample& s = samples[i];
    if (s.kind != SampleKind::broadcast_left && s.kind != SampleKind::broadcast_right) continue;
    const Shape shape = broadcast(s.inputs[0].shape(), s.inputs[1].shape());
    const std::vector<Tensor> written_out{broadcast_to(s.inputs[0], shape), broadcast_to(s.inputs[1], shape)};
    if (s.call(s.inputs).values() != s.call(written_out).values()) v.push_back(label(op, i, s) + " broadcasts wrongly");
  }
  return v;
}

/// An elementwise operation of two operands, by its samples.
inline bool is_elementwise_pair(const Op& op) {
  return op->operands.size() > 1 && !excused(op, SampleKind::broadcast_left) && !op->shape;
}

}  // namespace laws
