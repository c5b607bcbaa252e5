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

/// A law may stop at its first violation.
inline bool first_violation_only = false;

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
  demand(op->example.run && op->example.run().defined(), "has no example");
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

// ------------------------------------------------------------------------------------------------ derivatives

/// Whether its derivative is 0 wherever it has one: then the gradient must be exactly that.
inline bool is_flat(const Op& op) { return op->kink.find("derivative 0 everywhere") != std::string::npos; }

// Counts the inputs that were really tested: a sample's gradient may be all zero where there is nothing to
// differentiate.
inline Violations agrees(const Op& op, const GradcheckOptions& options, std::size_t at_least,
                         const std::function<Tensor(const Tensor&)>& then = nullptr) {
  Violations v;
  const std::vector<Sample> samples = op->samples();
  std::size_t tested = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Function f = [&](Inputs x) { return then ? then(samples[i].call(x)) : samples[i].call(x); };
    GradcheckReport report;
    try {
      report = gradcheck(f, samples[i].inputs, options);
    } catch (const NumericError& e) {  // as pow of a base that is not positive
      const bool real_only = std::string(e.what()).find("no complex form at") != std::string::npos;
      if (options.stencil != Stencil::complex_step || !real_only) throw;
      continue;
    }
    for (const GradcheckInput& input : report.inputs) {
      const GradcheckEntry* worst = input.worst();
      const std::string where = label(op, i, samples[i]) + ": " + input.name;
      if (input.verdict == Verdict::fail)
        v.push_back(where + " order " + std::to_string(input.order) + " by " + to_string(report.stencil) +
                    " differs by " + std::to_string(worst ? worst->difference : 0));
      if (is_flat(op) && input.verdict == Verdict::pass) v.push_back(where + ": a flat function has a gradient");
      tested += input.verdict == Verdict::pass && input.order == options.order;
    }
    if (samples[i].kind == SampleKind::ties &&
        std::none_of(report.inputs.begin(), report.inputs.end(), [](const GradcheckInput& x) { return x.kinks() > 0; }))
      v.push_back(label(op, i, samples[i]) + ": the tie is not reported as a kink");
    if (first_violation_only && !v.empty()) return v;
  }
  if (tested < at_least && !is_flat(op))
    v.push_back(op->name + ": only " + std::to_string(tested) + " inputs have a gradient that is not 0");
  return v;
}

/// Where there is a complex form, the complex step; where there is none, gradcheck must say so.
inline Violations complex_step(const Op& op) {
  if (op->kernel.complex) return agrees(op, {.stencil = Stencil::complex_step, .tolerance = 1e-13}, 8);
  for (const Sample& s : op->samples()) {
    const GradcheckReport report = gradcheck(s.call, s.inputs);
    if (s.kind == SampleKind::plain && (report.stencil != Stencil::six_point || report.reason.empty()))
      return {op->name + ": gradcheck does not say why it took differences"};
  }
  return {};
}
inline Violations six_point(const Op& op) { return agrees(op, {.stencil = Stencil::six_point, .tolerance = 1e-9}, 8); }
/// Of a function of the operation, so that the cotangent of a linear one depends on x too, and that of a scalar is not
/// 1: a rule that ignores its cotangent, or does not record it, is found.
inline Violations second_order(const Op& op) {
  return agrees(op, {.order = 2, .tolerance = 1e-7}, 0, [](const Tensor& y) { return y + 0.5 * square(y); });
}
// <a, b>, and what was added up to form it.
struct Inner {
  double sum = 0, scale = 1e-300;

  Inner(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
    for (std::size_t k = 0; k < a.size(); ++k) {
      sum += xgrad::sum(a[k] * b[k]).item();
      scale += xgrad::sum(abs(a[k] * b[k])).item();
    }
  }
};

inline std::vector<Tensor> random_like(const std::vector<Tensor>& x, Rng& rng) {
  std::vector<Tensor> result;
  for (const Tensor& t : x) result.push_back(randn(t.shape(), rng, t.dtype()));
  return result;
}

