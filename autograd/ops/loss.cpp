// Losses, each with its reduction inside: so the gradient of a mean is (σ(z) − y)/m to the last bit, not (σ(z) −
// y)·(1/m).

#include <autograd/ops.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/math.hpp>
#include <autograd/ops/samples.hpp>
#include <autograd/parameter.hpp>
#include <autograd/tape.hpp>

namespace xgrad {

ops::Family& ops::loss() {
  static Family family;
  return family;
}

namespace {

using enum SampleKind;

Reduction reduction_of(const Call& c) {
  return c.attributes.is("reduction", "mean")  ? Reduction::mean
         : c.attributes.is("reduction", "sum") ? Reduction::sum
                                               : Reduction::none;
}

Attributes with(Reduction reduction) {
  return {{"reduction", reduction == Reduction::mean ? "mean" : reduction == Reduction::sum ? "sum" : "none"}};
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

Tensor reduce(const Tensor& terms, Reduction reduction, Index count) {
  if (reduction == Reduction::none) return terms;
  return reduction == Reduction::sum ? sum(terms) : sum(terms) / static_cast<double>(count);
}

// The cotangent times the derivative of each term, divided last where the loss is a mean.
Tensor scaled(const Pullback& c, const Tensor& derivative, Index count) {
  const Tensor d = derivative * c.g;
  return reduction_of(c) == Reduction::mean ? d / static_cast<double>(count) : d;
}

// The terms as an elementwise kernel, then the reduction.
template <class F>
Kernels summed(F f) {
  const Kernels terms = math::vectorised<2>(f);
  const auto then = [](const Kernel& kernel) -> Kernel {
    return [kernel](const Call& c, const Shape&) {
      return reduce(kernel(c, c.x[0].shape()), reduction_of(c), c.x[0].size());
    };
  };
  return {then(terms.f32), then(terms.f64), then(terms.complex)};
}

// Whether every element of operand i is in [0, 1] (a NaN is not); `otherwise` says what it should have been.
void check_unit_interval(const Call& c, std::size_t i, const char* otherwise) {
  const auto check = [&]<class T>(const T* p) {
    for (Index k = 0; k < c.x[i].size(); ++k)
      if (!(math::real(p[k]) >= 0 && math::real(p[k]) <= 1)) c.value_error(i, k, math::real(p[k]), otherwise);
  };
  if (c.x[i].dtype() == f32)
    check(elements<float>(c.x[i]));
  else if (c.x[i].dtype() == f64)
    check(elements<double>(c.x[i]));
  else
    check(elements<Complex>(c.x[i]));
}

void check_target(const Call& c) { check_unit_interval(c, 1, "a label or probability in [0, 1]"); }

using Loss = Tensor (*)(const Arg&, const Arg&, Reduction);

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

const std::vector<SampleKind> not_for_losses = {broadcast_left, broadcast_right, negative_axis, ties};

const Op bce_logits_op = ops::define(
    ops::loss(),
    {.name = "binary_cross_entropy_with_logits",
     .operands = {"logits", "target"},
     .notation = "BCE(σ({0}), {1})",
     .shape = loss_shape,
     .check = check_target,
     // softplus(z) − y·z with the large parts subtracted first: exact at y = 1 and large z too
     .kernel = summed([]<class X>(const X& z, const X& y) {
       return math::positive_part(z) - y * z + math::log1p(math::exp(-math::abs(z)));
     }),
     .vjps = {[](const Pullback& c) { return scaled(c, sigmoid(c.x[0]) - c.x[1], c.x[0].size()); },
              [](const Pullback& c) { return scaled(c, -c.x[0], c.x[0].size()); }},
     .samples =
         [] {
           return loss_samples(binary_cross_entropy_with_logits, {.low = -4, .high = 4}, {.low = 0.1, .high = 0.9});
         },
     .without = not_for_losses,
     .misuses =
         [] {
           auto result = loss_misuses("binary_cross_entropy_with_logits", "logits", binary_cross_entropy_with_logits);
           const auto with_label = [](double y) {
             return [y] { binary_cross_entropy_with_logits(zeros({2}), tensor({0, y})); };
           };
           const std::string start = "binary_cross_entropy_with_logits: element 1 of target (2) is ";
           result.push_back({with_label(2), start + "2, not a label or probability in [0, 1]"});
           result.push_back({with_label(-1), start + "-1, not a label or probability in [0, 1]"});
           result.push_back({with_label(NAN), start + "nan, not a label or probability in [0, 1]"});
           return result;
         },
     .example = XGRAD_EXAMPLE(binary_cross_entropy_with_logits(tensor({-1, 0, 2}), tensor({0, 1, 1})))});

// y log p, 0 where y is 0 whatever p is.
template <class X>
X weighted_log(const X& y, const X& p) {
  return math::select(math::real(y) == math::real(X(0)), X(0), y * math::log(p));
}

const Op bce_op = ops::define(
    ops::loss(),
    {.name = "binary_cross_entropy",
     .operands = {"probability", "target"},
     .notation = "BCE({0}, {1})",
     .shape = loss_shape,
     .check =
         [](const Call& c) {
           check_unit_interval(c, 0, "a probability in [0, 1]; from logits use binary_cross_entropy_with_logits");
           check_target(c);
         },
     .kernel = summed(
         []<class X>(const X& p, const X& y) { return -(weighted_log(y, p) + weighted_log(X(1) - y, X(1) - p)); }),
     .vjps = {[](const Pullback& c) {
                const Tensor& p = c.x[0];
                return scaled(c, (p - c.x[1]) / (p * (1. - p)), p.size());
              },
              [](const Pullback& c) { return scaled(c, log(1. - c.x[0]) - log(c.x[0]), c.x[0].size()); }},
     .samples = [] { return loss_samples(binary_cross_entropy, {.low = 0.1, .high = 0.9}, {.low = 0.1, .high = 0.9}); },
     .without = not_for_losses,
     .misuses =
         [] {
           auto result = loss_misuses("binary_cross_entropy", "probability", binary_cross_entropy);
           result.push_back(
               {[] {
                  binary_cross_entropy(tensor({0.5, 1.5}), tensor({0., 1.}));
                },
                "binary_cross_entropy: element 1 of probability (2) is 1.5, not a probability in [0, 1]; from "
                "logits use binary_cross_entropy_with_logits"});
           return result;
         },
     .example = XGRAD_EXAMPLE(binary_cross_entropy(tensor({0.25, 0.5}), tensor({0, 1})))});

const Op mse_op = ops::define(
    ops::loss(), {.name = "mse",
                  .operands = {"prediction", "target"},
                  .notation = "MSE({0}, {1})",
                  .shape = loss_shape,
                  .kernel = summed([]<class X>(const X& p, const X& t) { return (p - t) * (p - t); }),
                  .vjps = {[](const Pullback& c) { return scaled(c, 2. * (c.x[0] - c.x[1]), c.x[0].size()); },
                           [](const Pullback& c) { return scaled(c, 2. * (c.x[1] - c.x[0]), c.x[0].size()); }},
                  .samples = [] { return loss_samples(mse, {}, {}); },
                  .without = not_for_losses,
                  .misuses = [] { return loss_misuses("mse", "prediction", mse); },
                  .example = XGRAD_EXAMPLE(mse(tensor({1, 2}), tensor({1, 4})))});

// Over rows: logits and target (n, c), or one example (c).
Shape rows_shape(const Call& c) {
  const Shape& shape = c.x[0].shape();
  if (shape.empty() || shape.rank() > 2)
    c.shape_error(c.describe(0) + " must be (n, classes), or (classes) for one example");
  if (shape != c.x[1].shape())
    c.shape_error(c.describe(0) + " and " + c.describe(1) + " must have one shape, or the target (n) of classes");
  if (reduction_of(c) == Reduction::mean && element_count(shape) == 0)
    c.shape_error("there is no example in " + c.describe(0) + " to take a mean of");
  if (reduction_of(c) != Reduction::none || shape.rank() == 1) return {};
  return {shape[0]};
}

Index example_count(const Call& c) { return c.x[0].rank() == 1 ? 1 : c.x[0].shape()[0]; }

// −Σ target · log_softmax(logits) by example; kernels work on detached values.
Tensor cross_entropy_kernel(const Call& c, const Shape&) {
  const Tensor terms = -sum(c.x[1].detach() * log_softmax(c.x[0].detach()), {-1});
  return reduce(terms, reduction_of(c), example_count(c));
}

// The cotangent of each example, against the classes.
Tensor by_example(const Pullback& c) {
  return reduction_of(c) == Reduction::none && c.x[0].rank() == 2 ? reshape(c.g, {example_count(c), 1}) : c.g;
}

Tensor scaled_rows(const Pullback& c, const Tensor& derivative) {
  const Tensor d = derivative * by_example(c);
  return reduction_of(c) == Reduction::mean ? d / static_cast<double>(example_count(c)) : d;
}

const Op cross_entropy_op = ops::define(
    ops::loss(),
    {.name = "cross_entropy",
     .operands = {"logits", "target"},
     .notation = "CE(softmax({0}), {1})",
     .shape = rows_shape,
     .check = check_target,
     .kernel = ops::composed(cross_entropy_kernel),
     // Σ target is 1 for probabilities; a target of any other weight keeps its true gradient
     .vjps = {[](const Pullback& c) { return scaled_rows(c, softmax(c.x[0]) * sum(c.x[1], {-1}, true) - c.x[1]); },
              [](const Pullback& c) { return scaled_rows(c, -log_softmax(c.x[0])); }},
     .samples =
         [] {
           const auto by = [](Reduction r) { return [r](Inputs x) { return cross_entropy(x[0], x[1], r); }; };
           const samples::Range p{.low = 0.1, .high = 0.9};
           const auto pair = [&](const Shape& shape, unsigned seed) {
             return std::vector<Tensor>{samples::values(shape, {}, seed), samples::values(shape, p, seed + 1)};
           };
           std::vector<Sample> result = {
               {size1, pair({1}, 1), by(Reduction::mean)},         {size1, pair({1, 1}, 3), by(Reduction::sum)},
               {empty, pair({0, 3}, 5), by(Reduction::sum)},       {empty, pair({0, 3}, 7), by(Reduction::none)},
               {plain, pair({4}, 9), by(Reduction::mean)},         {plain, pair({3, 3}, 11), by(Reduction::mean)},
               {plain, pair({3, 3}, 13), by(Reduction::none)},     {non_square, pair({5, 3}, 15), by(Reduction::mean)},
               {non_square, pair({2, 6}, 17), by(Reduction::sum)}, {non_square, pair({5, 2}, 19), by(Reduction::none)},
               {non_square, pair({1, 4}, 21), by(Reduction::mean)}};
           result.push_back({non_square, {samples::values({3, 4}, {}, 23)}, [](Inputs x) {
                               return cross_entropy(x[0], tensor({0., 3., 1.}));
                             }});
           return result;
         },
     .without = {rank0, broadcast_left, broadcast_right, negative_axis, ties},
     .misuses =
         [] {
           return std::vector<Misuse>{
               {[] {
                  cross_entropy(ones({2, 3}), ones({2, 4}));
                },
                "cross_entropy: logits (2, 3) and target (2, 4) must have one shape, or the target (n) of classes"},
               {[] {
                  cross_entropy(zeros({1, 2}), matrix({{1.5, -0.5}}));
                },
                "cross_entropy: element 0 of target (1, 2) is 1.5, not a label or probability in [0, 1]"},
               {[] {
                  cross_entropy(zeros({1, 2}), tensor({NAN}));
                },
                "one_hot: element 0 of target (1) is nan, not a whole number from 0 to 1"},
               {[] {
                  cross_entropy(ones({2, 3}), tensor({0., 1., 2.}));
                },
                "cross_entropy: logits (2, 3) need 2 classes as target, not target (3)"},
               {[] {
                  cross_entropy(ones({2, 3}), tensor({0., 3.}));
                },
                "one_hot: element 1 of target (2) is 3, not a whole number from 0 to 2"},
               {[] { cross_entropy(scalar(1), scalar(1)); },
                "cross_entropy: logits () must be (n, classes), or (classes) for one example"},
               {[] {
                  cross_entropy(ones({0, 3}), ones({0, 3}));
                },
                "cross_entropy: there is no example in logits (0, 3) to take a mean of"}};
         },
     .example = XGRAD_EXAMPLE(cross_entropy(matrix({{1, 2, 3}, {3, 2, 1}}), tensor({2, 0})))});

}  // namespace

Tensor binary_cross_entropy_with_logits(const Arg& logits, const Arg& target, Reduction reduction) {
  return bce_logits_op(logits, target, with(reduction));
}
Tensor binary_cross_entropy(const Arg& probability, const Arg& target, Reduction reduction) {
  return bce_op(probability, target, with(reduction));
}
Tensor mse(const Arg& prediction, const Arg& target, Reduction reduction) {
  return mse_op(prediction, target, with(reduction));
}

Tensor cross_entropy(const Arg& logits, const Arg& target, Reduction reduction) {
  const Tensor* z = logits.tensor ? logits.tensor : logits.parameter ? &logits.parameter->value() : nullptr;
  if (!z || !z->defined() || z->rank() != 2 || !target.tensor || !target.tensor->defined() ||
      target.tensor->rank() != 1)
    return cross_entropy_op(logits, target, with(reduction));
  if (target.tensor->size() != z->shape()[0])
    throw ShapeError("cross_entropy: logits " + to_string(z->shape()) + " need " + std::to_string(z->shape()[0]) +
                         " classes as target, not target " + to_string(target.tensor->shape()),
                     logits.where);
  const CallSite site(logits.where);
  const Tensor classes = target.tensor->name().empty() ? named("target", *target.tensor) : *target.tensor;
  return cross_entropy_op(logits, one_hot(classes, z->shape()[1], z->dtype() == f32 ? f32 : f64), with(reduction));
}

}  // namespace xgrad
