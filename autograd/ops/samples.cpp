#include <autograd/ops/samples.hpp>

#include <autograd/random.hpp>

namespace xgrad::samples {

using enum SampleKind;

Tensor values(const Shape& shape, const Range& range, unsigned seed) {
  Rng rng(seed);
  std::vector<double> v(static_cast<std::size_t>(element_count(shape)));
  for (double& x : v) {
    do x = range.low + (range.high - range.low) * rng.uniform();
    while (std::abs(x) < range.gap);
  }
  return tensor(v, shape);
}

std::vector<Sample> unary(const Unary& f, const Range& range, const std::vector<double>& kinks) {
  const auto call = [f](Inputs x) { return f(x[0]); };
  const std::vector<std::pair<SampleKind, Shape>> shapes = {
      {rank0, {}},          {size1, {1}},         {size1, {1, 1, 1}},      {empty, {0}},
      {empty, {3, 0}},      {plain, {7}},         {plain, {16}},           {plain, {3, 3}},
      {non_square, {2, 5}}, {non_square, {5, 2}}, {non_square, {2, 3, 4}}, {plain, {33}},
      {non_square, {1, 6}}};
  std::vector<Sample> result;
  result.reserve(shapes.size() + 1);
  unsigned seed = 1;
  for (const auto& [kind, shape] : shapes) result.push_back({kind, {values(shape, range, seed++)}, call});
  if (!kinks.empty()) result.push_back({ties, {tensor(kinks)}, call});
  return result;
}

std::vector<Sample> binary(const Binary& f, const Range& a, const Range& b, const std::vector<Tensor>& tied) {
  const auto call = [f](Inputs x) { return f(x[0], x[1]); };
  const std::vector<std::tuple<SampleKind, Shape, Shape>> shapes = {{rank0, {}, {}},
                                                                    {size1, {1}, {1}},
                                                                    {size1, {1, 1}, {1}},
                                                                    {empty, {0}, {0}},
                                                                    {empty, {3, 0}, {3, 1}},
                                                                    {plain, {9}, {9}},
                                                                    {non_square, {2, 5}, {2, 5}},
                                                                    {non_square, {2, 3, 4}, {2, 3, 4}},
                                                                    {broadcast_left, {}, {3, 4}},
                                                                    {broadcast_left, {4}, {3, 4}},
                                                                    {broadcast_left, {3, 1}, {3, 4}},
                                                                    {broadcast_right, {3, 4}, {}},
                                                                    {broadcast_right, {5, 7}, {7}},
                                                                    {broadcast_right, {2, 3, 4}, {3, 1}},
                                                                    {broadcast_left, {2, 1, 4}, {3, 1}}};
  std::vector<Sample> result;
  unsigned seed = 1;
  for (const auto& [kind, p, q] : shapes) {
    result.push_back({kind, {values(p, a, seed), values(q, b, seed + 1)}, call});
    seed += 2;
  }
  if (!tied.empty()) result.push_back({ties, tied, call});
  return result;
}

std::vector<Tensor> equal_somewhere() { return {tensor({1, -2, 0, 3}), tensor({1, 2, 0, 3})}; }

std::vector<Sample> reduction(const Reduce& f, bool of_nothing, bool with_ties) {
  const auto over = [f](const Axes& axes, bool keepdims) { return [=](Inputs x) { return f(x[0], axes, keepdims); }; };
  const Range r;
  std::vector<Sample> result = {{rank0, {values({}, r, 1)}, over({}, false)},
                                {size1, {values({1}, r, 2)}, over({0}, false)},
                                {size1, {values({1, 1}, r, 3)}, over({1}, true)},
                                {empty, {values({0, 3}, r, 4)}, over({1}, false)},
                                {plain, {values({3, 3}, r, 5)}, over({0}, false)},
                                {plain, {values({300}, r, 6)}, over({0}, false)},
                                {non_square, {values({4, 3}, r, 7)}, over({0, 1}, false)},
                                {non_square, {values({3, 4}, r, 8)}, over({1}, true)},
                                {non_square, {values({2, 3, 4}, r, 9)}, over({1}, false)},
                                {non_square, {values({2, 3, 4}, r, 10)}, over({0, 2}, true)},
                                {negative_axis, {values({2, 3, 4}, r, 11)}, over({-1}, false)},
                                {negative_axis, {values({2, 3, 4}, r, 12)}, over({-3, -2}, false)},
                                {plain, {values({2, 1, 3, 2}, r, 13)}, over({3, 1}, true)}};
  if (of_nothing) result.push_back({empty, {values({0, 3}, r, 14)}, over({0}, false)});
  if (with_ties) result.push_back({ties, {matrix({{1, 3, 3}, {2, 2, 2}})}, over({1}, false)});
  return result;
}

std::vector<Sample> along_axis(const Along& f) {
  const auto along = [f](Index axis) { return [=](Inputs x) { return f(x[0], axis); }; };
  const Range r;
  return {{size1, {values({1}, r, 1)}, along(0)},
          {size1, {values({1, 1}, r, 2)}, along(1)},
          {empty, {values({0, 3}, r, 3)}, along(1)},
          {plain, {values({5}, r, 4)}, along(0)},
          {plain, {values({3, 3}, r, 5)}, along(0)},
          {plain, {values({3, 3}, r, 6)}, along(1)},
          {non_square, {values({2, 5}, r, 7)}, along(1)},
          {non_square, {values({5, 2}, r, 8)}, along(0)},
          {non_square, {values({2, 3, 4}, r, 9)}, along(1)},
          {negative_axis, {values({2, 3, 4}, r, 10)}, along(-1)},
          {negative_axis, {values({2, 3, 4}, r, 11)}, along(-3)},
          {negative_axis, {values({4, 3}, r, 12)}, along(-2)},
          {plain, {values({40}, r, 13)}, along(0)}};
}

Example unary_example(const std::string& name, const Unary& f, const Range& range) {
  if (range.low > -1)  // where the operation is at home on positive values only
    return {name + "(tensor({0.5, 1, 2}))", [f] { return f(tensor({0.5, 1, 2})); }};
  if (range.high < 2) return {name + "(tensor({-0.5, 0, 0.5}))", [f] { return f(tensor({-0.5, 0, 0.5})); }};
  return {name + "(tensor({-1, 0, 2}))", [f] { return f(tensor({-1, 0, 2})); }};
}

Example binary_example(const std::string& name, const Binary& f) {
  return {name + "(tensor({1, 2, 3}), tensor({2, 2, 2}))", [f] { return f(tensor({1, 2, 3}), tensor({2, 2, 2})); }};
}

Example reduction_example(const std::string& name, const Reduce& f) {
  return {name + "(matrix({{1, 2, 3}, {4, 5, 6}}), {1})", [f] {
            return f(matrix({{1, 2, 3}, {4, 5, 6}}), {1}, false);
          }};
}

Example axis_example(const std::string& name, const Along& f) {
  return {name + "(matrix({{1, 2, 4}, {0, 3, 3}}), 1)", [f] { return f(matrix({{1, 2, 4}, {0, 3, 3}}), 1); }};
}

std::vector<Misuse> unary_misuses(const std::string& name, const Unary& f) {
  return {{[=] { f(Tensor()); }, name + ": x is an empty Tensor"}};
}

std::vector<Misuse> binary_misuses(const std::string& name, const Binary& f, const std::string& a,
                                   const std::string& b) {
  return {{[=] {
             f(ones({3, 4}), ones({4, 3}));
           },
           name + ": cannot broadcast " + a + " (3, 4) and " + b + " (4, 3) together"},
          {[=] { f(ones({3}), ones({3}, f32)); },
           name + ": Tensor (3) is f64 but Tensor (3) is f32; convert one with .to()"},
          {[=] { f(ones({3}), Tensor()); }, name + ": " + b + " is an empty Tensor"}};
}

std::vector<Misuse> reduction_misuses(const std::string& name, const Reduce& f, bool of_nothing) {
  std::vector<Misuse> result = {{[=] {
                                   f(ones({2, 3}), {2}, false);
                                 },
                                 name + ": axis 2 is out of range for x (2, 3)"},
                                {[=] {
                                   f(ones({2, 3}), {-3}, false);
                                 },
                                 name + ": axis -3 is out of range for x (2, 3)"},
                                {[=] {
                                   f(ones({2, 3}), {1, -1}, false);
                                 },
                                 name + ": axis 1 is given twice"}};
  if (!of_nothing)
    result.push_back({[=] {
                        f(ones({0, 3}), {0}, false);
                      },
                      name + ": there is no element of x (0, 3) to reduce over axes (0)"});
  return result;
}

std::vector<Misuse> axis_misuses(const std::string& name, const Along& f) {
  return {{[=] {
             f(ones({2, 3}), 2);
           },
           name + ": axis 2 is out of range for x (2, 3)"},
          {[=] {
             f(ones({2, 3}), -3);
           },
           name + ": axis -3 is out of range for x (2, 3)"},
          {[=] { f(scalar(1), 0); }, name + ": axis 0 is out of range for x ()"}};
}

}  // namespace xgrad::samples
