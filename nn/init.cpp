#include <nn/init.hpp>

#include <cmath>
#include <utility>

#include <autograd/ops.hpp>
#include <autograd/tape.hpp>
#include <nn/by_name.hpp>
#include <nn/module.hpp>

namespace xgrad::nn {

Fans fans(const Shape& weight) {
  if (weight.rank() < 2)
    throw ShapeError("initialiser: a weight needs the shape (out, in, …) for its fans, not " + to_string(weight));
  double kernel = 1;
  for (Index axis = 2; axis < weight.rank(); ++axis) kernel *= static_cast<double>(weight[axis]);
  return {kernel * static_cast<double>(weight[1]), kernel * static_cast<double>(weight[0])};
}

namespace init {
namespace {

// Results are constants whatever tape runs.
Initializer drawn_normal(std::function<double(const Shape&)> std) {
  return [std = std::move(std)](const Shape& shape, Rng& rng) {
    const NoGrad off;
    return std(shape) * randn(shape, rng);
  };
}

Initializer drawn_uniform(std::function<double(const Shape&)> bound) {
  return [bound = std::move(bound)](const Shape& shape, Rng& rng) {
    const NoGrad off;
    return bound(shape) * (2. * rand(shape, rng) - 1.);
  };
}

double checked(const char* what, double size) {
  if (!(size >= 0) || !std::isfinite(size))
    throw NumericError(std::string("initialiser: ") + what + " must be a finite number of at least 0, not " +
                       number_text(size));
  return size;
}

double xavier_std(const Shape& shape, double gain) {
  const auto [in, out] = fans(shape);
  return gain * std::sqrt(2 / (in + out));
}

// A uniform distribution in ±√3·σ has standard deviation σ.
const double root3 = std::sqrt(3.);

}  // namespace

Initializer zeros() { return constant(0); }

Initializer constant(double value) {
  if (!std::isfinite(value))
    throw NumericError("initialiser: a constant must be a finite number, not " + number_text(value));
  return [value](const Shape& shape, Rng&) { return full(shape, value); };
}

Initializer normal(double std) {
  return drawn_normal([std = checked("a standard deviation", std)](const Shape&) { return std; });
}

Initializer uniform(double bound) {
  return drawn_uniform([bound = checked("a bound", bound)](const Shape&) { return bound; });
}

Initializer xavier_normal(double gain) {
  return drawn_normal([gain = checked("a gain", gain)](const Shape& s) { return xavier_std(s, gain); });
}

Initializer xavier_uniform(double gain) {
  return drawn_uniform([gain = checked("a gain", gain)](const Shape& s) { return root3 * xavier_std(s, gain); });
}

Initializer he_normal() {
  return drawn_normal([](const Shape& s) { return std::sqrt(2 / fans(s).in); });
}

Initializer he_uniform() {
  return drawn_uniform([](const Shape& s) { return root3 * std::sqrt(2 / fans(s).in); });
}

Initializer fan_in_uniform() {
  return drawn_uniform([](const Shape& s) { return 1 / std::sqrt(fans(s).in); });
}

namespace {

const detail::ByName<Initializer>& all() {
  static const detail::ByName<Initializer> table("initialiser", {{"zeros", zeros},
                                                                 {"constant", [] { return constant(0.01); }},
                                                                 {"normal", [] { return normal(); }},
                                                                 {"uniform", [] { return uniform(); }},
                                                                 {"xavier_normal", [] { return xavier_normal(); }},
                                                                 {"xavier_uniform", [] { return xavier_uniform(); }},
                                                                 {"he_normal", he_normal},
                                                                 {"he_uniform", he_uniform},
                                                                 {"fan_in_uniform", fan_in_uniform}});
  return table;
}

}  // namespace

const std::vector<std::string>& names() { return all().names(); }
Initializer by_name(const std::string& name) { return all().make(name); }

}  // namespace init

void initialize(Module& module, const Initializer& initializer, Rng& rng) {
  std::vector<std::pair<Parameter, Tensor>> drawn;  // all before the first is stored
  for (Parameter& p : parameters(module)) {
    const bool weight = p.shape().rank() >= 2, bias = p.name().ends_with("bias");
    if (weight || bias)
      drawn.emplace_back(p.handle(), (weight ? initializer(p.shape(), rng) : zeros(p.shape())).to(p.dtype()));
  }
  for (auto& [p, value] : drawn) p.assign(value);
}

}  // namespace xgrad::nn
