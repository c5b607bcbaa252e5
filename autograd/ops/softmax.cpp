// Softmax and its logarithm along one axis, less the largest element so that nothing overflows.

#include <autograd/ops.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/rows.hpp>
#include <autograd/ops/samples.hpp>

namespace xgrad {

ops::Family& ops::softmax() {
  static Family family;
  return family;
}

namespace {

using enum SampleKind;

using ops::axis_of, ops::Around;

Shape checked(const Call& c) {
  axis_of(c);
  return c.x[0].shape();
}

Op define(OpSpec spec, Tensor (*f)(const Arg&, Index)) {
  const std::string name = spec.name;
  spec.notation = name + "({0}, {axis})";
  spec.shape = checked;
  spec.samples = [=] { return samples::along_axis(f); };
  spec.misuses = [=] { return samples::axis_misuses(name, f); };
  spec.example = [=] { return samples::axis_example(name, f); };
  spec.without = {rank0, broadcast_left, broadcast_right, ties};
  return ops::define(ops::softmax(), std::move(spec));
}

Tensor along(const Tensor& t, const Call& c) { return sum(t, {axis_of(c)}, true); }

// row(exponentials, to) writes a row of the result, whose elements lie `step` apart; composition(shifted, call) makes
// the same of what is left of x less its largest element.
template <class Row>
Kernels by_rows(Row row, Tensor (*composition)(const Tensor&, const Call&)) {
  return ops::fused(
      [row] {
        return array_kernel([row]<class T>(const Call& c, T* y) {
          const Around at(c.x[0].shape(), axis_of(c));
          ops::each_row(elements<T>(c.x[0]), at,
                        [&](const ops::Exponentials<T>& e) { row(e, y + e.first, at.inner, at.length); });
        });
      },
      [composition](const Call& c, const Shape&) {
        const Tensor x = c.x[0].detach();
        return x.size() == 0 ? x : composition(x - max(x, {axis_of(c)}, true), c);
      });
}

const ops::Entry softmax_op([] {
  return define({.name = "softmax",
                 .kernel = by_rows(
                     []<class T>(const ops::Exponentials<T>& e, T* y, Index step, Index length) {
                       const T share = T(1) / e.sum;
                       for (Index j = 0; j < length; ++j) y[j * step] = e.powers[j] * share;
                     },
                     [](const Tensor& shifted, const Call& c) {
                       const Tensor powers = exp(shifted);
                       return powers / along(powers, c);
                     }),
                 .vjps = {[](const Pullback& c) {
                   if constexpr (contents::fused_rules)
                     return softmax_backward(c.g, c.y, axis_of(c));
                   else
                     return c.y * (c.g - along(c.g * c.y, c));
                 }}},
                softmax);
});

const ops::Entry log_softmax_op([] {
  return define({.name = "log_softmax",
                 .kernel = by_rows(
                     []<class T>(const ops::Exponentials<T>& e, T* y, Index step, Index length) {
                       const T log_sum = std::log(e.sum);
                       for (Index j = 0; j < length; ++j) y[j * step] = e.shifted[j] - log_sum;
                     },
                     [](const Tensor& shifted, const Call& c) { return shifted - log(along(exp(shifted), c)); }),
                 .vjps = {[](const Pullback& c) { return c.g - exp(c.y) * sum(c.g, {axis_of(c)}, true); }}},
                log_softmax);
});

// ------------------------------------------------------------------------------------------------ backward

// Rows that lie as a whole, some at a time: the products of short ones fill registers together.
template <class T>
void backward_of_rows(const T* g, const T* y, Index rows, Index length, T* to) {
  if (rows * length == 0) return;
  const Index at_once = ops::rows_at_once(rows, length);
  loops::rows_in_blocks(rows, at_once, length, [&](Index from, Index count) {
    const Shape all{count * length};
    const Index start = from * length;
    Tensor buffer = detail::allocate(all, dtype_of<T>);
    T* products = mutable_elements<T>(buffer);
    kernels::map<formulas::Mul, T>({}, all, products, {g + start, y + start}, {&all, &all});
    for (Index i = 0; i < all[0]; i += length) {
      const T dot = ops::row_sum(products + i, length);
      for (Index k = start + i; k < start + i + length; ++k) to[k] = y[k] * (g[k] - dot);
    }
  });
}

// Rows that lie side by side, each element `count` from the next.
template <class T>
void backward_of_columns(const T* g, const T* y, Index count, Index length, T* to) {
  Tensor buffer = reduction::filled({count}, T(0));
  T* dots = mutable_elements<T>(buffer);
  for (Index j = 0; j < length; ++j)
    for (Index i = 0; i < count; ++i) dots[i] += g[j * count + i] * y[j * count + i];
  for (Index j = 0; j < length; ++j)
    for (Index i = 0; i < count; ++i) to[j * count + i] = y[j * count + i] * (g[j * count + i] - dots[i]);
}

std::vector<Sample> backward_samples() {
  const std::vector<std::tuple<SampleKind, Shape, Index>> cases = {
      {size1, {1}, 0},         {size1, {1, 1}, 1},         {empty, {0, 3}, 1},          {empty, {3, 0}, 1},
      {plain, {5}, 0},         {plain, {3, 3}, 0},         {plain, {3, 3}, 1},          {non_square, {2, 5}, 1},
      {non_square, {5, 2}, 0}, {non_square, {2, 3, 4}, 1}, {negative_axis, {4, 3}, -2}, {negative_axis, {2, 3, 4}, -1},
      {plain, {40}, 0}};
  std::vector<Sample> result;
  unsigned seed = 1;
  for (const auto& [kind, shape, axis] : cases) {
    result.push_back({kind,
                      {samples::values(shape, {}, seed), samples::values(shape, {}, seed + 1)},
                      [axis = axis](Inputs x) { return softmax_backward(x[0], x[1], axis); }});
    seed += 2;
  }
  return result;
}

std::vector<Misuse> backward_misuses() {
  return {{[] {
             softmax_backward(ones({2, 3}), ones({3}), 0);
           },
           "softmax_backward: g (2, 3) and y (3) must have one shape"},
          {[] {
             softmax_backward(ones({2, 3}), ones({2, 3}), 2);
           },
           "softmax_backward: axis 2 is out of range for g (2, 3)"}};
}

const ops::Entry softmax_backward_op([] {
  return ops::define(ops::softmax(),
                     {.name = "softmax_backward",
                      .operands = {"g", "y"},
                      .notation = "{1} * ({0} - sum({0} * {1}, {axis}))",
                      .shape =
                          [](const Call& c) {
                            if (c.x[0].shape() != c.x[1].shape())
                              c.shape_error(c.describe(0) + " and " + c.describe(1) + " must have one shape");
                            return checked(c);
                          },
                      .kernel = array_kernel([]<class T>(const Call& c, T* to) {
                        const Around at(c.x[0].shape(), axis_of(c));
                        const T *g = elements<T>(c.x[0]), *y = elements<T>(c.x[1]);
                        if (at.inner == 1) return backward_of_rows(g, y, at.outer, at.length, to);
                        for (Index k = 0; k < c.x[0].size(); k += at.length * at.inner)
                          backward_of_columns(g + k, y + k, at.inner, at.length, to + k);
                      }),
                      .vjps = {[](const Pullback& c) { return softmax_backward(c.g, c.x[1], axis_of(c)); },
                               [](const Pullback& c) {
                                 const Tensor &g = c.x[0], &y = c.x[1];
                                 return c.g * (g - along(g * y, c)) - g * along(c.g * y, c);
                               }},
                      .samples = backward_samples,
                      .without = {rank0, broadcast_left, broadcast_right, ties},
                      .misuses = backward_misuses,
                      .example = XGRAD_EXAMPLE(softmax_backward(tensor({1, 0, 0}), tensor({0.5, 0.25, 0.25})))});
});

}  // namespace

Tensor softmax(const Arg& x, Index axis) { return softmax_op(x, {{"axis", static_cast<double>(axis)}}); }
Tensor log_softmax(const Arg& x, Index axis) { return log_softmax_op(x, {{"axis", static_cast<double>(axis)}}); }
Tensor softmax_backward(const Arg& g, const Arg& y, Index axis) {
  return softmax_backward_op(g, y, {{"axis", static_cast<double>(axis)}});
}

}  // namespace xgrad
