// Cross-entropies: of one probability or logit each, and of classes by rows.

#include <autograd/ops.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/loss.hpp>
#include <autograd/ops/rows.hpp>
#include <autograd/parameter.hpp>
#include <autograd/tape.hpp>

namespace xgrad {

ops::Family& ops::cross_entropy() {
  static Family family;
  return family;
}

namespace {

using namespace losses;
using enum SampleKind;

// A target that is no probability makes its term NaN, which a look at the sum finds.
template <class T>
Tensor logistic_kernel(const Call& c, const Shape&) {
  const Reduction reduction = reduction_of(c);
  const Tensor terms = kernels::map_elements<T>(formulas::LogisticLoss{}, c, c.x[0].shape());
  const Tensor sum = reduce(terms, reduction == Reduction::none ? Reduction::sum : reduction);
  if (std::isnan(math::real(*elements<T>(sum)))) check_target(c);
  return reduction == Reduction::none ? terms : sum;
}

const ops::Entry bce_logits_op([] {
  return ops::define(
      ops::cross_entropy(),
      {.name = "binary_cross_entropy_with_logits",
       .operands = {"logits", "target"},
       .notation = "BCE(σ({0}), {1})",
       .shape = loss_shape,
       // softplus(z) − y·z with the large parts subtracted first: exact at y = 1 and large z too
       .kernel = {logistic_kernel<float>, logistic_kernel<double>, logistic_kernel<Complex>},
       .vjps = {[](const Pullback& c) {
                  if constexpr (contents::fused_rules)
                    return binary_cross_entropy_with_logits_backward(c.g, c.x[0], c.x[1], divisor(c, c.x[0].size()));
                  else
                    return scaled(c, sigmoid(c.x[0]) - c.x[1]);
                },
                [](const Pullback& c) { return scaled(c, -c.x[0]); }},
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
});

const ops::Entry bce_op([] {
  return ops::define(
      ops::cross_entropy(),
      {.name = "binary_cross_entropy",
       .operands = {"probability", "target"},
       .notation = "BCE({0}, {1})",
       .shape = loss_shape,
       .check =
           [](const Call& c) {
             check_unit_interval(c, 0, "a probability in [0, 1]; from logits use binary_cross_entropy_with_logits");
             check_target(c);
           },
       .kernel = summed(formulas::BinaryCrossEntropy{}),
       .vjps = {[](const Pullback& c) {
                  const Tensor& p = c.x[0];
                  return scaled(c, (p - c.x[1]) / (p * (1. - p)));
                },
                [](const Pullback& c) { return scaled(c, log(1. - c.x[0]) - log(c.x[0])); }},
       .samples =
           [] { return loss_samples(binary_cross_entropy, {.low = 0.1, .high = 0.9}, {.low = 0.1, .high = 0.9}); },
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
});

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

// −Σ target · log_softmax(logits) by example, each row read once.
template <class T>
Tensor cross_entropy_kernel(const Call& c, const Shape&) {
  const Shape& shape = c.x[0].shape();
  const ops::Around rows(shape, shape.rank() - 1);
  Tensor terms = detail::allocate(shape.rank() == 1 ? Shape{} : Shape{shape[0]}, dtype_of<T>);
  T* to = mutable_elements<T>(terms);
  const T* target = elements<T>(c.x[1]);
  ops::each_row(elements<T>(c.x[0]), rows, [&](const ops::Exponentials<T>& e) {
    const T log_sum = std::log(e.sum);
    for (Index j = 0; j < rows.length; ++j) e.shifted[j] = target[e.first + j] * (log_sum - e.shifted[j]);
    to[e.row] = ops::row_sum(e.shifted, rows.length);
  });
  return reduce(terms, reduction_of(c));
}

// The cotangent of each example, against the classes.
Tensor by_example(const Pullback& c) {
  return reduction_of(c) == Reduction::none && c.x[0].rank() == 2 ? reshape(c.g, {example_count(c), 1}) : c.g;
}

Tensor scaled_rows(const Pullback& c, const Tensor& derivative) {
  const Tensor d = derivative * by_example(c);
  return reduction_of(c) == Reduction::mean ? d / static_cast<double>(example_count(c)) : d;
}

std::vector<Sample> rows_samples(Loss f, const samples::Range& prediction) {
  const auto by = [f](Reduction r) { return [f, r](Inputs x) { return f(x[0], x[1], r); }; };
  const auto pair = [&](const Shape& shape, unsigned seed) {
    return std::vector<Tensor>{samples::values(shape, prediction, seed),
                               samples::values(shape, {.low = 0.1, .high = 0.9}, seed + 1)};
  };
  std::vector<Sample> result = {
      {size1, pair({1}, 1), by(Reduction::mean)},         {size1, pair({1, 1}, 3), by(Reduction::sum)},
      {empty, pair({0, 3}, 5), by(Reduction::sum)},       {empty, pair({0, 3}, 7), by(Reduction::none)},
      {plain, pair({4}, 9), by(Reduction::mean)},         {plain, pair({3, 3}, 11), by(Reduction::mean)},
      {plain, pair({3, 3}, 13), by(Reduction::none)},     {non_square, pair({5, 3}, 15), by(Reduction::mean)},
      {non_square, pair({2, 6}, 17), by(Reduction::sum)}, {non_square, pair({5, 2}, 19), by(Reduction::none)},
      {non_square, pair({1, 4}, 21), by(Reduction::mean)}};
  result.push_back({non_square, {samples::values({3, 4}, prediction, 23)}, [f](Inputs x) {
                      return f(x[0], tensor({0., 3., 1.}), Reduction::mean);
                    }});
  return result;
}

std::vector<Misuse> rows_misuses(const std::string& name, const std::string& prediction, Loss f) {
  const auto call = [f](const Tensor& p, const Tensor& t) { return [=] { f(p, t, Reduction::mean); }; };
  return {
      {call(ones({2, 3}), ones({2, 4})),
       name + ": " + prediction + " (2, 3) and target (2, 4) must have one shape, or the target (n) of classes"},
      {call(zeros({1, 2}), matrix({{1.5, -0.5}})),
       name + ": element 0 of target (1, 2) is 1.5, not a label or probability in [0, 1]"},
      {call(zeros({1, 2}), tensor({NAN})), "one_hot: element 0 of target (1) is nan, not a whole number from 0 to 1"},
      {call(ones({2, 3}), tensor({0., 1., 2.})),
       name + ": the target of " + prediction + " (2, 3) must be (2) classes, not target (3)"},
      {call(ones({2, 3}), tensor({0., 3.})), "one_hot: element 1 of target (2) is 3, not a whole number from 0 to 2"},
      {call(scalar(1), scalar(1)), name + ": " + prediction + " () must be (n, classes), or (classes) for one example"},
      {call(ones({0, 3}), ones({0, 3})),
       name + ": there is no example in " + prediction + " (0, 3) to take a mean of"}};
}

const std::vector<SampleKind> not_for_rows = {rank0, broadcast_left, broadcast_right, negative_axis, ties};

const ops::Entry cross_entropy_op([] {
  return ops::define(
      ops::cross_entropy(),
      {.name = "cross_entropy",
       .operands = {"logits", "target"},
       .notation = "CE(softmax({0}), {1})",
       .shape = rows_shape,
       .check = check_target,
       .kernel = ops::fused(
           [] {
             return Kernels{cross_entropy_kernel<float>, cross_entropy_kernel<double>, cross_entropy_kernel<Complex>};
           },
           [](const Call& c, const Shape&) {
             return reduce(-sum(c.x[1].detach() * log_softmax(c.x[0].detach()), {-1}), reduction_of(c));
           }),
       // Σ target is 1 for probabilities; a target of any other weight keeps its true gradient
       .vjps = {[](const Pullback& c) {
                  if constexpr (contents::fused_rules)
                    return cross_entropy_backward(by_example(c), c.x[0], c.x[1], divisor(c, example_count(c)));
                  else
                    return scaled_rows(c, softmax(c.x[0]) * sum(c.x[1], {-1}, true) - c.x[1]);
                },
                [](const Pullback& c) { return scaled_rows(c, -log_softmax(c.x[0])); }},
       .samples = [] { return rows_samples(cross_entropy, {}); },
       .without = not_for_rows,
       .misuses = [] { return rows_misuses("cross_entropy", "logits", cross_entropy); },
       .example = XGRAD_EXAMPLE(cross_entropy(matrix({{1, 2, 3}, {3, 2, 1}}), tensor({2, 0})))});
});

// −Σ target · log probability by example, 0·log 0 being 0.
Tensor categorical_kernel(const Call& c, const Shape&) {
  const Tensor p = c.x[0].detach(), y = c.x[1].detach();
  return reduce(-sum(where(equal(y, 0.), 0., y * log(p)), {-1}), reduction_of(c));
}

const ops::Entry categorical_op([] {
  return ops::define(
      ops::cross_entropy(),
      {.name = "categorical_cross_entropy",
       .operands = {"probability", "target"},
       .notation = "CE({0}, {1})",
       .shape = rows_shape,
       .check =
           [](const Call& c) {
             check_unit_interval(c, 0, "a probability in [0, 1]; from logits use cross_entropy");
             check_target(c);
           },
       .kernel = ops::composed(categorical_kernel),
       // a class of target 0 has no part in the loss, whatever its probability
       .vjps = {[](const Pullback& c) { return scaled_rows(c, -(c.x[1] / where(equal(c.x[1], 0.), 1., c.x[0]))); },
                [](const Pullback& c) { return scaled_rows(c, -log(c.x[0])); }},
       .samples = [] { return rows_samples(categorical_cross_entropy, {.low = 0.1, .high = 0.9}); },
       .without = not_for_rows,
       .misuses =
           [] {
             auto result = rows_misuses("categorical_cross_entropy", "probability", categorical_cross_entropy);
             result.push_back(
                 {[] {
                    categorical_cross_entropy(matrix({{0.5, 1.5}}), tensor({0.}));
                  },
                  "categorical_cross_entropy: element 1 of probability (1, 2) is 1.5, not a probability in "
                  "[0, 1]; from logits use cross_entropy"});
             return result;
           },
       .example = XGRAD_EXAMPLE(categorical_cross_entropy(matrix({{0.5, 0.25, 0.25}}), tensor({2})))});
});

// Classes (n) as rows of 0 and 1 beside a prediction (n, c), then the operation.
Tensor by_classes(const Op& op, const Arg& prediction, const Arg& target, Reduction reduction) {
  const Attributes attributes{attribute(reduction)};
  const Tensor* p = prediction.tensor      ? prediction.tensor
                    : prediction.parameter ? &prediction.parameter->value()
                                           : nullptr;
  if (!p || !p->defined() || p->rank() != 2 || !target.tensor || !target.tensor->defined() ||
      target.tensor->rank() != 1)
    return op(prediction, target, attributes);
  const Tensor& given = *target.tensor;
  if (given.size() != p->shape()[0])
    throw ShapeError(op->name + ": the target of " + op->operands[0] + " " + to_string(p->shape()) + " must be (" +
                         std::to_string(p->shape()[0]) + ") classes, not target " + to_string(given.shape()),
                     prediction.where);
  const CallSite site(prediction.where);
  const Tensor classes = given.name().empty() ? named("target", given) : given;
  return op(prediction, one_hot(classes, p->shape()[1], p->dtype() == f32 ? f32 : f64), attributes);
}

}  // namespace

Tensor binary_cross_entropy_with_logits(const Arg& logits, const Arg& target, Reduction reduction) {
  return bce_logits_op(logits, target, {attribute(reduction)});
}
Tensor binary_cross_entropy(const Arg& probability, const Arg& target, Reduction reduction) {
  return bce_op(probability, target, {attribute(reduction)});
}
Tensor cross_entropy(const Arg& logits, const Arg& target, Reduction reduction) {
  return by_classes(cross_entropy_op, logits, target, reduction);
}
Tensor categorical_cross_entropy(const Arg& probability, const Arg& target, Reduction reduction) {
  return by_classes(categorical_op, probability, target, reduction);
}

}  // namespace xgrad
