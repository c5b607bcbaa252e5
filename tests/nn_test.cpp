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

BOOST_AUTO_TEST_CASE(a_net_prints_as_a_table) {
  Rng rng(1);
  nn::Sequential net = nn::mlp({2, 16, 1}, nn::LeakyRelu{0.1}, rng);
  nn::parameters(net)[3].set_trainable(false);
  std::ostringstream out;
  out << net;
  BOOST_TEST(out.str() ==
             "layer              output   parameters\n"
             "0  Linear(2, 16)   (n, 16)          48  weight (16, 2), bias (16)\n"
             "1  LeakyRelu(0.1)  (n, 16)\n"
             "2  Linear(16, 1)   (n, 1)           17  weight (1, 16), bias (1) frozen\n"
             "in all                              65\n");
}

BOOST_AUTO_TEST_CASE(summaries_of_composed_modules) {
  Rng rng(1);
  nn::Sequential net{nn::Conv2d(1, 4, 3, rng, {.padding = 1}),
                     nn::BatchNorm2d(4),
                     nn::MaxPool2d(2),
                     nn::Flatten{},
                     nn::Linear(16, 2, rng),
                     TwoLayer(3, rng)};
  const std::vector<double> before = nn::parameters(net)[4].value().values();
  BOOST_TEST(nn::summary(net, {1, 4, 4}) ==
             "layer                          output        parameters\n"
             "0  Conv2d(1, 4, 3, padding 1)  (n, 4, 4, 4)          40  weight (4, 1, 3, 3), bias (4)\n"
             "1  BatchNorm2d(4)              (n, 4, 4, 4)          16  weight (4), bias (4), running_mean (4) "
             "frozen, running_var (4) frozen\n"
             "2  MaxPool2d(2)                (n, 4, 2, 2)\n"
             "3  Flatten                     (n, 16)\n"
             "4  Linear(16, 2)               (n, 2)                34  weight (2, 16), bias (2)\n"
             "5  TwoLayer                    (n, 1)\n"
             "  5.hidden  Linear(2, 3)                              9  weight (3, 2), bias (3)\n"
             "  5.output  Linear(3, 1)                              4  weight (1, 3), bias (1)\n"
             "in all                                              103\n");
  BOOST_TEST(net.training());
  BOOST_TEST(nn::parameters(net)[4].value().values() == before);
  std::ostringstream unknown;
  unknown << net;
  BOOST_TEST(unknown.str().starts_with("layer                          output  parameters\n"
                                       "0  Conv2d(1, 4, 3, padding 1)                  40  weight (4, 1, 3, 3)"),
             unknown.str());
  BOOST_TEST(support::message([&] { nn::summary(net, {2, 4, 4}); }).starts_with("conv2d: "));
}
