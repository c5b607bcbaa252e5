// Gradcheck itself: it must find planted bugs, know kinks, and never pass on nothing.

#define BOOST_TEST_MODULE gradcheck
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <sstream>

#include <autograd/autograd.hpp>

using namespace xgrad;

namespace {

// A net of Parameters with one loss, as a user has it.
struct Net {
  Rng rng{5};
  Parameter W1{randn({4, 2}, rng), "W1"}, b1{randn({4}, rng), "b1"}, W2{randn({1, 4}, rng), "W2"}, b2{zeros({1}), "b2"};
  Tensor x = randn({20, 2}, rng), y = rand({20, 1}, rng) > 0.5;
  Tensor loss() const {
    return binary_cross_entropy_with_logits(matmul(tanh(matmul(x, transpose(W1)) + b1), transpose(W2)) + b2, y);
  }
  GradcheckReport check(const GradcheckOptions& options = {}) {
    return gradcheck([this] { return loss(); }, {&W1, &b1, &W2, &b2}, options);
  }
};

// x³ whose rule is multiplied by a factor: 1 is right.
Op cube(double factor) {
  return Op({.name = "cube",
             .notation = "{0}³",
             .kernel = elementwise([](auto x) { return x * x * x; }),
             .vjps = {[factor](const Pullback& c) { return factor * 3. * c.g * square(c.x[0]); }}});
}

GradcheckReport check_cube(double factor, const GradcheckOptions& options = {}) {
  const Op op = cube(factor);
  return gradcheck([&](Inputs in) { return sum(op(in[0])); }, {tensor({0.5, -1.5, 2})}, options);
}

std::string text(const auto& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_stencil_agrees_on_a_net) {
  Net net;
  const std::pair<Stencil, double> limits[] = {{Stencil::complex_step, 1e-13},
                                               {Stencil::six_point, 1e-9},
                                               {Stencil::four_point, 1e-8},
                                               {Stencil::central, 1e-6}};
  for (const auto& [stencil, limit] : limits) {
    const GradcheckReport report = net.check({.stencil = stencil});
    BOOST_TEST(report.passed());
    BOOST_TEST((report.stencil == stencil));
    BOOST_TEST(report.worst() <= limit, to_string(stencil) << ": " << report.worst());
  }
  BOOST_TEST(net.check({.order = 2}).worst() <= 1e-13);
}

// Formulas with |x| and max(x, 0) in them have to take the same side of 0 in both.
BOOST_AUTO_TEST_CASE(the_complex_step_is_right_at_zero) {
  const std::pair<const char*, std::function<Tensor(const Tensor&)>> smooth[] = {
      {"sigmoid", [](const Tensor& x) { return sigmoid(x); }},
      {"log_sigmoid", [](const Tensor& x) { return log_sigmoid(x); }},
      {"softplus", [](const Tensor& x) { return softplus(x); }},
      {"gelu_tanh", [](const Tensor& x) { return gelu_tanh(x); }},
      {"silu", [](const Tensor& x) { return silu(x); }},
      {"tanh", [](const Tensor& x) { return tanh(x); }},
      {"expm1", [](const Tensor& x) { return expm1(x); }},
      {"log1p", [](const Tensor& x) { return log1p(x); }},
      {"binary_cross_entropy_with_logits",
       [](const Tensor& x) {
         return binary_cross_entropy_with_logits(x, tensor({0, 1, 0.25, 1}));
       }},
      {"cross_entropy", [](const Tensor& x) {
         return cross_entropy(reshape(x, {2, 2}), tensor({0, 1}));
       }}};
  for (const auto& [name, f] : smooth) {
    const GradcheckReport report =
        gradcheck([&, &f = f](Inputs in) { return sum(f(in[0])); }, {zeros({4})}, {.stencil = Stencil::complex_step});
    BOOST_TEST(report.worst() <= 1e-15, name << ": " << report);
  }
}

BOOST_AUTO_TEST_CASE(parameters_stay_as_they_were) {
  Net net;
  Tape tape;
  tape.backward(net.loss());
  const std::uint64_t version = net.W1.version();
  const std::vector<double> value = net.W1.value().values(), grad = net.W1.grad().values();
  net.check({.order = 2});
  BOOST_TEST(net.W1.version() == version);
  BOOST_TEST(net.W1.value().values() == value);
  BOOST_TEST(net.W1.grad().values() == grad);
  tape.backward(net.loss());
}

BOOST_AUTO_TEST_CASE(parameters_stay_when_the_loss_throws) {
  Net net;
  const std::vector<double> value = net.W1.value().values();
  int calls = 0;
  const auto loss = [&] {
    if (++calls == 5) throw std::runtime_error("in the middle");
    return net.loss();
  };
  BOOST_CHECK_THROW(gradcheck(loss, {&net.W1}), std::runtime_error);
  BOOST_TEST(net.W1.value().values() == value);
  BOOST_TEST((net.W1.dtype() == f64));
  BOOST_TEST(Tape::recording() == nullptr);
}

BOOST_AUTO_TEST_CASE(works_inside_no_grad_and_beside_a_tape) {
  Net net;
  Tape tape;
  const Tensor before = net.loss();
  const std::size_t size = tape.size();
  const NoGrad off;
  BOOST_TEST(net.check().passed());
  BOOST_TEST(tape.size() == size);
}

BOOST_AUTO_TEST_CASE(a_wrong_factor_fails_by_every_stencil) {
  for (const Stencil s : {Stencil::complex_step, Stencil::six_point, Stencil::four_point, Stencil::central}) {
    BOOST_TEST(check_cube(1, {.stencil = s}).passed());
    const GradcheckReport report = check_cube(1.001, {.stencil = s});
    BOOST_TEST(!report.passed());
    BOOST_TEST((report.inputs[0].verdict == Verdict::fail));
    BOOST_TEST(std::abs(report.worst() - 0.001) < 1e-5);
    BOOST_TEST((report.inputs[0].worst()->index == Dims{2}));
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_second_derivative_fails_at_order_two) {
  // the first derivative is right; its own rule is not, since it was detached
  const Op op({.name = "half_blind",
               .kernel = elementwise([](auto x) { return x * x * x; }),
               .vjps = {[](const Pullback& c) { return c.g * 3. * square(c.x[0].detach()); }}});
  const auto f = [&](Inputs in) { return sum(op(in[0])); };
  BOOST_TEST(gradcheck(f, {tensor({0.5, 2})}).passed());
  const GradcheckReport report = gradcheck(f, {tensor({0.5, 2})}, {.order = 2});
  BOOST_TEST(!report.passed());
  BOOST_TEST((report.inputs[0].verdict == Verdict::pass));
  BOOST_TEST((report.inputs[1].verdict == Verdict::fail));
}

BOOST_AUTO_TEST_CASE(nothing_tested_is_no_pass) {
  const auto verdict = [](const Function& f) {
    const GradcheckReport report = gradcheck(f, {tensor({0.5, 2})});
    BOOST_TEST(!report.passed());
    return report.inputs[0].verdict;
  };
  BOOST_TEST((verdict([](Inputs in) { return sum(in[0] * 0.); }) == Verdict::zero));
  BOOST_TEST((verdict([](Inputs) { return scalar(3); }) == Verdict::disconnected));
  BOOST_TEST((verdict([](Inputs in) { return sum(in[0] > 1.); }) == Verdict::disconnected));
  // detached, though the value depends on it: the numbers disagree
  BOOST_TEST((verdict([](Inputs in) { return sum(in[0].detach()); }) == Verdict::fail));
  BOOST_TEST(text(gradcheck([](Inputs) { return scalar(3); }, {tensor({1.})})).find("does not depend on it") !=
             std::string::npos);
  BOOST_CHECK_THROW(gradcheck([](Inputs) { return scalar(3); }, std::vector<Tensor>{}), ShapeError);
}

BOOST_AUTO_TEST_CASE(kinks_are_kinks) {
  const Tensor x = tensor({0., 1., -1.});
  for (const Stencil s : {Stencil::complex_step, Stencil::six_point, Stencil::central}) {
    for (const Function& f :
         {Function([](Inputs in) { return relu(in[0]); }), Function([](Inputs in) { return abs(in[0]); }),
          Function([](Inputs in) { return maximum(in[0], 0.); }),
          Function([](Inputs in) { return where(in[0] > 0., square(in[0]), in[0]); })}) {
      const GradcheckReport report = gradcheck(f, {x}, {.stencil = s});
      BOOST_TEST(report.inputs[0].entries[0].kink);
      BOOST_TEST(report.inputs[0].kinks() == 1u);
      BOOST_TEST(report.passed());
    }
    const GradcheckReport tied =
        gradcheck([](Inputs in) { return max(in[0]); }, {tensor({2., 2., 1.})}, {.stencil = s});
    BOOST_TEST(tied.inputs[0].kinks() == 2u);
    BOOST_TEST((gradcheck([](Inputs in) { return abs(in[0]); }, {tensor({0.})}, {.stencil = s}).inputs[0].verdict ==
                Verdict::kink));
  }
}

BOOST_AUTO_TEST_CASE(a_bug_beside_a_kink_is_found) {
  const Op op({.name = "twice_relu",
               .kernel = elementwise([]<class X>(const X& x) { return std::real(x) > 0 ? x : X(0); }),
               .vjps = {[](const Pullback& c) { return where(c.x[0] > 0., 2. * c.g, 0.); }},
               .kink = "x = 0",
               .branch = [](const Call& c) { return c.x[0] > 0.; }});
  const GradcheckReport report = gradcheck([&](Inputs in) { return op(in[0]); }, {tensor({0., 1.})});
  BOOST_TEST(!report.passed());
  BOOST_TEST(report.inputs[0].kinks() == 1u);
}

BOOST_AUTO_TEST_CASE(no_complex_form_is_said) {
  const GradcheckReport power = gradcheck([](Inputs in) { return sum(pow(in[0], 2.)); }, {tensor({-1., 2.})});
  BOOST_TEST(power.passed());
  BOOST_TEST((power.stencil == Stencil::six_point));
  BOOST_TEST(power.reason.find("pow: has no complex form at base <= 0") == 0u);
  const Op op({.name = "real_only",
               .kernel = elementwise([]<std::floating_point T>(T x) { return std::erf(x); }),
               .vjps = {[](const Pullback& c) { return c.g * exp(-square(c.x[0])) * 1.1283791670955126; }}});
  const GradcheckReport report = gradcheck([&](Inputs in) { return sum(op(in[0])); }, {tensor({-1., 0.3})});
  BOOST_TEST(report.passed());
  BOOST_TEST(report.reason.find("real_only: has no complex form") == 0u);
  BOOST_CHECK_THROW(
      gradcheck([&](Inputs in) { return sum(op(in[0])); }, {tensor({1.})}, {.stencil = Stencil::complex_step}),
      NumericError);
}

BOOST_AUTO_TEST_CASE(f32_is_checked_with_what_f32_can_give) {
  Rng rng(3);
  const GradcheckReport report = gradcheck([](Inputs in) { return sum(tanh(matmul(in[0], in[1]))); },
                                           {randn({30, 20}, rng, f32), randn({20, 5}, rng, f32)});
  BOOST_TEST(report.passed());
  BOOST_TEST(report.reason.find("f32") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_not_finite_is_refused) {
  BOOST_CHECK_THROW(gradcheck([](Inputs in) { return sum(log(in[0])); }, {tensor({-1.})}), NumericError);
}

BOOST_AUTO_TEST_CASE(entries_and_worst) {
  const GradcheckReport report =
      gradcheck([](Inputs in) { return sum(square(in[0])); }, {named("X", matrix({{1, 2}, {3, 4}}))});
  const GradcheckInput& x = report.inputs.at(0);
  BOOST_TEST(x.name == "X");
  BOOST_REQUIRE(x.entries.size() == 4u);
  BOOST_TEST((x.entries[2].index == Dims{1, 0}));
  BOOST_TEST(x.entries[2].analytic == 6);
  BOOST_TEST(std::abs(x.entries[2].numeric - 6) < 1e-14);
  BOOST_TEST(x.scale == 8, boost::test_tools::tolerance(1e-14));
  BOOST_TEST(text(report).find("X      (2, 2)") != std::string::npos);
  BOOST_TEST(text(x).find("(1, 1)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_v_curve_has_its_shape) {
  Net net;
  const VCurve curve = v_curve([&] { return net.loss(); }, net.W1, {0, 1});
  BOOST_TEST(curve.entry == "W1(0, 1)");
  BOOST_REQUIRE(curve.rows.size() == 15u);
  BOOST_TEST(curve.rows[1].central > 30 * curve.rows[2].central);    // truncation: h²
  BOOST_TEST(curve.rows[14].central > 1e4 * curve.rows[5].central);  // rounding: 1/h
  BOOST_TEST(curve.rows[1].six_point < curve.rows[1].central);
  BOOST_TEST(curve.rows[14].complex_step < 1e-13);
  BOOST_CHECK_THROW(v_curve([&] { return net.loss(); }, net.W1, {9, 1}), ShapeError);
  BOOST_TEST(text(curve).starts_with("error of d/d W1(0, 1) = "));
  BOOST_TEST(text(curve).find("6-point") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_a_complex_form_the_curve_has_a_gap) {
  const VCurve curve = v_curve([](Inputs in) { return sum(erf(in[0])); }, {tensor({0.5})}, 0, {-1});
  for (const VCurve::Row& row : curve.rows) BOOST_TEST(std::isnan(row.complex_step));
  BOOST_TEST(text(curve).find("-\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_input_of_kinks_only_has_no_largest_difference) {
  const GradcheckReport report = gradcheck([](Inputs in) { return relu(in[0]); }, {tensor({0., 0.})});
  BOOST_TEST((report.inputs[0].verdict == Verdict::kink));
  BOOST_TEST(report.inputs[0].worst() == nullptr);
  BOOST_TEST(text(report).find("1      -") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(indices_computed_from_an_input) {
  const Tensor table = matrix({{1, 2}, {3, 4}, {5, 6}});
  const GradcheckReport report = gradcheck(
      [&](Inputs in) {
        if (!all_finite(in[0])) throw std::logic_error("not finite");
        return where(floor(in[0] - 0.5), square(in[0]), in[0]) * index_select(table, 0, floor(in[0]));
      },
      {tensor({0.25, 1.75})});
  BOOST_TEST((report.stencil == Stencil::complex_step));
  BOOST_TEST(report.passed());
  BOOST_TEST(report.inputs[0].entries[0].analytic != 0);
}

BOOST_AUTO_TEST_CASE(two_inputs_and_any_shape) {
  Rng rng(9);
  const GradcheckReport report = gradcheck([](Inputs in) { return softmax(matmul(in[0], in[1])); },
                                           {randn({3, 4}, rng), randn({4, 5}, rng)}, {.order = 2});
  BOOST_TEST(report.passed());
  BOOST_TEST(report.inputs.size() == 4u);
}
