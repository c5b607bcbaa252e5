// The user code that the design promises, as written there.

#define BOOST_TEST_MODULE contract
#include <boost/test/unit_test.hpp>

#include <iostream>
#include <sstream>

#include <autograd/autograd.hpp>
#include <nn/nn.hpp>

using namespace xgrad;

BOOST_AUTO_TEST_CASE(user_code) {
  Rng rng(42);
  auto [x, y] = nn::data::moons(200, 0.25, rng);

  // by hand
  Parameter W1{0.01 * randn({4, 2}, rng), "W1"}, b1{zeros({4}), "b1"}, W2{0.01 * randn({1, 4}, rng), "W2"},
      b2{zeros({1}), "b2"};
  Tape tape;
  double first = 0, last = 0;
  for (int i = 0; i < 100; ++i) {
    Tensor A1 = named("A1", tanh(matmul(x, transpose(W1)) + b1));
    Tensor Z2 = named("Z2", matmul(A1, transpose(W2)) + b2);
    Tensor loss = binary_cross_entropy_with_logits(Z2, y);
    (i == 0 ? first : last) = loss.item();
    tape.backward(loss);
    for (Parameter* p : {&W1, &b1, &W2, &b2}) {
      p->assign(p->value() - 1.2 * p->grad());
      p->zero_grad();
    }
  }
  BOOST_TEST(last < first);

  // with nn
  nn::Sequential net{nn::Linear(2, 4, rng), nn::Tanh{}, nn::Linear(4, 1, rng)};
  nn::Sgd sgd{net, {.lr = 1.2}};
  for (int i = 0; i < 100; ++i) {
    tape.backward(binary_cross_entropy_with_logits(net(x), y));
    sgd.step();
  }
  {
    NoGrad off;
    BOOST_TEST(nn::accuracy(net(x), y) > 0.8);
  }

  // derivatives are values
  Tensor t = tape.variable(tensor({1., 2., 3.}));
  Tensor g = tape.gradient(sum(t * t * t), t, {.record = true});
  Tensor h = tape.gradient(sum(g), t);
  BOOST_TEST((g.values() == std::vector<double>{3, 12, 27}));
  BOOST_TEST((h.values() == std::vector<double>{6, 12, 18}));
  GradcheckReport r = gradcheck([](Inputs in) { return sum(tanh(in[0])); }, {randn({2, 3}, rng)});
  GradcheckReport s = gradcheck([&, x = x, y = y] { return binary_cross_entropy_with_logits(net(x), y); }, net);
  BOOST_TEST(r.passed());
  BOOST_TEST(s.passed());
  BOOST_TEST(s.inputs[0].name == "0.weight");
  BOOST_TEST(s.inputs[3].name == "2.bias");
  std::ostringstream out;
  out << r << s << tape << net;
  BOOST_TEST(out.str().find("Linear(2, 4)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_net_may_move_after_its_optimiser_was_made) {
  Rng rng(1);
  nn::Sequential net{nn::Linear(2, 4, rng), nn::Tanh{}, nn::Linear(4, 1, rng)};
  nn::Sgd sgd{net, {.lr = 0.1}};
  nn::Sequential moved = std::move(net);
  const auto [x, y] = nn::data::moons(50, 0.1, rng);
  Tape tape;
  const Tensor before = binary_cross_entropy_with_logits(moved(x), y).detach();
  tape.backward(binary_cross_entropy_with_logits(moved(x), y));
  sgd.step();
  const NoGrad off;
  BOOST_TEST(binary_cross_entropy_with_logits(moved(x), y).item() < before.item());
}
