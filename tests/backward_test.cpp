// The backward pass: what gradients are, by what and of what, where they go, and the hooks that see them on their way.

#define BOOST_TEST_MODULE backward
#include "line.hpp"

using namespace xgrad;
using support::Line, support::message, support::values;

BOOST_AUTO_TEST_CASE(diamonds) {
  Tape tape;
  const Tensor x = tape.variable(scalar(3));
  const Tensor a = x * x, b = a + x, c = a * b;  // c = x²(x² + x) = x⁴ + x³
  BOOST_TEST(tape.gradient(c, x).item() == 4 * 27 + 3 * 9);
  const Tensor d = b * b + a * b + b;  // many ways through a and b
  // b = 12, b' = 7, a = 9, a' = 6
  BOOST_TEST(tape.gradient(d, x).item() == 2 * 12 * 7 + 6 * 12 + 9 * 7 + 7);
}

BOOST_AUTO_TEST_CASE(a_tensor_used_twice_in_one_operation) {
  Tape tape;
  const Tensor x = tape.variable(tensor({2., 3.}));
  BOOST_TEST(tape.gradient(sum(x * x), x).values() == values({4, 6}));
  BOOST_TEST(tape.gradient(sum(x - x), x).values() == values({0, 0}));
  BOOST_TEST(tape.gradient(sum(x / x), x).values() == values({0, 0}));
  BOOST_TEST(tape.gradient(matmul(x, x), x).values() == values({4, 6}));
  BOOST_TEST(tape.gradient(sum(concat({x, x, x})), x).values() == values({3, 3}));
}

BOOST_AUTO_TEST_CASE(two_losses_on_one_trunk) {
  Parameter w{tensor({1., 2.}), "w"};
  Tape tape;
  const Tensor trunk = square(w);
  tape.backward(sum(trunk), {.keep = true});
  BOOST_TEST(w.grad().values() == values({2, 4}));
  BOOST_TEST(!tape.closed());
  tape.backward(sum(3. * trunk));
  BOOST_TEST(w.grad().values() == values({8, 16}));
  BOOST_TEST(tape.closed());
}

BOOST_AUTO_TEST_CASE(backward_twice_adds) {
  Line line;
  Tape tape;
  const Tensor loss = line.loss();
  tape.backward(loss);
  const double once = line.w.grad().item();
  tape.backward(loss);
  BOOST_TEST(line.w.grad().item() == 2 * once);
}

BOOST_AUTO_TEST_CASE(micro_batches_add_up_to_the_batch) {
  Line line;
  Tape tape;
  tape.backward(line.loss());
  const double whole = line.w.grad().item();
  line.w.zero_grad();
  line.b.zero_grad();
  tape.backward(0.5 * line.loss(0, 2));
  tape.backward(0.5 * line.loss(2, 4));
  BOOST_TEST(support::difference({whole}, {line.w.grad().item()}) <= 1e-15);
}

BOOST_AUTO_TEST_CASE(higher_orders) {
  Tape tape;
  const Tensor x = tape.variable(scalar(2));
  Tensor y = square(square(x));
  for (const double expected : {4 * 8., 12 * 4., 24 * 2., 24.}) {
    y = tape.gradient(y, x, {.record = true});
    BOOST_TEST(y.item() == expected);
  }
}

BOOST_AUTO_TEST_CASE(of_intermediates_and_of_what_is_not_reached) {
  Tape tape;
  const Tensor x = tape.variable(tensor({1., 2.})), other = tape.variable(tensor({5., 6., 7.}));
  const Tensor h = exp(x), y = sum(h * h);
  BOOST_TEST(tape.gradient(y, h).values() == (2. * h).values());
  BOOST_TEST(tape.gradient(y, other).values() == values({0, 0, 0}));
  BOOST_TEST(tape.gradient(h, y, {.cotangent = ones({2})}).item() == 0);  // y comes after h
  const std::vector<Tensor> both = tape.gradients(y, {h, x});
  BOOST_TEST(both[1].values() == (2. * h * h).values());
  BOOST_TEST(tape.gradient(y, y).item() == 1);
}

BOOST_AUTO_TEST_CASE(of_parameters_without_touching_them) {
  Line line;
  Tape tape;
  const Tensor loss = line.loss();
  const std::vector<Tensor> g = tape.gradients(loss, {line.w, line.b});
  BOOST_TEST(!line.w.has_grad());
  BOOST_TEST(!tape.closed());
  tape.backward(loss);
  BOOST_TEST(line.w.grad().values() == g[0].values());
  BOOST_TEST(line.b.grad().values() == g[1].values());
}

BOOST_AUTO_TEST_CASE(cotangents) {
  Tape tape;
  const Tensor x = tape.variable(tensor({1., 2.}));
  BOOST_TEST(tape.gradient(square(x), x, {.cotangent = tensor({10., 100.})}).values() == values({20, 400}));
  Parameter w{tensor({1., 2.}), "w"};
  tape.backward(square(w), {.cotangent = tensor({1., -1.})});
  BOOST_TEST(w.grad().values() == values({2, -4}));
}

