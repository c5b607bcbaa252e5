// Operations of a user's own: the same fields as a built-in one, and the same treatment.

#define BOOST_TEST_MODULE custom_op
#include "support.hpp"

using namespace xgrad;
using support::message, support::values;

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
             }).find("row_dot: needs two matrices of one shape, not a (2, 3) and b (3, 2) [custom_op_test.cpp:") == 0u);
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
             }).find("bad: its backward rule for operand 0 gave shape (7) for w (3) [custom_op_test.cpp:") == 0u);
  BOOST_TEST(!w.has_grad());
}

BOOST_AUTO_TEST_CASE(without_rules_it_is_a_constant) {
  const Op op({.name = "round_up", .kernel = elementwise([]<std::floating_point T>(T x) { return std::ceil(x); })});
  Tape tape;
  BOOST_TEST(!op(tape.variable(tensor({1.5}))).tracked());
}
