// Normalisation by mean and variance, and dropout. One operation, standardize, under layer_norm and batch_norm.

#include <autograd/ops.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/reduce.hpp>
#include <autograd/ops/samples.hpp>
#include <autograd/random.hpp>
#include <autograd/tape.hpp>

namespace xgrad {

ops::Family& ops::normalization() {
  static Family family;
  return family;
}

namespace {

using enum SampleKind;
using samples::values;

struct Deviations {
  Tensor d, inverse;  // x − μ and 1/√(σ² + ε)
};

Deviations deviations(const Call& c, const Tensor& x) {
  const Axes axes = reduction::reduced_axes(c);
  const Tensor d = x - mean(x, axes, true);
  return {d, rsqrt(mean(square(d), axes, true) + c.attributes.number("eps"))};
}

Tensor standardize_kernel(const Call& c, const Shape&) {
  const Deviations s = deviations(c, c.x[0].detach());
  return s.d * s.inverse;
}

// Ioffe, Szegedy: Batch Normalization (2015), the derivative by x with both statistics depending on it.
Tensor standardize_vjp(const Pullback& c) {
  const Axes axes = reduction::reduced_axes(c);
  const Tensor inverse = deviations(c, c.x[0]).inverse;
  return (c.g - mean(c.g, axes, true) - c.y * mean(c.g * c.y, axes, true)) * inverse;
}

std::vector<Sample> standardize_samples() {
  const auto over = [](Axes axes) { return [axes](Inputs x) { return standardize(x[0], axes, 0.1); }; };
  return {{size1, {values({1}, {}, 1)}, over({0})},
          {size1, {values({1, 1}, {}, 2)}, over({1})},
          {empty, {values({0, 3}, {}, 3)}, over({1})},
          {plain, {values({5}, {}, 4)}, over({0})},
          {plain, {values({40}, {}, 5)}, over({0})},
          {plain, {values({3, 3}, {}, 6)}, over({0})},
          {plain, {values({3, 3}, {}, 7)}, over({1})},
          {non_square, {values({4, 3}, {}, 8)}, over({0})},
          {non_square, {values({3, 4}, {}, 9)}, over({0, 1})},
          {non_square, {values({2, 3, 4}, {}, 10)}, over({0, 2})},
          {non_square, {values({3, 2, 2, 2}, {}, 11)}, over({0, 2, 3})},
          {negative_axis, {values({2, 5}, {}, 12)}, over({-1})},
          {negative_axis, {values({2, 3, 4}, {}, 13)}, over({-2, -1})}};
}

std::vector<Misuse> standardize_misuses() {
  return {{[] {
             standardize(ones({2, 3}), {2});
           },
           "standardize: axis 2 is out of range for x (2, 3)"},
          {[] {
             standardize(ones({2, 3}), {0, 0});
           },
           "standardize: axis 0 is given twice"},
          {[] {
             standardize(ones({0, 3}), {0});
           },
           "standardize: there is no element of x (0, 3) to reduce over axes (0)"},
          {[] { standardize(ones({3}), {0}, -1); }, "standardize: eps must be 0 or more, not -1"}};
}

const ops::Entry standardize_op([] {
  return ops::define(ops::normalization(),
                     {.name = "standardize",
                      .notation = "standardize({0}, {axes})",
                      .shape =
                          [](const Call& c) {
                            reduction::nonempty_shape(c);
                            return c.x[0].shape();
                          },
                      .check =
                          [](const Call& c) {
                            if (!(c.attributes.number("eps") >= 0))
                              c.numeric_error("eps must be 0 or more, not " + c.attributes.text("eps"));
                          },
                      .kernel = ops::composed(standardize_kernel),
                      .vjps = {standardize_vjp},
                      .samples = standardize_samples,
                      .without = {rank0, broadcast_left, broadcast_right, ties},
                      .misuses = standardize_misuses,
                      .example = XGRAD_EXAMPLE(standardize(matrix({{1, 3}, {2, 10}}), {1}, 0))});
});

// Weight and bias must be vectors of the channels, laid out to broadcast over x.
Tensor scaled(const char* name, const Tensor& normal, const Arg& weight, const Arg& bias, Index channels,
              const Shape& layout, const Arg& x) {
  for (const Arg* a : {&weight, &bias})
    if (detail::value_of(name, *a).shape() != Shape{channels})
      throw ShapeError(std::string(name) + ": " + detail::label(detail::value_of(name, *a)) + " must have the shape " +
                           to_string(Shape{channels}) + " of the channels of " +
                           detail::label(detail::value_of(name, x)),
                       x.where);
  return normal * reshape(weight, layout) + reshape(bias, layout);
}

}  // namespace

Tensor standardize(const Arg& x, const Axes& axes, double eps) {
  return standardize_op(x, {{"axes", axes}, {"eps", eps}, {"keepdims", "yes"}});
}

Tensor layer_norm(const Arg& x, const Arg& weight, const Arg& bias, double eps) {
  const Shape& shape = detail::value_of("layer_norm", x).shape();
  if (shape.empty())
    throw ShapeError("layer_norm: " + detail::label(detail::value_of("layer_norm", x)) + " has no axis to normalise",
                     x.where);
  const Index channels = shape[shape.rank() - 1];
  const CallSite site(x.where);
  return scaled("layer_norm", standardize(x, {-1}, eps), weight, bias, channels, {channels}, x);
}

Tensor batch_norm(const Arg& x, const Arg& weight, const Arg& bias, double eps) {
  const Tensor& value = detail::value_of("batch_norm", x);
  const Shape& shape = value.shape();
  if (shape.rank() < 2) throw ShapeError("batch_norm: " + detail::label(value) + " must be (n, channels, …)", x.where);
  Axes axes{0};
  Shape layout{shape[1]};
  for (Index i = 2; i < shape.rank(); ++i) {
    axes.push_back(i);
    layout.push_back(1);
  }
  const CallSite site(x.where);
  return scaled("batch_norm", standardize(x, axes, eps), weight, bias, shape[1], layout, x);
}

Tensor dropout(const Arg& x, double p, Rng& rng, bool training) {
  const Tensor& value = detail::value_of("dropout", x);
  if (!(p >= 0 && p <= 1))
    throw NumericError("dropout: the probability must be in [0, 1], not " + number_text(p), x.where);
  const CallSite site(x.where);
  if (!training || p == 0) return x * 1.;
  const DType dtype = value.dtype() == f32 ? f32 : f64;
  const Tensor kept = (rand(value.shape(), rng) >= p).to(dtype);
  return x * (p == 1 ? kept : kept / (1 - p));
}

}  // namespace xgrad
