// The tape, sentence by sentence: what is recorded, what closes, what throws, what stays as it was.

#define BOOST_TEST_MODULE tape
#include "line.hpp"

#include <algorithm>
#include <memory>
#include <sstream>

using namespace xgrad;
using support::Line, support::message, support::values;

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

BOOST_AUTO_TEST_CASE(an_operand_may_be_held_by_the_closed_recording_alone) {
  Parameter w{ones({2}), "w"};
  Tape tape;
  tape.backward(sum(w * tensor({2., 3.})));
  const Tensor y = w * Inputs(tape.nodes()[1].x)[1];  // which starts an empty one
  BOOST_TEST(tape.size() == 2u);
  const Tensor other = tensor({5., 7.});  // in memory that is free again
  BOOST_TEST(tape.gradient(sum(y), w).values() == values({2, 3}));
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

BOOST_AUTO_TEST_CASE(a_result_may_be_named_after_its_use) {
  Tape tape;
  const Tensor x = tape.variable(tensor({1., 2.}));
  Tensor y = exp(x), z = square(y);  // which refers to y as it was
  y = named("y", y);
  const Tensor other = tensor({5., 7.}), another = tensor({5., 7.});  // in memory that may be free again
  const std::vector<double> e = y.values();
  BOOST_TEST(Inputs(tape.nodes()[2].x)[0].values() == e);
  BOOST_TEST(tape.gradient(sum(z), x).values() == values({2 * e[0] * e[0], 2 * e[1] * e[1]}));
  BOOST_TEST(tape.gradient(sum(z + y), y).values() == values({2 * e[0] + 1, 2 * e[1] + 1}));
}

BOOST_AUTO_TEST_CASE(copies_of_nodes_outlive_their_recording) {
  Parameter w{tensor({1., 2.}), "w"};
  std::vector<Node> nodes;
  {
    Tape tape;
    const Tensor y = concat({exp(w) * w, w, w, square(w) + 1.});
    nodes = tape.nodes();
    tape.clear();
    const Tensor z = exp(w) * w;
  }
  const std::vector<double> e = exp(w).values();
  BOOST_TEST(Inputs(nodes[2].x)[0].values() == e);
  BOOST_TEST(Inputs(nodes[2].x)[1].values() == values({1, 2}));
  BOOST_TEST(Inputs(nodes.back().x)[3].values() == values({2, 5}));
  nodes.erase(nodes.begin());
  nodes.insert(nodes.begin(), Node(nodes.back()));
  BOOST_TEST(Inputs(nodes.front().x)[3].values() == values({2, 5}));
}

BOOST_AUTO_TEST_CASE(a_variable_may_be_made_of_what_a_closed_recording_alone_holds) {
  Parameter w{ones({2}), "w"};
  Tape tape;
  tape.backward(sum(w * tensor({2., 3.})));
  BOOST_TEST(tape.variable(Inputs(tape.nodes()[1].x)[1]).values() == values({2, 3}));
}

BOOST_AUTO_TEST_CASE(what_a_failed_composition_left_behind_is_refused) {
  Tape tape;
  const Tensor x = tape.variable(tensor({1., 2.}));
  Tensor kept, called;
  const auto composition = [&] {
    const CallSite site({"composed.cpp", 7});
    kept = exp(x);
    called = named("called", square(x));
    x + ones({3});
  };
  BOOST_CHECK_THROW(composition(), ShapeError);
  BOOST_TEST(tape.size() == 1u);
  const Tensor y = tanh(x), z = tanh(y);  // which have the numbers of those two
  for (const Tensor& left : {kept, called})
    BOOST_TEST(message([&] { square(left); }).find("belongs to a recording that is gone") != std::string::npos);
  BOOST_TEST(tape.size() == 3u);
  BOOST_TEST(kept.values() == exp(tensor({1., 2.})).values());
}

BOOST_AUTO_TEST_CASE(a_failed_composition_takes_its_hooks_with_it) {
  Tape tape;
  const Tensor x = tape.variable(tensor({1., 2.}));
  const auto composition = [&] {
    const CallSite site({"composed.cpp", 7});
    tape.on_gradient(exp(x), [](const Tensor& g) { return 100. * g; });
    x + ones({3});
  };
  BOOST_CHECK_THROW(composition(), ShapeError);
  const Tensor y = square(x);  // which has the number of that one
  BOOST_TEST(tape.gradient(sum(y), x).values() == values({2, 4}));
}

BOOST_AUTO_TEST_CASE(a_hook_may_add_hooks) {
  Tape tape;
  const Tensor x = tape.variable(tensor({1., 2.})), y = square(x);
  int calls = 0;
  tape.on_gradient(y, [&tape, &calls](const Tensor& g) {
    for (int i = 0; i < 100; ++i)
      tape.on_gradient(Tensor(tape.nodes()[0].y), [&calls](const Tensor& h) { return ++calls, h; });
    ++calls;
    return 3. * g;
  });
  BOOST_TEST(tape.gradient(sum(y), x).values() == values({6, 12}));
  BOOST_TEST(calls == 101);
}

BOOST_AUTO_TEST_CASE(a_hook_keeps_its_state) {
  Tape tape;
  const Tensor x = tape.variable(tensor({1., 2.})), y = square(x);
  tape.on_gradient(y, [calls = 0](const Tensor& g) mutable { return static_cast<double>(++calls) * g; });
  BOOST_TEST(tape.gradient(sum(y), x).values() == values({2, 4}));
  BOOST_TEST(tape.gradient(sum(y), x).values() == values({4, 8}));
}

const std::string in_use =
    "clear: a rule or a hook must neither clear the recording that it runs in nor begin the next";

BOOST_AUTO_TEST_CASE(a_hook_must_not_clear_the_recording) {
  Tape tape;
  const Tensor x = tape.variable(tensor({1., 2.})), y = square(x);
  tape.on_gradient(y, [&tape, scale = 2.](const Tensor& g) { return tape.clear(), scale * g; });
  CHECK_MESSAGE(tape.gradient(sum(y), x), in_use);
  BOOST_TEST(tape.gradient(sum(square(x)), x).values() == values({2, 4}));
  tape.clear();
  const Tensor z = tape.variable(tensor({1., 2.}));
  BOOST_TEST(tape.gradient(sum(square(z)), z).values() == values({2, 4}));
}

BOOST_AUTO_TEST_CASE(a_rule_must_not_clear_the_recording) {
  Tape tape;
  bool begins = false;
  const Op twice({.name = "twice",
                  .kernel = {.f32 = [](const Call& c, const Shape&) { return c.x[0] + c.x[0]; },
                             .f64 = [](const Call& c, const Shape&) { return c.x[0] + c.x[0]; }},
                  .vjps = {[&](const Pullback& c) {
                    if (begins)
                      tape.variable(c.g);
                    else
                      tape.clear();
                    return 2. * c.g + 0. * c.x[0];
                  }}});
  const Tensor x = tape.variable(tensor({1., 2.}));
  CHECK_MESSAGE(tape.gradient(sum(twice(square(x))), x), in_use);
  begins = true;  // beside those of the recording
  BOOST_TEST(tape.gradient(sum(twice(square(x))), x).values() == values({4, 8}));
  Parameter p{tensor({1., 2.}), "p"};
  const Tensor y = sum(twice(square(p)));
  begins = false;
  CHECK_MESSAGE(tape.backward(y), in_use);
  BOOST_TEST(!p.has_grad());
  begins = true;
  tape.backward(y);
  BOOST_TEST(p.grad().values() == values({4, 8}));
  CHECK_MESSAGE(tape.gradient(y, p), in_use);  // it would begin the next recording
}

BOOST_AUTO_TEST_CASE(a_hook_may_make_variables) {
  Tape tape;
  const Tensor x = tape.variable(tensor({1., 2.})), y = square(x);
  tape.on_gradient(y, [&tape](const Tensor& g) {
    for (int i = 0; i < 100; ++i) tape.variable(g);
    return 3. * g;
  });
  BOOST_TEST(tape.gradient(sum(y), x).values() == values({6, 12}));
}

BOOST_AUTO_TEST_CASE(attributes_of_a_closed_recording_serve_the_next) {
  Parameter w{matrix({{1, 2}, {3, 4}}), "w"};
  Tape tape;
  const Tensor y = sum(w, {1});
  tape.backward(sum(y));
  const auto is_sum = [](const Op& op) { return op->name == "sum"; };
  const Op total = *std::find_if(catalogue().begin(), catalogue().end(), is_sum);
  const Tensor again = total(w, tape.nodes()[1].attributes);
  BOOST_TEST(again.values() == values({3, 7}));
  BOOST_TEST(tape.size() == 2u);
  for (int i = 0; i < 100; ++i)  // while the nodes move
    BOOST_TEST(total(w, tape.nodes()[1].attributes).values() == values({3, 7}));
}

// Gradient reversal: Ganin, Lempitsky, Unsupervised domain adaptation by backpropagation (2015).
BOOST_AUTO_TEST_CASE(a_kernel_may_return_its_operand) {
  const Kernel same = [](const Call& c, const Shape&) { return c.x[0]; };
  const Op reverse({.name = "reverse", .kernel = {same, same, same}, .vjps = {[](const Pullback& c) { return -c.g; }}});
  Parameter w{tensor({1., 2.}), "w"};
  Tape tape;
  const Tensor x = tape.variable(tensor({3., 4.})), y = reverse(x), z = reverse(w);
  BOOST_TEST(tape.gradient(sum(square(y)), x).values() == values({-6, -8}));
  BOOST_TEST(tape.gradient(sum(square(z)), w).values() == values({-2, -4}));
  BOOST_TEST(!w.value().tracked());
  const auto held = [&] {
    const NoGrad off;
    return reverse(x);
  };
  BOOST_TEST(!held().tracked());
  const Op stop({.name = "stop", .kernel = {same, same, same}, .vjps = {nullptr}});
  BOOST_TEST(!stop(x).tracked());
  BOOST_TEST(tape.gradient(sum(x * stop(x)), x).values() == values({3, 4}));
}