/// Every rule is linear in g and can be differentiated by it: <u, Jv> = <v, Jᵀu>. Where Jᵀu is finite, Jv must be.
inline Violations adjoint(const Op& op) {
  Violations v;
  Rng rng(17);
  const std::vector<Sample> samples = op->samples();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Sample& s = samples[i];
    const std::vector<Tensor> along = random_like(s.inputs, rng);
    const Tensor u = randn(s.call(s.inputs).shape(), rng);
    const Inner left({u}, {jvp(s.call, s.inputs, along).derivative}), right(vjp(s.call, s.inputs, u).gradients, along);
    if (!std::isfinite(right.scale)) continue;  // sqrt at 0
    if (!(std::abs(left.sum - right.sum) <= 1e-12 * right.scale))
      v.push_back(label(op, i, s) + ": <u, Jv> = " + std::to_string(left.sum) +
                  ", <v, Jᵀu> = " + std::to_string(right.sum));
  }
  return v;
}

/// Second derivatives are symmetric: <u, Hv> = <v, Hu>. A rule that takes a branch at a point, as pow does at b = 0, is
/// followed along that branch by its own complex step; here the rules of the operands answer for each other.
inline Violations symmetric(const Op& op) {
  Violations v;
  Rng rng(19);
  const std::vector<Sample> samples = op->samples();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Sample& s = samples[i];
    const Tensor weight = randn(s.call(s.inputs).shape(), rng);
    const Function f = [&](Inputs x) {
      const Tensor y = s.call(x);
      return sum(weight * (y + 0.5 * square(y)));
    };
    const std::vector<Tensor> a = random_like(s.inputs, rng), b = random_like(s.inputs, rng);
    const Inner left(a, hvp(f, s.inputs, b)), right(b, hvp(f, s.inputs, a));
    if (!std::isfinite(right.scale)) continue;  // sqrt at 0
    if (!(std::abs(left.sum - right.sum) <= 1e-12 * (left.scale + right.scale)))
      v.push_back(label(op, i, s) + ": <u, Hv> = " + std::to_string(left.sum) +
                  ", <v, Hu> = " + std::to_string(right.sum));
  }
  return v;
}

/// Third derivatives of smooth operations, by differences. `bends`: whether one of them is not 0.
inline Violations third_derivatives(const Op& op, bool& bends) {
  Violations v;
  if (op->kink != "smooth") return v;
  const std::vector<Sample> samples = op->samples();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Sample& s = samples[i];
    Index size = 0;
    for (const Tensor& x : s.inputs) size += x.size();
    if (s.kind != SampleKind::plain || size > 16) continue;
    const std::size_t n = s.inputs.size();
    const GradcheckReport report = gradcheck(s.call, s.inputs, {.stencil = Stencil::six_point, .order = 3});
    for (std::size_t k = 0; k < n; ++k) {
      const GradcheckInput &second = report.inputs[n + k], &third = report.inputs[2 * n + k];
      // where the third derivative is 0, as that of a product of two, it may be the rounding of the second
      const double scale = std::max(third.scale, second.scale);
      for (const GradcheckEntry& e : third.entries) {
        bends |= std::abs(e.analytic) > 1e-3 * scale;
        if (!(std::abs(e.analytic - e.numeric) <= 1e-5 * scale))
          v.push_back(label(op, i, s) + ": third derivative " + std::to_string(e.analytic) + " for " +
                      std::to_string(e.numeric));
      }
    }
  }
  return v;
}
inline Violations third_order(const Op& op) {
  bool bends = false;
  return third_derivatives(op, bends);
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
  return op->operands.size() > 1 && !excused(op, SampleKind::broadcast_left) &&
         (op->shape.target<Shape (*)(const Call&)>() && *op->shape.target<Shape (*)(const Call&)>() == broadcast_shape);
}

}  // namespace laws
