// The rules at kinks and ties, as they are stated: the catalogue's laws leave these entries out, so they stand here.

#define BOOST_TEST_MODULE kink
#include "support.hpp"

#include <limits>

using namespace xgrad;

namespace {

struct Kink {
  const char* op;
  std::vector<Tensor> inputs;
  Function f;
  std::vector<std::vector<double>> gradients;  // of the sum, by each input
};

const std::vector<Kink>& kinks() {
  static const double inf = std::numeric_limits<double>::infinity();
  static const double selu_left = 1.0507009873554805 * 1.6732632423543772;
  static const std::vector<Kink> all = {
      {"abs", {tensor({0})}, [](Inputs x) { return abs(x[0]); }, {{0}}},
      {"sign", {tensor({0, 3})}, [](Inputs x) { return sign(x[0]); }, {{0, 0}}},
      {"floor", {tensor({1, 1.5})}, [](Inputs x) { return floor(x[0]); }, {{0, 0}}},
      {"ceil", {tensor({1, 1.5})}, [](Inputs x) { return ceil(x[0]); }, {{0, 0}}},
      {"round", {tensor({0.5, 1})}, [](Inputs x) { return round(x[0]); }, {{0, 0}}},
      {"clamp", {tensor({-2, -1, 0, 1, 2})}, [](Inputs x) { return clamp(x[0], -1, 1); }, {{0, 1, 1, 1, 0}}},
      {"relu", {tensor({0, -1, 1})}, [](Inputs x) { return relu(x[0]); }, {{0, 0, 1}}},
      {"leaky_relu", {tensor({0})}, [](Inputs x) { return leaky_relu(x[0], 0.2); }, {{0.2}}},
      {"elu", {tensor({0})}, [](Inputs x) { return elu(x[0], 0.7); }, {{0.7}}},
      {"selu", {tensor({0})}, [](Inputs x) { return selu(x[0]); }, {{selu_left}}},
      {"maximum", {tensor({2, 1}), tensor({2, 3})}, [](Inputs x) { return maximum(x[0], x[1]); }, {{0.5, 0}, {0.5, 1}}},
      {"minimum", {tensor({2, 1}), tensor({2, 3})}, [](Inputs x) { return minimum(x[0], x[1]); }, {{0.5, 1}, {0.5, 0}}},
      {"atan2", {tensor({0}), tensor({-2})}, [](Inputs x) { return atan2(x[0], x[1]); }, {{-0.5}, {0}}},
      {"where", {tensor({0, 1})}, [](Inputs x) { return where(x[0] > 0., 2. * x[0], 3. * x[0]); }, {{3, 2}}},
      {"max", {tensor({3, 1, 3})}, [](Inputs x) { return max(x[0]); }, {{0.5, 0, 0.5}}},
      {"min", {tensor({3, 1, 1, 1})}, [](Inputs x) { return 3. * min(x[0]); }, {{0, 1, 1, 1}}},
      {"norm", {tensor({0, 0})}, [](Inputs x) { return norm(x[0]); }, {{0, 0}}},
      {"norm", {tensor({0, -2})}, [](Inputs x) { return norm(x[0], 1); }, {{0, -1}}},
      {"norm", {tensor({2, -2, 1})}, [](Inputs x) { return norm(x[0], inf); }, {{0.5, -0.5, 0}}},
      {"stddev", {tensor({4, 4, 4})}, [](Inputs x) { return stddev(x[0]); }, {{0, 0, 0}}},
      {"max_pool2d",
       {reshape(tensor({1, 5, 5, 2}), {1, 1, 2, 2})},
       [](Inputs x) {
         return max_pool2d(x[0], {2, 2});
       },
       {{0, 0.5, 0.5, 0}}},
  };
  return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_stated_derivative_is_taken) {
  for (const Kink& k : kinks()) {
    Tape tape;
    std::vector<Tensor> leaves;
    for (const Tensor& x : k.inputs) leaves.push_back(tape.variable(x));
    const std::vector<Tensor> g = tape.gradients(sum(k.f(leaves)), Args(leaves));
    for (std::size_t i = 0; i < g.size(); ++i)
      BOOST_TEST(support::difference(g[i].values(), k.gradients[i], 1) <= 1e-15, k.op << " by operand " << i);
  }
}

BOOST_AUTO_TEST_CASE(gradcheck_knows_them) {
  for (const Kink& k : kinks()) {
    const GradcheckReport report = gradcheck(k.f, k.inputs);
    std::size_t found = 0;
    for (const GradcheckInput& input : report.inputs) {
      BOOST_TEST((input.verdict != Verdict::fail), k.op);
      found += input.kinks();
    }
    BOOST_TEST(found > 0u, k.op << " has a kink there");
  }
}

BOOST_AUTO_TEST_CASE(no_operation_with_a_kink_is_left_out) {
  for (const Op& op : catalogue()) {
    const auto same = [&](const Kink& k) { return op->name == k.op; };
    BOOST_TEST((op->kink == "smooth" || std::any_of(kinks().begin(), kinks().end(), same)), op->name);
  }
}
