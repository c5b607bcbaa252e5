// The non-finite check: each planted pathology is reported at its operation and line; healthy nets are left alone.

#define BOOST_TEST_MODULE finite
#include "support.hpp"

#include <nn/nn.hpp>

using namespace xgrad;
using support::message;

namespace {

int planted = 0;

Tensor v(std::initializer_list<double> values) { return tensor(values); }

struct Check {
  Tape tape{{.check_finite = true}};
  Tensor x;
  explicit Check(const Tensor& value) : x(named("x", tape.variable(value))) {}
};

bool starts_and_ends(const std::string& text, const std::string& start, int line) {
  return text.starts_with(start) && text.ends_with(to_string(Where{__FILE__, line}));
}

}  // namespace

// EXPRESSION, in which x is a variable of that value, makes a NaN or an infinity in operation OP on the way there.
#define FORWARD(op, value, expression)                                                                            \
  do {                                                                                                            \
    Check c(value);                                                                                               \
    const Tensor& x = c.x;                                                                                        \
    const std::size_t size = c.tape.size();                                                                       \
    const std::string text = message([&] { expression; });                                                        \
    BOOST_TEST(starts_and_ends(text, op ": made ", __LINE__), op " is not blamed for " #expression ": " << text); \
    BOOST_TEST(c.tape.size() >= size);                                                                            \
    ++planted;                                                                                                    \
  } while (false)

// The same on the way back.
#define BACKWARD(op, value, expression)                                                     \
  do {                                                                                      \
    Check c(value);                                                                         \
    const Tensor& x = c.x;                                                                  \
    const Tensor y = sum(expression);                                                       \
    const std::size_t size = c.tape.size();                                                 \
    for (const bool record : {false, true}) {                                               \
      const std::string text = message([&] { c.tape.gradient(y, x, {.record = record}); }); \
      BOOST_TEST(starts_and_ends(text, "backward of " op ": made ", __LINE__),              \
                 op " is not blamed for " #expression ": " << text);                        \
      BOOST_TEST(c.tape.size() == size);                                                    \
    }                                                                                       \
    ++planted;                                                                              \
  } while (false)

BOOST_AUTO_TEST_CASE(forward_by_domain) {
  FORWARD("log", v({1, 0}), log(x));
  FORWARD("log", v({-1}), log(x));
  FORWARD("log", v({0}).to(f32), log(x));
  FORWARD("log1p", v({-1}), log1p(x));
  FORWARD("sqrt", v({-1e-20}), sqrt(x));
  FORWARD("rsqrt", v({0}), rsqrt(x));
  FORWARD("rsqrt", v({-1}), rsqrt(x));
  FORWARD("reciprocal", v({0}), reciprocal(x));
  FORWARD("div", v({1}), x / 0.);
  FORWARD("div", v({0}), x / x);
  FORWARD("div", v({0, 1}), 1. / x);
  FORWARD("pow", v({0}), pow(x, -1.));
  FORWARD("pow", v({-1}), pow(x, 0.5));
  FORWARD("pow", v({-8}), pow(x, 1. / 3));
  FORWARD("asin", v({2}), asin(x));
  FORWARD("acos", v({-2}), acos(x));
  FORWARD("acos", v({1}), acos(x + 1e-9));
  FORWARD("logsumexp", v({1}), logsumexp(slice(x, 0, 0, 0)));
  FORWARD("binary_cross_entropy", v({0}), binary_cross_entropy(x, v({1})));
}

BOOST_AUTO_TEST_CASE(forward_by_overflow) {
  FORWARD("exp", v({800}), exp(x));
  FORWARD("exp", v({89}).to(f32), exp(x));
  FORWARD("expm1", v({800}), expm1(x));
  FORWARD("sinh", v({-800}), sinh(x));
  FORWARD("cosh", v({-800}), cosh(x));
  FORWARD("square", v({1e200}), square(x));
  FORWARD("square", v({1e30}).to(f32), square(x));
  FORWARD("mul", v({1e200}), x * x);
  FORWARD("add", v({1.7e308}), x + x);
  FORWARD("sub", v({1.7e308}), x - (-x));
  FORWARD("pow", v({1e10}), pow(x, 100.));
  FORWARD("selu", v({1.79e308}), selu(x));
  FORWARD("cast", v({1e300}), cast(x, f32));
  FORWARD("sum", v({1.7e308, 1.7e308}), sum(x));
  FORWARD("mean", v({1.7e308, 1.7e308}), mean(x));
  FORWARD("prod", v({1e200, 1e200}), prod(x));
  FORWARD("cumsum", v({1.7e308, 1.7e308}), cumsum(x, 0));
  FORWARD("var", v({1e200, -1e200}), var(x));
  FORWARD("mse", v({1e200}), mse(x, zeros({1})));
  FORWARD("matmul", v({1e200, 1e200}), matmul(x, x));
  FORWARD("conv2d", reshape(v({1e200}), {1, 1, 1, 1}), conv2d(x, 1e200 * ones({1, 1, 1, 1})));
  FORWARD("avg_pool2d", reshape(v({1.7e308, 1.7e308}), {1, 1, 1, 2}), avg_pool2d(x, {1, 2}));
  FORWARD("index_add", v({1.7e308}), index_add(x, 0, zeros({1}), x));
  FORWARD("scatter_add", v({1.7e308}), scatter_add(x, 0, zeros({1}), x));
}

BOOST_AUTO_TEST_CASE(forward_as_people_write_it) {
  FORWARD("log", v({-1, 2}), where(x > 0., log(x), 0.));
  FORWARD("log", v({1, 2}), log(sum(x * 0.)));
  FORWARD("exp", v({1000, 0}), exp(x) / sum(exp(x)));
  FORWARD("sqrt", v({0.1, 0.1, 0.1}), sqrt(mean(square(x)) - square(mean(x)) - 1e-17));
  FORWARD("div", v({0, 0}), x / norm(x));
  FORWARD("div", v({0, 0}), sum(x * v({1, 2})) / (norm(x) * norm(v({1, 2}))));
  FORWARD("log", v({-800}), log(sigmoid(x)));
  FORWARD("log", v({40}), log(1. - sigmoid(x)));
  FORWARD("log", v({0, 800}), -sum(v({1, 0}) * log(softmax(x))));
  FORWARD("log", v({0, 1}), sum(x * log(x)));
  FORWARD("log", v({0, 4}), exp(mean(log(x))));
  FORWARD("div", v({3, 3}), (x - mean(x)) / stddev(x));
  FORWARD("exp", v({1e4}), log(1. + exp(x)));
}

BOOST_AUTO_TEST_CASE(backward) {
  BACKWARD("sqrt", v({0, 1}), sqrt(x));
  BACKWARD("sqrt", v({0, 0}), sqrt(sum(square(x))));
  BACKWARD("sqrt", v({0}), where(x > 0., sqrt(x), 0.));
  BACKWARD("pow", v({0}), pow(x, 0.5));
  BACKWARD("log", v({1e-310}), log(x));
  BACKWARD("asin", v({1}), asin(x));
  BACKWARD("acos", v({-1}), acos(x));
  BACKWARD("atan2", v({0}), atan2(x, zeros({1})));
  BACKWARD("rsqrt", v({1e-250}), rsqrt(x));
  BACKWARD("reciprocal", v({1e-200}), reciprocal(x));
  BACKWARD("div", v({1e-200}), 1. / x);
  BACKWARD("mul", v({1e-300}), x * 1e300 * 1e10);
  BACKWARD("matmul", v({1e-300}), matmul(x, v({1e300})) * 1e10);
  BACKWARD("binary_cross_entropy", v({0}), binary_cross_entropy(x, v({0})));
  BACKWARD("conv2d", reshape(v({1e-300}), {1, 1, 1, 1}), conv2d(x, 1e300 * ones({1, 1, 1, 1})) * 1e10);
  BACKWARD("cumsum", v({1e-300, 0}), cumsum(x, 0) * 1.7e308);
}

BOOST_AUTO_TEST_CASE(sums_and_hooks) {
  {
    Check c(v({1e-300}));
    const Tensor y = sum(c.x * 1.7e308 + c.x * 1.7e308);
    BOOST_TEST(
        message([&] { c.tape.gradient(y, c.x); }).starts_with("backward: the gradient summed for x (1) is inf at (0)"));
    ++planted;
  }
  {
    Check c(v({1}));
    const Tensor y = named("y", exp(c.x));
    c.tape.on_gradient(y, [](const Tensor& g) { return g / 0.; });
    BOOST_TEST(message([&] {
                 c.tape.gradient(sum(y), c.x);
               }).starts_with("backward: what a hook made of the gradient of y (1) is inf at (0)"));
    ++planted;
  }
}

BOOST_AUTO_TEST_CASE(the_whole_message) {
  Check c(matrix({{1, 2}, {0, 4}}));
  CHECK_MESSAGE_HERE(log(c.x), "log: made -inf at (1, 0) from x (2, 2) in [0, 4]");
  CHECK_MESSAGE_HERE(v({1, 2}) / (c.x - c.x),
                     "div: made inf at (0, 0) from a (2) in [1, 2] and sub#1 (2, 2) in [0, 0]");
  const Where line{__FILE__, __LINE__ + 1};
  const Tensor y = sum(sqrt(c.x));
  BOOST_TEST(message([&] { c.tape.gradient(y, c.x); }) ==
             "backward of sqrt: made inf at (1, 0) for x (2, 2) from x (2, 2) in [0, 4], result in [0, 2], cotangent "
             "in [1, 1]" +
                 to_string(line));
}

BOOST_AUTO_TEST_CASE(what_came_in_is_said_to_have_come_in) {
  const Tensor data = named("data", v({1, NAN}));
  Check c(v({1, 2}));
  CHECK_MESSAGE_HERE(
      c.x * data,
      "mul: data (2) came with nan at (1): it was not finite before, no operation of this recording made it so");
  const Where line{__FILE__, __LINE__ + 1};
  const Tensor y = square(c.x);
  CHECK_MESSAGE(c.tape.gradient(y, c.x, {.cotangent = v({0, INFINITY})}),
                "backward of square: the cotangent came with inf at (1)" + to_string(line));
  Tape off;
  BOOST_TEST(!all_finite(off.variable(v({1, 2})) * data));
}

BOOST_AUTO_TEST_CASE(healthy_nets_are_left_alone) {
  Rng rng(3);
  const auto [x, y] = nn::data::moons(100, 0.2, rng);
  for (const bool check : {false, true}) {
    Rng init(7);
    nn::Sequential net{nn::Linear(2, 8, init), nn::Relu{}, nn::Linear(8, 4, init), nn::Tanh{}, nn::Linear(4, 1, init)};
    nn::Sgd sgd{net, {.lr = 0.5}};
    Tape tape({.check_finite = check});
    double loss = 0;
    for (int i = 0; i < 100; ++i) {
      const Tensor cost = binary_cross_entropy_with_logits(net(x), y);
      loss = cost.item();
      BOOST_REQUIRE_NO_THROW(tape.backward(cost));
      sgd.step();
    }
    static double unchecked = 0;
    if (!check) unchecked = loss;
    BOOST_TEST(loss == unchecked, "the check changes no bit");
  }
}

BOOST_AUTO_TEST_CASE(healthy_operations_are_left_alone) {
  // every sample of the catalogue, forward and backward, but those that lead outside of finite numbers themselves
  for (const Op& op : catalogue())
    for (const Sample& sample : op->samples()) {
      Tape tape({.check_finite = true});
      std::vector<Tensor> leaves;
      for (const Tensor& x : sample.inputs) leaves.push_back(tape.variable(x));
      Tensor y;
      const std::string text = message([&] {
        y = sample.call(leaves);
        if (y.tracked() && y.size() > 0) tape.gradients(y, Args(leaves), {.cotangent = detail::ones_like(y)});
      });
      BOOST_TEST(text == "");
    }
}

BOOST_AUTO_TEST_CASE(tape_and_parameters_stay_as_they_were) {
  Parameter w{v({0.}), "w"};
  Tape tape({.check_finite = true});
  const Tensor y = sum(sqrt(w));
  BOOST_TEST(message([&] { tape.backward(y); }) != "");
  BOOST_TEST(!w.has_grad());
  BOOST_TEST(!tape.closed());
  BOOST_TEST(tape.size() == 3u);
  BOOST_TEST(message([&] { (void)log(w); }) != "");
  BOOST_TEST(tape.size() == 3u);
}

BOOST_AUTO_TEST_CASE(there_are_enough) { BOOST_TEST(planted >= 60); }
