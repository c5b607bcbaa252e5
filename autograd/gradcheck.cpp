#include <autograd/gradcheck.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

#include <autograd/kernel.hpp>
#include <autograd/ops.hpp>
#include <autograd/random.hpp>
#include <autograd/subject.hpp>

namespace xgrad {
namespace {

using detail::OfParameters;
using detail::OfTensors;
using detail::Subject;

// ---------------------------------------------------------------------------------------------- one evaluation

// At order 1 the outputs are {f}; at each further order they are the gradients of the outputs before, weighted by their
// cotangents and added up. `pulled` is the gradient of the last ones.
struct Evaluation {
  std::vector<Tensor> outputs;
  std::vector<double> branches;  // which piece every piecewise operation took
  std::vector<Tensor> pulled;
  std::vector<char> connected;
};

std::vector<double> branches_of(const Tape& tape) {
  const NoGrad off;
  std::vector<double> result;
  for (const Node& node : tape.nodes()) {
    if (!node.op || !node.op->branch) continue;
    const std::vector<double> taken = node.op->branch(Call{*node.op, node.x, node.attributes, node.where}).values();
    result.insert(result.end(), taken.begin(), taken.end());
  }
  return result;
}

class Checker {
 public:
  Checker(Subject& subject, int order, std::uint64_t seed) : subject_(subject) {
    Rng rng(seed);
    const Tape tape;
    subject_.move_to(subject_.at);
    const Tensor y = subject_.evaluate();
    for (double v : y.values())
      if (!std::isfinite(v))
        throw NumericError("gradcheck: the function is not finite at the inputs; check it elsewhere");
    cotangents_.push_back({weights(y, rng)});
    for (int k = 1; k < order; ++k) {
      cotangents_.emplace_back();
      for (const Tensor& x : subject_.at) cotangents_.back().push_back(weights(x, rng));
    }
  }

  Evaluation evaluate(const std::vector<Tensor>& at, bool pull) {
    Evaluation e;
    Tape tape;
    subject_.move_to(at);
    e.outputs = {subject_.evaluate()};
    for (std::size_t i = 0; i < at.size(); ++i)
      e.connected.push_back(tape.depends(e.outputs[0], subject_.leaf(i)) ? 1 : 0);
    for (std::size_t k = 0; k + 1 < cotangents_.size(); ++k) e.outputs = pull_back(tape, e.outputs, k, true);
    e.branches = branches_of(tape);
    if (pull) e.pulled = pull_back(tape, e.outputs, cotangents_.size() - 1, false);
    return e;
  }

  // The cotangent-weighted terms of all outputs, so that their sum is the directional number that `pulled` claims.
  template <class F>
  std::vector<double> terms(const std::vector<Tensor>& outputs, F part) const {
    std::vector<double> result;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const std::vector<double> weight = cotangents_.back()[i].values();
      for (std::size_t k = 0; k < weight.size(); ++k)
        result.push_back(weight[k] * part(outputs[i], static_cast<Index>(k)));
    }
    return result;
  }

  Subject& subject() const { return subject_; }

 private:
  // A scalar keeps 1, so that the report shows its own gradient. Others: ± between 0.5 and 1.5, no two alike.
  static Tensor weights(const Tensor& like, Rng& rng) {
    std::vector<double> w(static_cast<std::size_t>(like.size()), 1.);
    if (like.rank() > 0)
      for (double& v : w) v = (0.5 + rng.uniform()) * (rng.uniform() < 0.5 ? -1 : 1);
    return tensor(w, like.shape(), like.dtype() == f32 ? f32 : f64);
  }

  // The gradient of outputs of level k by the leaves: of f itself by its cotangent, of gradients by their weighted sum.
  std::vector<Tensor> pull_back(Tape& tape, const std::vector<Tensor>& outputs, std::size_t k, bool record) const {
    if (k == 0) return subject_.pull(tape, outputs[0], {.record = record, .cotangent = cotangents_[0][0]});
    Tensor total = sum(outputs[0] * cotangents_[k][0]);
    for (std::size_t i = 1; i < outputs.size(); ++i) total = total + sum(outputs[i] * cotangents_[k][i]);
    return subject_.pull(tape, total, {.record = record});
  }

