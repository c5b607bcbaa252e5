// Elementwise operations of two and three operands.

#include <algorithm>
#include <utility>

#include <autograd/kernels/dispatch.hpp>
#include <autograd/ops.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/layer.hpp>
#include <autograd/ops/samples.hpp>

namespace xgrad {

ops::Family& ops::binary() {
  static Family family;
  return family;
}

namespace {

using enum SampleKind;

Op define(OpSpec spec, Tensor (*f)(const Arg&, const Arg&), samples::Range a = {}, samples::Range b = {},
          std::vector<Tensor> (*tied)() = nullptr) {
  const std::string name = spec.name;
  spec.operands = {"a", "b"};
  if (!spec.samples) spec.samples = [=] { return samples::binary(f, a, b, tied ? tied() : std::vector<Tensor>{}); };
  spec.misuses = [=] { return samples::binary_misuses(name, f); };
  spec.example = [=] { return samples::binary_example(name, f); };
  if constexpr (contents::catalogue) {
    spec.without = {negative_axis};
    if (!tied) spec.without.push_back(ties);
  }
  return ops::define(ops::binary(), std::move(spec));
}

Tensor pass(const Pullback& c) { return c.g; }

Kernels add_kernels() {
  if constexpr (!contents::fused_rules) return kernels::vectorised(formulas::Add{});
  return ops::with_shortcut(formulas::Add{},
                            []<class T>(const Call& c, const Shape& shape) { return ops::wait_for_row_sum(c, shape); });
}

const ops::Entry add_op([] {
  return define({.name = "add", .notation = "{0} + {1}", .kernel = add_kernels(), .vjps = {pass, pass}}, add);
});

const ops::Entry sub_op([] {
  return define({.name = "sub",
                 .notation = "{0} - {1}",
                 .kernel = kernels::vectorised(formulas::Sub{}),
                 .vjps = {pass, [](const Pullback& c) { return -c.g; }}},
                sub);
});

const ops::Entry mul_op([] {
  return define(
      {.name = "mul",
       .notation = "{0} * {1}",
       .kernel = kernels::vectorised(formulas::Mul{}),
       .vjps = {[](const Pullback& c) { return c.g * c.x[1]; }, [](const Pullback& c) { return c.g * c.x[0]; }}},
      mul);
});

const ops::Entry div_op([] {
  return define(
      {.name = "div",
       .notation = "{0} / {1}",
       .kernel = kernels::vectorised(formulas::Div{}),
       .vjps = {[](const Pullback& c) { return c.g / c.x[1]; }, [](const Pullback& c) { return -c.g * c.y / c.x[1]; }}},
      div, {}, {.gap = 0.5});
});

constexpr samples::Range bases{.low = 0.3, .high = 2.5}, exponents{.low = -2, .high = 3};

// Whole exponents of any base, and a base of 0, have derivatives too.
std::vector<Sample> pow_samples() {
  std::vector<Sample> result = samples::binary(pow, bases, exponents);
  const auto like = [](const Tensor& x, const std::vector<double>& v) {
    return tensor(v, x.dtype() == f32 ? f32 : f64);
  };
  result.push_back({plain, {tensor({-1.5, 0, -0.5, 0, 2})}, [=](Inputs x) {
                      return pow(x[0], like(x[0], {0, 2, 3, 1, 0}));
                    }});
  result.push_back({plain, {tensor({0.5, 2, 3}), tensor({0, 0, 2})}, [](Inputs x) { return pow(x[0], x[1]); }});
  result.push_back({plain, {tensor({1.5, 2, 3})}, [=](Inputs x) { return pow(like(x[0], {0, 2, 0}), x[0]); }});
  return result;
}

// The limits of both formulas where they are 0·inf: at a = b = 0 the derivative by a is 0, at a = 0 ≤ b that by b. What
// `where` does not choose is kept finite there, or it would come back as NaN in derivatives of the derivative.
Tensor pow_by_a(const Pullback& c) {
  const Tensor exponent = where(equal(c.x[0], 0.) * equal(c.x[1], 0.), 1., c.x[1]);
  return c.g * (c.x[1] * pow(c.x[0], exponent - 1.));
}

Tensor pow_by_b(const Pullback& c) {
  const Tensor positive = greater(c.x[0], 0.), zero = equal(c.x[0], 0.);
  const Tensor inside = c.g * (c.y * log(where(positive, c.x[0], 1.)));
  const Tensor at_zero = where(c.x[1] >= 0., 0., c.g * c.y), below = c.g * log(where(zero, 1., c.x[0]));
  return where(positive, inside, where(zero, at_zero, below));
}

const ops::Entry pow_op([] {
  return define({.name = "pow",
                 .notation = "{0}^{1}",
                 .kernel = kernels::vectorised(formulas::Pow{}),
                 .vjps = {pow_by_a, pow_by_b},
                 .samples = pow_samples},
                pow, bases, exponents);
});

Tensor side(const Call& c) { return (c.x[0] > c.x[1]) - (c.x[0] < c.x[1]); }

// The gradient goes to the operand that beats the other one; at a tie half of it to each.
Vjp to_winner(Tensor (*beats)(const Arg&, const Arg&)) {
  return [beats](const Pullback& c) {
    const Tensor &own = c.x[c.index], &other = c.x[1 - c.index];
    return where(equal(own, other), 0.5 * c.g, where(beats(own, other), c.g, 0.));
  };
}

const ops::Entry maximum_op([] {
  return define({.name = "maximum",
                 .kernel = kernels::vectorised(formulas::Maximum{}),
                 .vjps = {to_winner(greater), to_winner(greater)},
                 .kink = "a = b: half the gradient to each, as PyTorch",
                 .branch = side},
                maximum, {}, {}, samples::equal_somewhere);
});

const ops::Entry minimum_op([] {
  return define({.name = "minimum",
                 .kernel = kernels::vectorised(formulas::Minimum{}),
                 .vjps = {to_winner(less), to_winner(less)},
                 .kink = "a = b: half the gradient to each, as PyTorch",
                 .branch = side},
                minimum, {}, {}, samples::equal_somewhere);
});

const ops::Entry atan2_op([] {
  return define({.name = "atan2",
                 .kernel = kernels::vectorised(formulas::Atan2{}),
                 .vjps = {[](const Pullback& c) { return c.g * (c.x[1] / (square(c.x[0]) + square(c.x[1]))); },
                          [](const Pullback& c) { return -c.g * (c.x[0] / (square(c.x[0]) + square(c.x[1]))); }},
                 .kink = "a = 0, b < 0: a jump by 2π; both sides have the same derivative",
                 .branch = [](const Call& c) { return (c.x[0] < 0.) * (c.x[1] < 0.); }},
                atan2, {.gap = 0.1}, {.gap = 0.1}, [] {
                  return std::vector<Tensor>{tensor({0, 1}), tensor({-1, 2})};
                });
});

// 1 where a condition holds and 0 elsewhere, in the dtype of the values.
template <class T>
Tensor mask_of(const Tensor& condition) {
  if constexpr (std::same_as<T, double>) {
    return condition;
  } else {
    Tensor mask = detail::allocate(condition.shape(), dtype_of<T>);
    const double* from = elements<double>(condition);
    std::transform(from, from + condition.size(), mutable_elements<T>(mask), [](double v) { return T(v != 0); });
    return mask;
  }
}

template <class T>
Tensor choose(const Call& c, const Shape& shape) {
  Tensor y = detail::allocate(shape, dtype_of<T>);
  const Tensor mask = mask_of<T>(c.x[0]);
  const Tensor &a = c.x[1], &b = c.x[2];
  kernels::map(formulas::Choose{}, shape, mutable_elements<T>(y),
               std::array{elements<T>(mask), elements<T>(a), elements<T>(b)},
               std::array{&mask.shape(), &a.shape(), &b.shape()});
  return y;
}

const ops::Entry where_op([] {
  return ops::define(ops::binary(),
                     {.name = "where",
                      .operands = {"condition", "a", "b"},
                      .check =
                          [](const Call& c) {
                            if (c.x[0].dtype() != f64)
                              throw DTypeError("where: the condition is " + std::string(to_string(c.x[0].dtype())) +
                                                   "; masks are f64, as comparisons give them",
                                               c.where);
                          },
                      .kernel = {choose<float>, choose<double>, choose<Complex>},
                      .vjps = {nullptr, [](const Pullback& c) { return where(c.x[0], c.g, 0.); },
                               [](const Pullback& c) { return where(c.x[0], 0., c.g); }},
                      .index_operands = {0},
                      .kink = "where the condition changes: the branch taken, as PyTorch",
                      .branch = [](const Call& c) { return c.x[0].detach(); },
                      .samples =
                          [] {
                            // A fixed pattern over the shape that the two branches broadcast to.
                            return samples::binary([](const Arg& a, const Arg& b) {
                              const Shape shape = broadcast(a.tensor->shape(), b.tensor->shape());
                              const Tensor order = reshape(arange(0, static_cast<double>(element_count(shape))), shape);
                              return where(sin(3. * order + 1.) > 0., a, b);
                            });
                          },
                      .without = {negative_axis, ties},
                      .misuses =
                          [] {
                            return std::vector<Misuse>{
                                {[] { where(ones({2}), ones({3}), 0.); },
                                 "where: cannot broadcast condition (2), a (3) and b () together"},
                                {[] { where(ones({2}, f32), ones({2}), 0.); },
                                 "where: the condition is f32; masks are f64, as comparisons give them"},
                                {[] { where(ones({2}), ones({2}), ones({2}, f32)); },
                                 "where: Tensor (2) is f64 but Tensor (2) is f32; convert one with .to()"}};
                          },
                      .example = XGRAD_EXAMPLE(where(tensor({1, 0}), tensor({10, 20}), 0.))});
});

}  // namespace

Tensor add(const Arg& a, const Arg& b) { return add_op(a, b); }
Tensor sub(const Arg& a, const Arg& b) { return sub_op(a, b); }
Tensor mul(const Arg& a, const Arg& b) { return mul_op(a, b); }
Tensor div(const Arg& a, const Arg& b) { return div_op(a, b); }
Tensor pow(const Arg& a, const Arg& b) { return pow_op(a, b); }
Tensor maximum(const Arg& a, const Arg& b) { return maximum_op(a, b); }
Tensor minimum(const Arg& a, const Arg& b) { return minimum_op(a, b); }
Tensor atan2(const Arg& a, const Arg& b) { return atan2_op(a, b); }
Tensor where(const Arg& condition, const Arg& a, const Arg& b) { return where_op(condition, a, b); }

namespace detail {

template <class T>
void add_into(Tensor& a, const Tensor& b) {
  kernels::map<formulas::Add, T>({}, a.shape(), mutable_elements<T>(a), {elements<T>(a), elements<T>(b)},
                                 {&a.shape(), &b.shape()});
}

Tensor accumulate(Tensor&& sum, const Tensor& b, bool record) {
  if (record) return sum + b;
  Tensor a = settled(std::move(sum));
  if (!a.unique() || a.dtype() != b.dtype() || a.shape() != b.shape() || a.dtype() == DType::complex_step) return a + b;
  if (a.dtype() == f32)
    add_into<float>(a, b);
  else
    add_into<double>(a, b);
  return a;
}

Tensor ones_like(const Tensor& t) {
  return t.dtype() == DType::complex_step ? to_complex(ones(t.shape())) : ones(t.shape(), t.dtype());
}
Tensor zeros_like(const Tensor& t) {
  return t.dtype() == DType::complex_step ? to_complex(zeros(t.shape())) : zeros(t.shape(), t.dtype());
}

}  // namespace detail
}  // namespace xgrad
