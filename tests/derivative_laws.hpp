#pragma once
// The laws of derivatives: against the complex step and differences, to order 3, and against one another.

#include "laws.hpp"

namespace laws {

/// A law may stop at its first violation.
inline bool first_violation_only = false;

/// Whether its derivative is 0 wherever it has one: then the gradient must be exactly that.
inline bool is_flat(const OpSpec& op) { return op.kink.find("derivative 0 everywhere") != std::string::npos; }

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
      if (is_flat(*op) && input.verdict == Verdict::pass) v.push_back(where + ": a flat function has a gradient");
      tested += input.verdict == Verdict::pass && input.order == options.order;
    }
    if (samples[i].kind == SampleKind::ties &&
        std::none_of(report.inputs.begin(), report.inputs.end(), [](const GradcheckInput& x) { return x.kinks() > 0; }))
      v.push_back(label(op, i, samples[i]) + ": the tie is not reported as a kink");
    if (first_violation_only && !v.empty()) return v;
  }
  if (tested < at_least && !is_flat(*op))
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

// ------------------------------------------------------------------------------------------------ inner products

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

// Two ways to one number, unless it is not finite, as the derivative of sqrt at 0.
inline void demand_equal(Violations& v, const std::string& where, const Inner& left, const Inner& right) {
  if (std::isfinite(right.scale) && !(std::abs(left.sum - right.sum) <= 1e-12 * right.scale))
    v.push_back(where + ": " + std::to_string(left.sum) + " against " + std::to_string(right.sum));
}

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
    demand_equal(v, label(op, i, s) + ": <u, Jv> and <v, Jᵀu>", Inner({u}, {jvp(s.call, s.inputs, along).derivative}),
                 Inner(vjp(s.call, s.inputs, u).gradients, along));
  }
  return v;
}

/// Second derivatives are symmetric: <a, Hb> = <b, Ha>. A rule that takes a branch at a point, as pow does at b = 0, is
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
    demand_equal(v, label(op, i, s) + ": <a, Hb> and <b, Ha>", Inner(a, hvp(f, s.inputs, b)),
                 Inner(b, hvp(f, s.inputs, a)));
  }
  return v;
}

// ------------------------------------------------------------------------------------------------ third order

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

}  // namespace laws
