// Backward rules of losses, in one pass over memory, the division of a mean inside.

#include <autograd/ops.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/loss.hpp>
#include <autograd/ops/rows.hpp>

namespace xgrad {

ops::Family& ops::loss_backward() {
  static Family family;
  return family;
}

namespace {

using namespace losses;
using enum SampleKind;

double count_of(const Call& c) { return c.attributes.number("count"); }
std::pair<const char*, Attributes::Value> attribute(double count) { return {"count", count}; }

// Prediction and target of one shape, to which the cotangent broadcasts.
Shape derivative_shape(const Call& c) {
  const Shape& shape = c.x[1].shape();
  if (shape != c.x[2].shape()) c.shape_error(c.describe(1) + " and " + c.describe(2) + " must have one shape");
  if (!broadcastable(c.x[0].shape(), shape) || broadcast(c.x[0].shape(), shape) != shape)
    c.shape_error("cannot broadcast " + c.describe(0) + " to " + c.describe(1));
  return shape;
}

using Backward = Tensor (*)(const Arg&, const Arg&, const Arg&, double);

std::vector<Sample> derivative_samples(Backward f) {
  const std::vector<std::tuple<SampleKind, Shape, Shape, double>> cases = {{size1, {}, {1}, 1},
                                                                           {size1, {1, 1}, {1, 1}, 2},
                                                                           {empty, {}, {0}, 1},
                                                                           {empty, {3, 1}, {3, 0}, 3},
                                                                           {plain, {7}, {7}, 1},
                                                                           {plain, {}, {4}, 4},
                                                                           {plain, {3, 3}, {3, 3}, 9},
                                                                           {non_square, {2, 5}, {2, 5}, 1},
                                                                           {broadcast_left, {}, {3, 4}, 12},
                                                                           {broadcast_left, {5, 1}, {5, 7}, 5},
                                                                           {broadcast_left, {4}, {3, 4}, 1},
                                                                           {non_square, {1, 6}, {1, 6}, 6}};
  std::vector<Sample> result;
  unsigned seed = 1;
  for (const auto& [kind, g, shape, count] : cases) {
    result.push_back({kind,
                      {samples::values(g, {}, seed), samples::values(shape, {.low = -4, .high = 4}, seed + 1),
                       samples::values(shape, {.low = 0.1, .high = 0.9}, seed + 2)},
                      [f, n = count](Inputs x) { return f(x[0], x[1], x[2], n); }});
    seed += 3;
  }
  return result;
}

Op define(OpSpec spec, Backward f) {
  const std::string name = spec.name, prediction = spec.operands[1];
  if (!spec.shape) spec.shape = derivative_shape;
  spec.samples = [=] { return derivative_samples(f); };
  spec.without = {rank0, broadcast_right, negative_axis, ties};
  spec.misuses = [=]() -> std::vector<Misuse> {
    return {
        {[=] { f(scalar(1), ones({4}), ones({3}), 1); },
         name + ": " + prediction + " (4) and target (3) must have one shape"},
        {[=] { f(ones({3}), ones({4}), ones({4}), 1); }, name + ": cannot broadcast g (3) to " + prediction + " (4)"},
        {[=] {
           f(ones({2, 4}), ones({4}), ones({4}), 1);
         },
         name + ": cannot broadcast g (2, 4) to " + prediction + " (4)"}};
  };
  spec.example = [=]() -> Example {
    return {name + "(1, tensor({-1, 0, 2}), tensor({0, 1, 1}), 3)", [=] {
              return f(1, tensor({-1, 0, 2}), tensor({0, 1, 1}), 3);
            }};
  };
  return ops::define(ops::loss_backward(), std::move(spec));
}

const ops::Entry bce_logits_backward_op([] {
  return define(
      {.name = "binary_cross_entropy_with_logits_backward",
       .operands = {"g", "logits", "target"},
       .notation = "{0} * (σ({1}) - {2}) / {count}",
       .kernel = kernels::with_numbers<formulas::LogisticLossBackward>("count"),
       .vjps = {[](const Pullback& c) {
                  return binary_cross_entropy_with_logits_backward(c.g, c.x[1], c.x[2], count_of(c));
                },
                [](const Pullback& c) { return sigmoid_backward(c.g * c.x[0], sigmoid(c.x[1])) / count_of(c); },
                [](const Pullback& c) { return c.g * c.x[0] / -count_of(c); }}},
      binary_cross_entropy_with_logits_backward);
});

const ops::Entry mse_backward_op([] {
  return define({.name = "mse_backward",
                 .operands = {"g", "prediction", "target"},
                 .notation = "{0} * (2 * ({1} - {2})) / {count}",
                 .kernel = kernels::with_numbers<formulas::SquaredErrorBackward>("count"),
                 .vjps = {[](const Pullback& c) { return mse_backward(c.g, c.x[1], c.x[2], count_of(c)); },
                          [](const Pullback& c) { return c.g * c.x[0] * (2 / count_of(c)); },
                          [](const Pullback& c) { return c.g * c.x[0] * (-2 / count_of(c)); }}},
                mse_backward);
});

// ------------------------------------------------------------------------------------------------ by rows

Shape rows_derivative_shape(const Call& c) {
  const Index rank = c.x[1].rank();
  if (rank != 1 && rank != 2) c.shape_error(c.describe(1) + " must be (n, classes), or (classes) for one example");
  return derivative_shape(c);
}

template <class T>
void cross_entropy_backward_kernel(const Call& c, T* to) {
  const Shape& shape = c.x[1].shape();
  const ops::Around at(shape, shape.rank() - 1);
  const Dims steps = loops::strides_over(shape, c.x[0].shape());
  const Index g_row = shape.rank() == 2 ? steps[0] : 0, g_step = steps[shape.rank() - 1], length = at.length;
  const T *all_g = elements<T>(c.x[0]), *target = elements<T>(c.x[2]);
  const T count = T(count_of(c));
  ops::each_row(elements<T>(c.x[1]), at, [&](const ops::Exponentials<T>& e) {
    const T *t = target + e.first, *g = all_g + e.row * g_row;
    const T share = T(1) / e.sum, weight = ops::row_sum(t, length);
    T* y = to + e.first;
    const auto fill = [&](auto g_at) {
      for (Index j = 0; j < length; ++j) y[j] = (e.powers[j] * share * weight - t[j]) * g_at(j) / count;
    };
    if (g_step == 0)
      fill([k = *g](Index) { return k; });
    else
      fill([g](Index j) { return g[j]; });
  });
}

const ops::Entry cross_entropy_backward_op([] {
  return define({.name = "cross_entropy_backward",
                 .operands = {"g", "logits", "target"},
                 .notation = "{0} * (softmax({1}) * sum({2}, -1) - {2}) / {count}",
                 .shape = rows_derivative_shape,
                 .kernel = array_kernel([]<class T>(const Call& c, T* to) { cross_entropy_backward_kernel(c, to); }),
                 .vjps = {[](const Pullback& c) { return cross_entropy_backward(c.g, c.x[1], c.x[2], count_of(c)); },
                          [](const Pullback& c) {
                            const Tensor weight = sum(c.x[2], {-1}, true) / count_of(c);
                            return softmax_backward(c.g * c.x[0] * weight, softmax(c.x[1]));
                          },
                          [](const Pullback& c) {
                            const Tensor g = c.g * c.x[0] / count_of(c);
                            return sum(g * softmax(c.x[1]), {-1}, true) - g;
                          }}},
                cross_entropy_backward);
});

}  // namespace

Tensor binary_cross_entropy_with_logits_backward(const Arg& g, const Arg& logits, const Arg& target, double count) {
  return bce_logits_backward_op(g, logits, target, {attribute(count)});
}
Tensor mse_backward(const Arg& g, const Arg& prediction, const Arg& target, double count) {
  return mse_backward_op(g, prediction, target, {attribute(count)});
}
Tensor cross_entropy_backward(const Arg& g, const Arg& logits, const Arg& target, double count) {
  return cross_entropy_backward_op(g, logits, target, {attribute(count)});
}

}  // namespace xgrad
