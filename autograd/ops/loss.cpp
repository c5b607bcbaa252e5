// Losses of regression: squared, absolute and Huber's; and what all losses share.

#include <autograd/ops/loss.hpp>

#include <autograd/ops/family.hpp>
#include <autograd/ops/reduce.hpp>

namespace xgrad {

ops::Family& ops::loss() {
  static Family family;
  return family;
}

namespace losses {

using enum SampleKind;

Reduction reduction_of(const Call& c) {
  return c.attributes.is("reduction", "mean")  ? Reduction::mean
         : c.attributes.is("reduction", "sum") ? Reduction::sum
                                               : Reduction::none;
}

std::pair<const char*, Attributes::Value> attribute(Reduction reduction) {
  return {"reduction", reduction == Reduction::mean ? "mean" : reduction == Reduction::sum ? "sum" : "none"};
}

Shape loss_shape(const Call& c) {
  const Shape &p = c.x[0].shape(), &t = c.x[1].shape();
  if (p != t) {
    std::string why = c.describe(0) + " and " + c.describe(1) + " must have one shape";
    if (broadcastable(p, t))
      why += ", or they would broadcast to " + to_string(broadcast(p, t)) + ": reshape one of them";
    c.shape_error(why);
  }
  if (reduction_of(c) == Reduction::mean && element_count(p) == 0)
    c.shape_error("there is no element of " + c.describe(0) + " to take a mean of");
  return reduction_of(c) == Reduction::none ? p : Shape{};
}

namespace {

template <class T>
Tensor total(const Tensor& terms, double divisor) {
  T sum(0);
  if (terms.size() > 0) kernels::folds_of<folds::Sum, T>().rows(elements<T>(terms), 1, terms.size(), &sum);
  return reduction::filled({}, sum / T(static_cast<math::scalar_t<T>>(divisor)));
}

}  // namespace

Tensor reduce(const Tensor& terms, Reduction reduction) {
  if (reduction == Reduction::none) return terms;
  const double divisor = reduction == Reduction::mean ? static_cast<double>(terms.size()) : 1;
  if constexpr (contents::f32)
    if (terms.dtype() == f32) return total<float>(terms, divisor);
  return terms.dtype() == f64 ? total<double>(terms, divisor) : total<Complex>(terms, divisor);
}

double divisor(const Call& c, Index count) {
  return reduction_of(c) == Reduction::mean ? static_cast<double>(count) : 1;
}

Tensor scaled(const Pullback& c, const Tensor& derivative) {
  const Tensor d = derivative * c.g;
  return reduction_of(c) == Reduction::mean ? d / static_cast<double>(c.x[0].size()) : d;
}

void check_unit_interval(const Call& c, std::size_t i, const char* otherwise) {
  const auto check = [&]<class T>(const T* p) {
    const Index size = c.x[i].size();
    if constexpr (contents::fast_loops && !math::is_complex<T>) {
      T least(0), most(1);
      kernels::fold(folds::Smallest{}, p, {size}, &least, {1});
      kernels::fold(folds::Largest{}, p, {size}, &most, {1});
      if (least == 0 && most == 1) return;
    }
    for (Index k = 0; k < size; ++k)
      if (!math::is_probability(p[k])) c.value_error(i, k, math::real(p[k]), otherwise);
  };
  if (c.x[i].dtype() == f32)
    check(elements<float>(c.x[i]));
  else if (c.x[i].dtype() == f64)
    check(elements<double>(c.x[i]));
  else
    check(elements<Complex>(c.x[i]));
}

void check_target(const Call& c) { check_unit_interval(c, 1, "a label or probability in [0, 1]"); }

std::vector<Sample> loss_samples(Loss f, const samples::Range& prediction, const samples::Range& target) {
  const std::vector<std::tuple<SampleKind, Shape, Reduction>> cases = {
      {rank0, {}, Reduction::mean},          {rank0, {}, Reduction::none},
      {size1, {1}, Reduction::mean},         {size1, {1, 1}, Reduction::sum},
      {empty, {0}, Reduction::sum},          {empty, {3, 0}, Reduction::none},
      {plain, {6}, Reduction::mean},         {plain, {3, 3}, Reduction::sum},
      {non_square, {5, 1}, Reduction::mean}, {non_square, {2, 5}, Reduction::none},
      {non_square, {7, 3}, Reduction::mean}, {non_square, {2, 3, 4}, Reduction::sum}};
  std::vector<Sample> result;
  unsigned seed = 1;
  for (const auto& [kind, shape, reduction] : cases) {
    result.push_back({kind,
                      {samples::values(shape, prediction, seed), samples::values(shape, target, seed + 1)},
                      [f, r = reduction](Inputs x) { return f(x[0], x[1], r); }});
    seed += 2;
  }
  return result;
}

std::vector<Misuse> loss_misuses(const std::string& name, const std::string& prediction, Loss f) {
  return {{[=] {
             f(full({4, 1}, 0.5), full({4}, 0.5), Reduction::mean);
           },
           name + ": " + prediction +
               " (4, 1) and target (4) must have one shape, or they would broadcast to (4, 4): reshape one of them"},
          {[=] { f(full({4}, 0.5), full({3}, 0.5), Reduction::mean); },
           name + ": " + prediction + " (4) and target (3) must have one shape"},
          {[=] { f(full({0}, 0.5), full({0}, 0.5), Reduction::mean); },
           name + ": there is no element of " + prediction + " (0) to take a mean of"},
          {[=] { f(full({3}, 0.5), full({3}, 0.5, f32), Reduction::mean); },
           name + ": Tensor (3) is f64 but Tensor (3) is f32; convert one with .to()"}};
}

}  // namespace losses

namespace {

using namespace losses;
using enum SampleKind;

// Differences of 0, 0.75 and -0.75: at a kink for absolute values, and for Huber's delta of the samples.
std::vector<Sample> with_tie(std::vector<Sample> all, Loss f) {
  all.push_back({ties, {tensor({1., 1., 1.}), tensor({1., 0.25, 1.75})}, [f](Inputs x) {
                   return f(x[0], x[1], Reduction::none);
                 }});
  return all;
}

Tensor mse_rule(const Pullback& c, const Tensor& by, const Tensor& from) {
  if constexpr (contents::fused_rules)
    return mse_backward(c.g, by, from, divisor(c, by.size()));
  else
    return scaled(c, 2. * (by - from));
}

const ops::Entry mse_op([] {
  return ops::define(ops::loss(), {.name = "mse",
                                   .operands = {"prediction", "target"},
                                   .notation = "MSE({0}, {1})",
                                   .shape = loss_shape,
                                   .kernel = summed(formulas::SquaredError{}),
                                   .vjps = {[](const Pullback& c) { return mse_rule(c, c.x[0], c.x[1]); },
                                            [](const Pullback& c) { return mse_rule(c, c.x[1], c.x[0]); }},
                                   .samples = [] { return loss_samples(mse, {}, {}); },
                                   .without = not_for_losses,
                                   .misuses = [] { return loss_misuses("mse", "prediction", mse); },
                                   .example = XGRAD_EXAMPLE(mse(tensor({1, 2}), tensor({1, 4})))});
});

// PyTorch's l1_loss.
const ops::Entry mae_op([] {
  return ops::define(
      ops::loss(),
      {.name = "mae",
       .operands = {"prediction", "target"},
       .notation = "MAE({0}, {1})",
       .shape = loss_shape,
       .kernel = summed(formulas::AbsoluteError{}),
       .vjps = {[](const Pullback& c) { return scaled(c, sign(c.x[0] - c.x[1])); },
                [](const Pullback& c) { return scaled(c, sign(c.x[1] - c.x[0])); }},
       .kink = "prediction = target: 0, as PyTorch",
       .branch = [](const Call& c) { return sign(c.x[0] - c.x[1]); },
       .samples =
           [] {
             auto result = with_tie(loss_samples(mae, {}, {}), mae);
             // the loss, 0.5, lies on the other side of the prediction than the target
             result.push_back({rank0, {scalar(-0.5), scalar(-1)}, [](Inputs x) { return mae(x[0], x[1]); }});
             return result;
           },
       .without = {broadcast_left, broadcast_right, negative_axis},
       .misuses = [] { return loss_misuses("mae", "prediction", mae); },
       .example = XGRAD_EXAMPLE(mae(tensor({1, 2}), tensor({1, 4})))});
});

// With m = min(|p − t|, delta) the term is m(|p − t| − m/2): a parabola that goes on as its tangents.
Tensor huber_kernel(const Call& c, const Shape&) {
  const Tensor distance = abs(c.x[0].detach() - c.x[1].detach()), m = minimum(distance, c.attributes.number("delta"));
  return reduce(m * (distance - 0.5 * m), reduction_of(c));
}

Tensor huber_slope(const Pullback& c, const Tensor& difference) {
  const double delta = c.attributes.number("delta");
  return scaled(c, clamp(difference, -delta, delta));
}

Tensor huber_sample(const Arg& prediction, const Arg& target, Reduction reduction) {
  return huber(prediction, target, 0.75, reduction);
}

// Huber: Robust Estimation of a Location Parameter (1964). PyTorch's huber_loss.
const ops::Entry huber_op([] {
  return ops::define(
      ops::loss(),
      {.name = "huber",
       .operands = {"prediction", "target"},
       .notation = "Huber({0}, {1}, {delta})",
       .shape = loss_shape,
       .check =
           [](const Call& c) {
             if (!(c.attributes.number("delta") > 0))
               c.numeric_error("delta must be above 0, not " + c.attributes.text("delta"));
           },
       .kernel = ops::composed(huber_kernel),
       .vjps = {[](const Pullback& c) { return huber_slope(c, c.x[0] - c.x[1]); },
                [](const Pullback& c) { return huber_slope(c, c.x[1] - c.x[0]); }},
       .kink = "|prediction - target| = delta: ±delta from both sides; the second derivative jumps",
       .branch = [](const Call& c) { return abs(c.x[0] - c.x[1]) <= c.attributes.number("delta"); },
       .samples = [] { return with_tie(loss_samples(huber_sample, {}, {}), huber_sample); },
       .without = {broadcast_left, broadcast_right, negative_axis},
       .misuses =
           [] {
             auto result = loss_misuses("huber", "prediction", huber_sample);
             result.push_back({[] { huber(ones({2}), zeros({2}), 0); }, "huber: delta must be above 0, not 0"});
             return result;
           },
       .example = XGRAD_EXAMPLE(huber(tensor({1, 2}), tensor({1.5, 4})))});
});

}  // namespace

Tensor mse(const Arg& prediction, const Arg& target, Reduction reduction) {
  return mse_op(prediction, target, {attribute(reduction)});
}
Tensor mae(const Arg& prediction, const Arg& target, Reduction reduction) {
  return mae_op(prediction, target, {attribute(reduction)});
}
Tensor huber(const Arg& prediction, const Arg& target, double delta, Reduction reduction) {
  return huber_op(prediction, target, {attribute(reduction), {"delta", delta}});
}

}  // namespace xgrad
