// nn on the tape: modules equal the nets by hand; names, copies, freezing, optimiser, metrics.

#define BOOST_TEST_MODULE nn
#include "support.hpp"

#include <sstream>

#include <nn/nn.hpp>

using namespace xgrad;

namespace {

// As a user writes one: members, forward, visit, clone, label.
class TwoLayer : public nn::Module {
 public:
  TwoLayer(Index hidden, Rng& rng) : hidden_(2, hidden, rng), output_(hidden, 1, rng) {}
  TwoLayer(const TwoLayer& other) : Module(other), hidden_(other.hidden_), output_(other.output_) {}
  Tensor forward(const Tensor& x) const override { return output_(tanh(hidden_(x))); }
  void visit(nn::Visitor& v) override {
    v("hidden", hidden_);
    v("output", output_);
  }
  std::unique_ptr<Module> clone() const override { return std::make_unique<TwoLayer>(*this); }
  std::string label() const override { return "TwoLayer"; }

 private:
  nn::Linear hidden_, output_;
};

std::vector<std::string> names(nn::Module& module) {
  std::vector<std::string> result;
  for (const Parameter& p : nn::parameters(module)) result.push_back(p.name());
  return result;
}

}  // namespace

BOOST_AUTO_TEST_CASE(modules_equal_the_net_by_hand) {
  Rng rng(5);
  nn::Sequential net{nn::Linear(2, 4, rng), nn::Tanh{}, nn::Linear(4, 1, rng)};
  const std::vector<Parameter> p = nn::parameters(net);
  Parameter W1(p[0]), b1(p[1]), W2(p[2]), b2(p[3]);
  const auto [x, y] = nn::data::moons(200, 0.2, rng);
  nn::Sgd sgd{net, {.lr = 0.7}};
  Tape tape;
  for (int i = 0; i < 50; ++i) {
    const Tensor by_module = binary_cross_entropy_with_logits(net(x), y);
    const double cost = by_module.item();
    tape.backward(by_module);
    sgd.step();
    const Tensor by_hand =
        binary_cross_entropy_with_logits(matmul(tanh(matmul(x, transpose(W1)) + b1), transpose(W2)) + b2, y);
    BOOST_TEST(by_hand.item() == cost);
    tape.backward(by_hand);
    for (Parameter* q : {&W1, &b1, &W2, &b2}) {
      q->assign(q->value() - 0.7 * q->grad());
      q->zero_grad();
    }
  }
  BOOST_TEST(W1.value().values() == p[0].value().values());
  BOOST_TEST(b2.value().values() == p[3].value().values());
}

BOOST_AUTO_TEST_CASE(a_step_against_a_plain_loop) {
  Parameter w{tensor({1., -2., 3.}), "w"};
  nn::Sgd sgd{{&w}, {.lr = 0.1}};
  std::vector<double> plain{1, -2, 3};
  Tape tape;
  for (int i = 0; i < 100; ++i) {
    tape.backward(sum(square(w) * tensor({1., 0.5, 2.})));
    sgd.step();
    const double c[] = {1, 0.5, 2};
    for (std::size_t k = 0; k < 3; ++k) plain[k] -= 0.1 * (2 * plain[k]) * c[k];
    BOOST_TEST(!w.has_grad());
  }
  BOOST_TEST(support::difference(w.value().values(), plain) <= 1e-13);
}

BOOST_AUTO_TEST_CASE(paths) {
  Rng rng(1);
  nn::Sequential net{nn::Linear(2, 3, rng), nn::Relu{}, nn::Linear(3, 1, rng, {.bias = false})};
  BOOST_TEST((names(net) == std::vector<std::string>{"0.weight", "0.bias", "2.weight"}));
  TwoLayer two(3, rng);
  BOOST_TEST((names(two) == std::vector<std::string>{"hidden.weight", "hidden.bias", "output.weight", "output.bias"}));
  net.add(two.clone());
  BOOST_TEST(names(net).back() == "3.output.bias");
  BOOST_TEST(nn::parameter_count(two) == 6 + 3 + 3 + 1);
}