BOOST_AUTO_TEST_CASE(broadcast_parameters_get_sums) {
  Parameter w{scalar(2), "w"}, v{ones({3, 1}), "v"};
  Tape tape;
  tape.backward(sum(w * ones({4}) + v));
  BOOST_TEST(w.grad().item() == 12);
  BOOST_TEST(v.grad().values() == values({4, 4, 4}));
  BOOST_TEST((v.grad().shape() == Shape{3, 1}));
}

BOOST_AUTO_TEST_CASE(sums_to_a_shape_are_alike_recorded_or_not) {
  const auto check = [](const Tensor& x, const Shape& shape) {
    const Tensor recorded = sum_to(x, shape);
    const NoGrad off;
    const Tensor alone = sum_to(x, shape);
    BOOST_TEST(recorded.tracked());
    BOOST_TEST(recorded.shape() == shape);
    BOOST_TEST(alone.shape() == shape);
    BOOST_TEST(alone.dtype() == x.dtype());
    BOOST_TEST((shape == x.shape() || !alone.tracked()));
    BOOST_TEST(alone.values() == recorded.values());
  };
  Rng rng(3);
  const Shape large{5, 3, 4};
  for (const DType dtype : {f64, f32}) {
    Tape tape;
    for (const Shape& shape :
         {Shape{}, {4}, {1}, {3, 4}, {3, 1}, {1, 4}, {1, 1, 4}, {5, 1, 4}, {5, 3, 1}, {1, 1, 1}, large})
      check(tape.variable(randn(large, rng, dtype)), shape);
    for (const Shape& shape : {Shape{}, {3}, {1, 3}, {1, 1}, {0, 1}}) check(tape.variable(zeros({0, 3}, dtype)), shape);
    const Tensor a = tape.variable(randn({40, 30}, rng, dtype)), b = tape.variable(randn({30, 20}, rng, dtype));
    check(transpose(a), {40});
    check(matmul(a, b), {20});  // which nobody has read
    check(matmul(a, b), {40, 1});
  }
}

BOOST_AUTO_TEST_CASE(a_hook_sees_and_may_replace_the_gradient) {
  Parameter w{tensor({1., 2.}), "w"};
  Tape tape;
  const Tensor h = square(w);
  std::vector<double> seen;
  tape.on_gradient(h, [&](const Tensor& g) {
    seen = g.values();
    return 10. * g;
  });
  const Tensor loss = sum(h * h);  // two ways into h: the hook sees their sum, once
  tape.backward(loss);
  BOOST_TEST(seen == values({2, 8}));
  BOOST_TEST(w.grad().values() == values({40, 320}));
}

BOOST_AUTO_TEST_CASE(a_hook_on_a_parameter) {
  Parameter w{scalar(2), "w"};
  Tape tape;
  const Tensor loss = square(w);
  tape.on_gradient(w, [](const Tensor& g) { return g / 4.; });
  tape.backward(loss);
  BOOST_TEST(w.grad().item() == 1);
}

BOOST_AUTO_TEST_CASE(a_hook_lives_as_long_as_the_recording) {
  Parameter w{scalar(2), "w"};
  Tape tape;
  int calls = 0;
  Tensor loss = square(w);
  tape.on_gradient(loss, [&](const Tensor& g) {
    ++calls;
    return g;
  });
  tape.backward(loss);
  tape.backward(square(w));
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(a_hook_that_throws_changes_nothing) {
  Line line;
  Tape tape;
  const Tensor h = line.x * line.w, loss = mean(h + line.b);
  tape.on_gradient(h, [](const Tensor&) -> Tensor { throw std::runtime_error("no"); });
  BOOST_CHECK_THROW(tape.backward(loss), std::runtime_error);
  BOOST_TEST(!line.w.has_grad());
  BOOST_TEST(!line.b.has_grad());
  BOOST_TEST(!tape.closed());
  const std::size_t size = tape.size();
  BOOST_CHECK_THROW(tape.gradient(loss, line.w, {.record = true}), std::runtime_error);
  BOOST_TEST(tape.size() == size);
}

BOOST_AUTO_TEST_CASE(a_hook_must_keep_the_shape) {
  Parameter w{tensor({1., 2.}), "w"};
  Tape tape;
  const Tensor h = named("h", square(w));
  tape.on_gradient(h, [](const Tensor& g) { return sum(g); });
  BOOST_TEST(message([&] { tape.backward(sum(h)); }) ==
             "on_gradient: the hook of h (2) must return a gradient of that shape and dtype");
}

BOOST_AUTO_TEST_CASE(errors_in_a_hook_name_its_own_line) {
  Tape tape;
  const Tensor x = tape.variable(tensor({1., 2.})), y = square(exp(x));
  int line = 0;
  tape.on_gradient(x, [&](const Tensor& g) { return line = __LINE__, g + ones({3}); });
  for (const bool record : {false, true}) {
    const std::string text = message([&] { tape.gradient(sum(y), x, {.record = record}); });
    BOOST_TEST(text.ends_with(to_string(Where{__FILE__, line})), text);
  }
}