  Subject& subject_;
  std::vector<std::vector<Tensor>> cotangents_;  // of the outputs, by order
};

// ---------------------------------------------------------------------------------------------- numeric derivatives

constexpr double complex_h = 1e-30;  // no subtraction, so no cancellation: any tiny step will do

template <class T, class D>
Tensor moved(const Tensor& t, Index k, D delta) {
  Tensor result = detail::allocate(t.shape(), dtype_of<T>);
  std::copy_n(elements<T>(t), t.size(), mutable_elements<T>(result));
  mutable_elements<T>(result)[k] += static_cast<T>(delta);
  return result;
}

double real_element(const Tensor& t, Index k) {
  return t.dtype() == f32 ? static_cast<double>(elements<float>(t)[k]) : elements<double>(t)[k];
}

struct Numeric {
  double sum = 0, magnitude = 0;  // of the weighted terms
  bool kink = false;
};

Numeric weigh(const std::vector<double>& terms) {
  Numeric n;
  for (double t : terms) {
    n.sum += t;
    n.magnitude += std::abs(t);
  }
  return n;
}

// Weights of f(x + k h), k = 1, 2, 3; f(x − k h) has their negatives. Divided by h.
const std::vector<double>& stencil_weights(Stencil stencil) {
  static const std::vector<double> central{1. / 2}, four{8. / 12, -1. / 12}, six{45. / 60, -9. / 60, 1. / 60};
  return stencil == Stencil::central ? central : stencil == Stencil::four_point ? four : six;
}

Numeric by_differences(Checker& checker, std::size_t input, Index k, Stencil stencil, double h,
                       const std::vector<double>& branches) {
  const Subject& s = checker.subject();
  const std::vector<double>& weights = stencil_weights(stencil);
  std::vector<double> terms;
  bool kink = false;
  for (std::size_t j = 0; j < weights.size(); ++j)
    for (const double sign : {1., -1.}) {
      std::vector<Tensor> at = s.at;
      const double delta = sign * static_cast<double>(j + 1) * h;
      at[input] = at[input].dtype() == f32 ? moved<float>(at[input], k, delta) : moved<double>(at[input], k, delta);
      const Evaluation e = checker.evaluate(at, false);
      kink |= e.branches != branches;
      const std::vector<double> values = checker.terms(e.outputs, real_element);
      terms.resize(values.size());
      for (std::size_t i = 0; i < values.size(); ++i) terms[i] += sign * weights[j] / h * values[i];
    }
  Numeric n = weigh(terms);
  n.kink = kink;
  return n;
}

Numeric by_complex_step(Checker& checker, std::size_t input, Index k, double h) {
  std::vector<Tensor> at;
  for (const Tensor& t : checker.subject().at) at.push_back(to_complex(t));
  at[input] = moved<Complex>(at[input], k, Complex(0, h));
  const Evaluation e = checker.evaluate(at, false);
  return weigh(checker.terms(e.outputs, [&](const Tensor& t, Index i) {
    return t.dtype() == DType::complex_step ? elements<Complex>(t)[i].imag() / h : 0.;
  }));
}

// Near eps^(1/(order + 1)), where truncation and rounding balance; the 6-point one a quarter of that, since a pole not
// far away makes seventh derivatives large. Powers of two, so that x ± h is as exact as it can be.
double default_step(Stencil stencil, DType dtype) {
  if (stencil == Stencil::central) return dtype == f32 ? 0x1p-8 : 0x1p-17;
  if (stencil == Stencil::four_point) return dtype == f32 ? 0x1p-5 : 0x1p-10;
  return dtype == f32 ? 0x1p-5 : 0x1p-9;
}

double default_tolerance(Stencil stencil, DType dtype) {
  if (stencil == Stencil::complex_step) return 1e-12;
  if (dtype == f32) return stencil == Stencil::central ? 2e-2 : 5e-3;
  return stencil == Stencil::central ? 1e-6 : stencil == Stencil::four_point ? 1e-8 : 1e-9;
}

double relative(double a, double b, double scale) {
  const double distance = std::abs(a - b);
  if (!std::isfinite(distance)) return std::numeric_limits<double>::infinity();
  return distance == 0 ? 0 : distance / std::max({std::abs(a), std::abs(b), scale});
}

DType dtype_of_all(const std::vector<Tensor>& at) {
  for (const Tensor& t : at)
    if (t.dtype() == f32) return f32;
  return f64;
}

// The complex step if the function has a complex form, else why not.
std::optional<std::string> no_complex_form(Checker& checker) {
  if (dtype_of_all(checker.subject().at) == f32) return "inputs are f32; the complex step works in f64";
  for (std::size_t i = 0; i < checker.subject().at.size(); ++i) {
    if (checker.subject().at[i].size() == 0) continue;
    try {
      by_complex_step(checker, i, 0, complex_h);
    } catch (const Error& e) {
      return e.what();
    }
    break;
  }
  return std::nullopt;
}

Verdict judge(const GradcheckInput& input, bool connected, double tolerance) {
  bool compared = false, nonzero = false;
  for (const GradcheckEntry& e : input.entries) {
    if (e.kink) continue;
    compared = true;
    nonzero |= e.analytic != 0 || e.numeric != 0;
    if (!(e.difference <= tolerance)) return Verdict::fail;
  }
  if (!connected) return Verdict::disconnected;
  if (!compared && !input.entries.empty()) return Verdict::kink;
  return nonzero ? Verdict::pass : Verdict::zero;
}

void check_order(GradcheckReport& report, Subject& subject, int order, const GradcheckOptions& options) {
  Checker checker(subject, order, options.seed);
  const Evaluation base = checker.evaluate(subject.at, true);
  const DType dtype = dtype_of_all(subject.at);
  const double near = default_step(Stencil::central, dtype) / 16;  // how close a kink may come before it is one

  for (std::size_t i = 0; i < subject.at.size(); ++i) {
    GradcheckInput input{.name = subject.names[i], .shape = subject.at[i].shape(), .order = order};
    const std::vector<double> analytic = base.pulled[i].values();
    for (Index k = 0; k < subject.at[i].size(); ++k) {
      const double x = std::max(1., std::abs(real_element(subject.at[i], k)));
      Numeric numeric;
      if (report.stencil == Stencil::complex_step) {
        numeric = by_complex_step(checker, i, k, complex_h);
        if (!base.branches.empty())
          numeric.kink = by_differences(checker, i, k, Stencil::central, near * x, base.branches).kink;
      } else {
        const double h = (options.step > 0 ? options.step : default_step(report.stencil, dtype)) *
                         std::exp2(std::floor(std::log2(x)));
        numeric = by_differences(checker, i, k, report.stencil, h, base.branches);
      }
      if (!numeric.kink) input.scale = std::max(input.scale, numeric.magnitude);
      input.entries.push_back(
          {unravel(k, input.shape), analytic[static_cast<std::size_t>(k)], numeric.sum, 0, numeric.kink});
    }
    for (GradcheckEntry& e : input.entries) e.difference = relative(e.analytic, e.numeric, input.scale);
    input.verdict = judge(input, base.connected[i], report.tolerance);
    report.inputs.push_back(std::move(input));
  }
}

GradcheckReport check(Subject& subject, const GradcheckOptions& options) {
  if (subject.at.empty()) throw ShapeError("gradcheck: there is no input to check");
  if (options.order < 1 || options.order > 3)
    throw ShapeError("gradcheck: order is 1, 2 or 3, not " + std::to_string(options.order));
  GradcheckReport report;
  report.stencil = options.stencil;
  if (options.stencil == Stencil::automatic || options.stencil == Stencil::complex_step) {
    Checker checker(subject, 1, options.seed);
    const std::optional<std::string> reason = no_complex_form(checker);
    if (reason && options.stencil == Stencil::complex_step)
      throw NumericError("gradcheck: no complex step: " + *reason);
    report.stencil = reason ? Stencil::six_point : Stencil::complex_step;
    report.reason = reason.value_or("");
  }
  report.tolerance =
      options.tolerance > 0 ? options.tolerance : default_tolerance(report.stencil, dtype_of_all(subject.at));
  for (int order = 1; order <= options.order; ++order) check_order(report, subject, order, options);
  return report;
}

VCurve curve(Subject& subject, std::size_t input, const Dims& index) {
  if (input >= subject.at.size()) throw ShapeError("v_curve: there is no input " + std::to_string(input));
  subject.at[input].at(index);  // throws if out of range
  const Shape& shape = subject.at[input].shape();
  Index k = 0;
  for (Index i = 0; i < shape.rank(); ++i) k = k * shape[i] + (index[i] < 0 ? index[i] + shape[i] : index[i]);

  Checker checker(subject, 1, GradcheckOptions{}.seed);
  const Evaluation base = checker.evaluate(subject.at, true);
  const bool has_complex_step = !no_complex_form(checker);
  VCurve result{.entry = subject.names[input] + to_string(index),
                .analytic = base.pulled[input].values()[static_cast<std::size_t>(k)],
                .rows = {}};
  const auto error = [&](double numeric) { return relative(result.analytic, numeric, 0); };
  for (int power = 1; power <= 15; ++power) {
    const double h = std::pow(10., -power);
    VCurve::Row row{.h = h};
    row.central = error(by_differences(checker, input, k, Stencil::central, h, base.branches).sum);
    row.four_point = error(by_differences(checker, input, k, Stencil::four_point, h, base.branches).sum);
    row.six_point = error(by_differences(checker, input, k, Stencil::six_point, h, base.branches).sum);
    row.complex_step =
        has_complex_step ? error(by_complex_step(checker, input, k, h).sum) : std::numeric_limits<double>::quiet_NaN();
    result.rows.push_back(row);
  }
  return result;
}

}  // namespace

