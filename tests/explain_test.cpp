// Formulas of recordings and of rules, and how tensors and tapes print.

#define BOOST_TEST_MODULE explain
#include <boost/test/unit_test.hpp>

#include <sstream>

#include <autograd/autograd.hpp>
#include <autograd/explain.hpp>

using namespace xgrad;

namespace {

std::string text(const auto& value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

const Op& find(const std::string& name) {
  for (const Op& op : catalogue())
    if (op->name == name) return op;
  throw std::runtime_error("no operation " + name);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_net_as_a_formula) {
  Parameter W{ones({4, 2}), "W"}, b{zeros({4}), "b"};
  const Tensor x = named("X", ones({3, 2}));
  Tape tape;
  const Tensor z = matmul(x, transpose(W)) + b;
  BOOST_TEST(formula(tape, tanh(z)) == "tanh((X · Wᵀ) + b)");
  const Tensor z1 = named("Z1", z);
  BOOST_TEST(formula(tape, tanh(z1)) == "tanh(Z1)");
  BOOST_TEST(formula(tape, z1) == "(X · Wᵀ) + b");
  BOOST_TEST(formula(tape, 2. * (z1 - 1.)) == "2 * (Z1 - 1)");
  BOOST_CHECK_THROW(formula(tape, x), TapeError);
}

BOOST_AUTO_TEST_CASE(rules_as_formulas) {
  BOOST_TEST(derivative_formula(find("tanh"), 0) == "g * (1 - y²)");
  BOOST_TEST(derivative_formula(find("div"), 1) == "(-g * y) / b");
  BOOST_TEST(derivative_formula(find("relu"), 0) == "where(y > 0, g, 0)");
  BOOST_TEST(derivative_formula(find("matmul"), 1) == "aᵀ · g");
  BOOST_TEST(derivative_formula(find("where"), 0) == "");
  BOOST_TEST(derivative_formula(find("less"), 0) == "");
  const Op without_samples({.name = "twice",
                            .kernel = elementwise([](auto x) { return x + x; }),
                            .vjps = {[](const Pullback& c) { return 2. * c.g; }},
                            .samples = [] { return std::vector<Sample>{}; }});
  BOOST_TEST(derivative_formula(without_samples, 0) == "");
}

BOOST_AUTO_TEST_CASE(every_derivative_has_a_formula) {
  for (const Op& op : catalogue())
    for (std::size_t i = 0; i < op->vjps.size(); ++i)
      BOOST_TEST(derivative_formula(op, i).empty() == !op->vjps[i], op->name << " by operand " << i);
}

BOOST_AUTO_TEST_CASE(tensors_print_their_values) {
  BOOST_TEST(text(scalar(2.5)) == "f64 () 2.5");
  BOOST_TEST(text(named("A", matrix({{1, 2}, {3, 4}}, f32))) == "A f32 (2, 2) {{1, 2},\n {3, 4}}");
  BOOST_TEST(text(arange(0, 100)) == "f64 (100) {0, 1, 2, …, 97, 98, 99}");
  BOOST_TEST(text(zeros({0, 3})) == "f64 (0, 3) {}");
  BOOST_TEST(text(Tensor()) == "empty Tensor");
  BOOST_TEST(text(f32) == "f32");
}

BOOST_AUTO_TEST_CASE(a_tape_prints_its_nodes) {
  Parameter W{ones({2}), "W"};
  Tape tape;
  const Tensor loss = sum(named("A", square(W)));
  const std::string before = text(tape);
  BOOST_TEST(before.find("tape: 3 nodes, 40 bytes\n") == 0u);
  BOOST_TEST(before.find("1  A       square") != std::string::npos);
  BOOST_TEST(before.find("explain_test.cpp:") != std::string::npos);
  tape.backward(loss);
  BOOST_TEST(text(tape).find("closed by backward") != std::string::npos);
}
