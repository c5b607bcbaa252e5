// The tape, sentence by sentence: what is recorded, what closes, what throws, what stays as it was.

#define BOOST_TEST_MODULE tape
#include "support.hpp"

#include <memory>
#include <sstream>

using namespace xgrad;
using support::message;

namespace {

std::vector<double> values(std::initializer_list<double> v) { return v; }

struct Line {  // loss = mean((x·w + b − y)²) on a handful of points
  Parameter w{tensor({0.5}), "w"}, b{tensor({0.1}), "b"};
  Tensor x = tensor({1., 2., 3., 4.}), y = tensor({2., 3., 5., 9.});
  Tensor loss(Index from = 0, Index to = 4) const {
    return mean(square(slice(x, 0, from, to) * w + b - slice(y, 0, from, to)));
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gradients)

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

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(recording)

BOOST_AUTO_TEST_CASE(only_tracked_operands_of_operations_with_a_derivative) {
  Tape tape;
  const Tensor constant = exp(tensor({1., 2.}));
  BOOST_TEST(tape.size() == 0u);
  BOOST_TEST(!constant.tracked());
  const Tensor x = tape.variable(constant);
  BOOST_TEST(!(x > 1.).tracked());
  BOOST_TEST((x + 1.).tracked());
  BOOST_TEST(tape.size() == 2u);
}

BOOST_AUTO_TEST_CASE(no_tape_no_recording) {
  Parameter w{ones({2}), "w"};
  BOOST_TEST(!square(w).tracked());
  BOOST_TEST(Tape::recording() == nullptr);
}

BOOST_AUTO_TEST_CASE(a_closed_recording_is_readable_and_can_be_differentiated_again) {
  Line line;
  Tape tape;
  const Tensor first = line.loss(0, 2), second = line.loss(2, 4);
  tape.backward(first);
  BOOST_TEST(tape.closed());
  BOOST_TEST(tape.size() > 10u);
  std::ostringstream text;
  text << tape << first;
  BOOST_TEST(text.str().find("closed by backward") != std::string::npos);
  tape.backward(second);
  BOOST_TEST(tape.gradient(first, line.w).size() == 1);
}

BOOST_AUTO_TEST_CASE(the_next_operation_starts_an_empty_recording) {
  Line line;
  Tape tape;
  tape.backward(line.loss());
  const std::size_t size = tape.size();
  for (int i = 0; i < 5; ++i) {
    tape.backward(line.loss());
    BOOST_TEST(tape.size() == size);
  }
  tape.variable(ones({2}));
  BOOST_TEST(tape.size() == 1u);
  tape.clear();
  BOOST_TEST(tape.size() == 0u);
  BOOST_TEST(!tape.closed());
}

BOOST_AUTO_TEST_CASE(values_outlive_their_recording) {
  Parameter w{tensor({1., 2.}), "w"};
  Tensor kept;
  {
    Tape tape;
    kept = named("kept", exp(w));
    tape.backward(sum(kept));
    BOOST_TEST(kept.values() == exp(tensor({1., 2.})).values());
    BOOST_TEST((kept > 0.).values() == values({1, 1}));
    BOOST_TEST(kept.detach().values() == kept.values());
    {
      const NoGrad off;
      BOOST_TEST((kept * 2.).size() == 2);
    }
    BOOST_TEST(tape.closed());
    BOOST_TEST(message([&] { kept + 1.; }).find("add: kept (2) belongs to a recording that backward has closed") == 0u);
    BOOST_TEST(tape.closed(), "nothing has begun");
    BOOST_TEST(tape.variable(kept).size() == 2);
    BOOST_TEST(message([&] { kept + 1.; }).find("add: kept (2) belongs to a recording that is gone") == 0u);
  }
  BOOST_TEST((kept + 1.).size() == 2);  // no tape: nothing to record
  Tape later;
  BOOST_TEST(message([&] { kept + w; }).find("is gone: take its value with detach()") != std::string::npos);
  BOOST_TEST((kept.detach() + w).tracked());
}

BOOST_AUTO_TEST_CASE(an_inner_tape) {
  Parameter w{scalar(3), "w"};
  Tape outer;
  const Tensor x = named("x", outer.variable(scalar(2)));
  const Tensor y = x * w;
  {
    Tape inner;
    BOOST_TEST(message([&] { x * 2.; }).find("mul: x () is tracked by an outer tape") == 0u);
    BOOST_TEST(inner.size() == 0u);
    const Tensor z = square(inner.variable(x) * w);
    BOOST_TEST(inner.gradient(z, w).item() == 24);
  }
  BOOST_TEST(outer.gradient(y * y, x).item() == 2 * 6 * 3);  // the outer one goes on
}

BOOST_AUTO_TEST_CASE(no_grad_holds_for_tapes_that_were_running) {
  Parameter w{scalar(3), "w"};
  Tape outer;
  const NoGrad off;
  BOOST_TEST(!square(w).tracked());
  {
    Tape inner;
    BOOST_TEST(inner.gradient(square(w), w).item() == 6);
  }
  BOOST_TEST(!square(w).tracked());
  BOOST_TEST(outer.size() == 0u);
}

BOOST_AUTO_TEST_CASE(tapes_may_end_out_of_order) {
  Parameter w{scalar(3), "w"};
  auto a = std::make_unique<Tape>();
  auto b = std::make_unique<Tape>();
  auto off = std::make_unique<NoGrad>();
  a.reset();
  BOOST_TEST(!square(w).tracked());
  off.reset();
  BOOST_TEST(b->gradient(square(w), w).item() == 6);
  b.reset();
  BOOST_TEST(Tape::recording() == nullptr);
}

BOOST_AUTO_TEST_CASE(an_exception_in_mid_recording) {
  Line line;
  Tape tape;
  const Tensor h = line.x * line.w;
  const std::size_t size = tape.size();
  BOOST_CHECK_THROW(matmul(h, ones({3, 3})), ShapeError);
  BOOST_CHECK_THROW(h + ones({4}, f32), DTypeError);
  BOOST_TEST(tape.size() == size);
  tape.backward(mean(square(h + line.b - line.y)));
  const double with_exception = line.w.grad().item();
  line.w.zero_grad();
  tape.backward(line.loss());
  BOOST_TEST(line.w.grad().item() == with_exception);
}

BOOST_AUTO_TEST_CASE(a_recording_that_outgrows_its_limit_names_the_line) {
  Parameter w{ones({2}), "w"};
  const auto grow = [&](const TapeOptions& options, std::size_t nodes) {
    Tape tape(options);
    Tensor y = square(w);
    int line = 0;
    const std::string text = message([&] {
      for (int i = 0; i < 100; ++i) y = exp(y), line = __LINE__;
    });
    BOOST_TEST(tape.size() == nodes);
    BOOST_TEST(tape.bytes() == 16 * nodes);
    const std::string here = to_string(Where{__FILE__, line});
    BOOST_TEST(text == "the recording has outgrown its limit at " + std::to_string(nodes) + " nodes and " +
                           std::to_string(16 * nodes) + " bytes;" + here + " added " + std::to_string(nodes - 2) +
                           " nodes: compute under NoGrad what needs no gradient, or call clear()" + here);
  };
  grow({.max_nodes = 50}, 50);
  grow({.max_bytes = 480}, 30);

  Tape tape({.max_nodes = 2});
  BOOST_TEST(message([&] { Tensor y = exp(w * w); }) != "");
  BOOST_TEST(tape.size() == 2u);
  tape.clear();
  BOOST_TEST(message([&] { Tensor y = w * Parameter(ones({2}), "v"); }) != "");
  BOOST_TEST(tape.size() == 0u, "neither the operation nor its leaves");
}

BOOST_AUTO_TEST_CASE(evaluation_between_steps) {
  Line a, b;
  Tape tape;
  for (int i = 0; i < 5; ++i) {
    for (Line* line : {&a, &b}) {
      const Tensor loss = line->loss();
      if (line == &b) {
        const NoGrad off;
        line->loss();
      }
      tape.backward(loss);
      for (Parameter* p : {&line->w, &line->b}) {
        p->assign(p->value() - 0.01 * p->grad());
        p->zero_grad();
      }
    }
  }
  BOOST_TEST(a.w.value().item() == b.w.value().item());
}

BOOST_AUTO_TEST_CASE(names) {
  Tape tape;
  const Tensor x = named("x", tape.variable(ones({2})));
  const Tensor y = named("y", exp(x));
  BOOST_TEST(x.name() == "x");
  BOOST_TEST(tape.nodes()[1].y.name() == "y");
  BOOST_TEST(tanh(y).name() == "tanh#2");
  BOOST_TEST(tape.gradient(sum(y), x).values() == y.values());
  BOOST_TEST(named("data", ones({2})).name() == "data");
  BOOST_TEST(y.detach().name() == "y");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(parameters)

BOOST_AUTO_TEST_CASE(a_change_between_forward_and_backward) {
  Line line;
  Tape tape;
  const Tensor loss = line.loss();
  line.w.assign(tensor({0.7}));
  BOOST_TEST(message([&] { tape.backward(loss); }).find("backward: Parameter w has changed since it was recorded") ==
             0u);
  BOOST_TEST(message([&] { tape.gradient(loss, line.b); }).find("gradient: Parameter w has changed") == 0u);
  BOOST_TEST(!line.b.has_grad());
  BOOST_TEST(!tape.closed());
  const Tensor of_b = square(line.b);  // does not reach w
  tape.backward(sum(of_b));
  BOOST_TEST(line.b.grad().item() == 0.2);
}

BOOST_AUTO_TEST_CASE(a_changed_parameter_is_a_new_leaf) {
  Parameter w{scalar(2), "w"};
  Tape tape;
  const Tensor before = square(w);
  w.assign(scalar(5));
  const Tensor after = square(w);
  tape.backward(after, {.keep = true});
  BOOST_TEST(w.grad().item() == 10);
  BOOST_CHECK_THROW(tape.backward(before + after), TapeError);
  BOOST_TEST(w.grad().item() == 10);
}

BOOST_AUTO_TEST_CASE(assign_takes_a_tracked_tensors_value) {
  Parameter w{scalar(2), "w"};
  Tape tape;
  const Tensor y = square(w);
  w.assign(y);
  BOOST_TEST(w.value().item() == 4);
  BOOST_TEST(!w.value().tracked());
  BOOST_TEST(w.value().name() == "w");
  BOOST_TEST(y.name() == "square#1");
}

BOOST_AUTO_TEST_CASE(frozen_parameters_are_constants) {
  Parameter w{scalar(2), "w"}, frozen{scalar(3), "frozen", {.trainable = false}};
  Tape tape;
  BOOST_TEST(!square(frozen).tracked());
  tape.backward(w * frozen);
  BOOST_TEST(w.grad().item() == 3);
  BOOST_TEST(!frozen.has_grad());
  frozen.set_trainable(true);
  tape.backward(w * frozen);
  BOOST_TEST(frozen.grad().item() == 2);
  frozen.set_trainable(false);
  BOOST_TEST(!frozen.has_grad());
}

BOOST_AUTO_TEST_CASE(copies_are_deep_and_handles_are_not) {
  Parameter w{scalar(2), "w"};
  Parameter copy(w), handle = w.handle();
  w.assign(scalar(3));
  BOOST_TEST(copy.value().item() == 2);
  BOOST_TEST(handle.value().item() == 3);
  BOOST_TEST((handle == w));
  BOOST_TEST(!(copy == w));
}

BOOST_AUTO_TEST_CASE(gradients_survive_their_reader) {
  Parameter w{tensor({1., 2.}), "w"};
  Tape tape;
  tape.backward(sum(square(w)));
  const Tensor seen = w.grad();
  tape.backward(sum(square(w)));
  BOOST_TEST(seen.values() == values({2, 4}));  // a value never changes under its holder
  BOOST_TEST(w.grad().values() == values({4, 8}));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(hooks)

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

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(custom_operations)

BOOST_AUTO_TEST_CASE(state_captured_by_value) {
  const auto scale_by = [](double k) {
    return Op({.name = "scale",
               .kernel = elementwise([k](auto x) { return x * static_cast<decltype(x)>(k); }),
               .vjps = {[k](const Pullback& c) { return k * c.g; }}});
  };
  Tape tape;
  const Tensor x = tape.variable(tensor({1., 2.}));
  Tensor y;
  {
    const Op triple = scale_by(3);
    y = triple(x);
  }  // the tape holds the operation
  BOOST_TEST(y.name() == "scale#1");
  BOOST_TEST(tape.gradient(sum(y * y), x).values() == values({18, 36}));
}

BOOST_AUTO_TEST_CASE(array_kernels_two_operands_and_second_order) {
  // y = Σ a·b over the last axis, as one value
  const Op dot({.name = "row_dot",
                .operands = {"a", "b"},
                .notation = "{0} ∙ {1}",
                .shape =
                    [](const Call& c) {
                      if (c.x[0].shape() != c.x[1].shape() || c.x[0].rank() != 2)
                        c.shape_error("needs two matrices of one shape, not " + c.describe(0) + " and " +
                                      c.describe(1));
                      return Shape{c.x[0].shape()[0]};
                    },
                .kernel = array_kernel([]<class T>(const Call& c, T* y) {
                  const Index n = c.x[0].shape()[0], k = c.x[0].shape()[1];
                  const T *a = elements<T>(c.x[0]), *b = elements<T>(c.x[1]);
                  for (Index i = 0; i < n; ++i) {
                    y[i] = T(0);
                    for (Index j = 0; j < k; ++j) y[i] += a[i * k + j] * b[i * k + j];
                  }
                }),
                .vjps = {[](const Pullback& c) {
                           return reshape(c.g, {c.g.size(), 1}) * c.x[1];
                         },
                         [](const Pullback& c) {
                           return reshape(c.g, {c.g.size(), 1}) * c.x[0];
                         }}});
  Rng rng(1);
  const GradcheckReport report = gradcheck([&](Inputs in) { return tanh(dot(in[0], in[1])); },
                                           {randn({3, 4}, rng), randn({3, 4}, rng)}, {.order = 2});
  BOOST_TEST(report.passed());
  BOOST_TEST((report.stencil == Stencil::complex_step));
  BOOST_TEST(message([&] {
               dot(ones({2, 3}), ones({3, 2}));
             }).find("row_dot: needs two matrices of one shape, not a (2, 3) and b (3, 2) [tape_test.cpp:") == 0u);
}

BOOST_AUTO_TEST_CASE(a_rule_of_the_wrong_shape) {
  const Op op({.name = "bad", .kernel = elementwise([](auto x) { return x; }), .vjps = {[](const Pullback&) {
                                                                                 return ones({7});
                                                                               }}});
  Parameter w{ones({3}), "w"};
  Tape tape;
  const Tensor loss = sum(op(w));
  BOOST_TEST(message([&] {
               tape.backward(loss);
             }).find("bad: its backward rule for operand 0 gave shape (7) for w (3) [tape_test.cpp:") == 0u);
  BOOST_TEST(!w.has_grad());
}

BOOST_AUTO_TEST_CASE(without_rules_it_is_a_constant) {
  const Op op({.name = "round_up", .kernel = elementwise([]<std::floating_point T>(T x) { return std::ceil(x); })});
  Tape tape;
  BOOST_TEST(!op(tape.variable(tensor({1.5}))).tracked());
}

BOOST_AUTO_TEST_SUITE_END()