const GradcheckEntry* GradcheckInput::worst() const {
  const GradcheckEntry* result = nullptr;
  for (const GradcheckEntry& e : entries)
    if (!e.kink && (!result || e.difference > result->difference)) result = &e;
  return result;
}

std::size_t GradcheckInput::kinks() const {
  return static_cast<std::size_t>(
      std::count_if(entries.begin(), entries.end(), [](const GradcheckEntry& e) { return e.kink; }));
}

bool GradcheckReport::passed() const {
  return !inputs.empty() &&
         std::all_of(inputs.begin(), inputs.end(), [](const GradcheckInput& i) { return i.verdict == Verdict::pass; });
}

double GradcheckReport::worst() const {
  double result = 0;
  for (const GradcheckInput& i : inputs)
    if (const GradcheckEntry* e = i.worst()) result = std::max(result, e->difference);
  return result;
}

GradcheckReport gradcheck(const Function& f, const std::vector<Tensor>& inputs, const GradcheckOptions& options) {
  OfTensors subject("gradcheck", f, inputs);
  return check(subject, options);
}

GradcheckReport gradcheck(const std::function<Tensor()>& loss, const std::vector<Parameter*>& parameters,
                          const GradcheckOptions& options) {
  OfParameters subject("gradcheck", loss, parameters);
  return check(subject, options);
}

VCurve v_curve(const Function& f, const std::vector<Tensor>& inputs, std::size_t input, const Dims& index) {
  OfTensors subject("gradcheck", f, inputs);
  return curve(subject, input, index);
}

VCurve v_curve(const std::function<Tensor()>& loss, const Parameter& parameter, const Dims& index) {
  Parameter handle = parameter.handle();
  OfParameters subject("gradcheck", loss, {&handle});
  return curve(subject, 0, index);
}

}  // namespace xgrad