BOOST_AUTO_TEST_CASE(clones_are_independent) {
  Rng rng(1);
  nn::Sequential net{nn::Linear(2, 3, rng), nn::Tanh{}};
  net.eval();
  const std::unique_ptr<nn::Module> copy = net.clone();
  const Tensor x = randn({4, 2}, rng);
  BOOST_TEST(net(x).values() == (*copy)(x).values());
  BOOST_TEST(!copy->training());
  nn::parameters(net)[0].assign(zeros({3, 2}));
  BOOST_TEST(net(x).values() != (*copy)(x).values());
}

BOOST_AUTO_TEST_CASE(frozen_layers_stay) {
  Rng rng(1);
  nn::Sequential net{nn::Linear(2, 3, rng), nn::Tanh{}, nn::Linear(3, 1, rng)};
  nn::set_trainable(net[0], false);
  parameters(net);
  nn::Sgd sgd{net, {.lr = 0.5}};
  const std::vector<double> before = nn::parameters(net)[0].value().values(),
                            last = nn::parameters(net)[2].value().values();
  Tape tape;
  tape.backward(sum(net(randn({4, 2}, rng))));
  sgd.step();
  BOOST_TEST(nn::parameters(net)[0].value().values() == before);
  BOOST_TEST(nn::parameters(net)[2].value().values() != last);
}

BOOST_AUTO_TEST_CASE(modes_reach_children) {
  Rng rng(1);
  nn::Sequential net{nn::Linear(2, 3, rng), nn::Tanh{}};
  BOOST_TEST(net[0].training());
  net.eval();
  BOOST_TEST(!net[0].training());
  net.train();
  BOOST_TEST(net[1].training());
}

BOOST_AUTO_TEST_CASE(initial_weights) {
  Rng rng(1);
  const nn::Linear usual(100, 50, rng), small(100, 50, rng, {.std = 0.01}), narrow(100, 50, rng, {.dtype = f32});
  for (double v : usual.weight.value().values()) BOOST_TEST(std::abs(v) <= 0.1);
  const std::vector<double> w = small.weight.value().values();
  double squares = 0;
  for (double v : w) squares += v * v;
  BOOST_TEST(std::abs(std::sqrt(squares / static_cast<double>(w.size())) - 0.01) < 0.0005);
  for (double v : small.bias.value().values()) BOOST_TEST(v == 0);
  BOOST_TEST(narrow.weight.dtype() == f32);
  BOOST_TEST(narrow(ones({2, 100}, f32)).dtype() == f32);
}

BOOST_AUTO_TEST_CASE(activations) {
  const Tensor x = tensor({-1., 0.5});
  BOOST_TEST(nn::Tanh{}(x).values() == tanh(x).values());
  BOOST_TEST(nn::Sigmoid{}(x).values() == sigmoid(x).values());
  BOOST_TEST(nn::Relu{}(x).values() == relu(x).values());
  BOOST_TEST(nn::Softplus{}(x).values() == softplus(x).values());
  BOOST_TEST(nn::LeakyRelu{0.3}(x).values() == leaky_relu(x, 0.3).values());
}

BOOST_AUTO_TEST_CASE(accuracies) {
  BOOST_TEST(nn::accuracy(tensor({1., -1., 2., 0.}), tensor({1., 0., 0., 0.})) == 0.75);
  BOOST_TEST(nn::accuracy(matrix({{1, 2, 0}, {5, 1, 1}, {0, 0, 1}}), tensor({1., 0., 0.})) == 2. / 3);
}

BOOST_AUTO_TEST_CASE(a_net_prints_as_a_table) {
  Rng rng(1);
  nn::Sequential net{nn::Linear(2, 3, rng), nn::LeakyRelu{0.1}, nn::Linear(3, 1, rng)};
  nn::parameters(net)[3].set_trainable(false);
  std::ostringstream out;
  out << net;
  BOOST_TEST(out.str() ==
             "Sequential\n"
             "  0  Linear(2, 3)\n"
             "    0.weight         (3, 2)  6\n"
             "    0.bias           (3)  3\n"
             "  1  LeakyRelu(0.1)\n"
             "  2  Linear(3, 1)\n"
             "    2.weight         (1, 3)  3\n"
             "    2.bias           (1)  1  frozen\n"
             "  parameters in all  13\n");
}
