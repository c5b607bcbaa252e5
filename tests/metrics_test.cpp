// Metrics of predictions worked out by hand, and the losses and penalties of nn.

#define BOOST_TEST_MODULE metrics
#include "support.hpp"

#include <sstream>

#include <nn/nn.hpp>

using namespace xgrad;

BOOST_AUTO_TEST_CASE(accuracies) {
  BOOST_TEST(nn::accuracy(tensor({1., -1., 2., 0.}), tensor({1., 0., 0., 0.})) == 0.75);
  BOOST_TEST(nn::accuracy(matrix({{1, 2, 0}, {5, 1, 1}, {0, 0, 1}}), tensor({1., 0., 0.})) == 2. / 3);
  CHECK_MESSAGE(nn::accuracy(ones({3}), ones({4})),
                "accuracy: logits (3) and target (4) must have one shape, or be (n, c) and (n)");
  CHECK_MESSAGE(nn::accuracy(ones({0}), ones({0})), "accuracy: there is no example");
}

BOOST_AUTO_TEST_CASE(confusion_of_two_classes) {
  //                                                  right  right  wrong  right  wrong
  nn::ConfusionMatrix m(matrix({{2}, {-1}, {3}, {1}, {-2}}), matrix({{1}, {0}, {0}, {1}, {1}}));
  BOOST_TEST(m.classes() == 2);
  BOOST_TEST(m.count(0, 0) == 1);
  BOOST_TEST(m.count(0, 1) == 1);
  BOOST_TEST(m.count(1, 0) == 1);
  BOOST_TEST(m.count(1, 1) == 2);
  BOOST_TEST(m.accuracy() == 0.6);
  BOOST_TEST(m.precision(1) == 2. / 3);
  BOOST_TEST(m.recall(1) == 2. / 3);
  BOOST_TEST(m.recall(0) == 0.5);
  BOOST_TEST(m.f1(0) == 0.5);
  m += m;
  BOOST_TEST(m.total() == 10);
  BOOST_TEST(m.accuracy() == 0.6);
}

BOOST_AUTO_TEST_CASE(confusion_of_classes) {
  const nn::ConfusionMatrix m(matrix({{1, 2, 0}, {5, 1, 1}, {0, 3, 1}}), tensor({1., 0., 0.}));
  BOOST_TEST(m.count(0, 1) == 1);
  BOOST_TEST(std::isnan(m.recall(2)));
  BOOST_TEST(std::isnan(m.precision(2)));
  BOOST_TEST(std::isnan(m.f1(2)));
  BOOST_TEST(nn::to_string(m, {"cat", "dog"}) ==
             "actual \\ predicted    cat   dog  2  recall\n"
             "cat                     1     1  0    50 %\n"
             "dog                     0     1  0   100 %\n"
             "2                       0     0  0       -\n"
             "precision           100 %  50 %  -  66.7 %\n");
  BOOST_TEST(nn::to_string(nn::ConfusionMatrix(1), {"größe"}) ==
             "actual \\ predicted  größe  recall\n"
             "größe                   0       -\n"
             "precision               -       -\n");
  std::ostringstream out;
  out << nn::ConfusionMatrix(1);
  BOOST_TEST(out.str() ==
             "actual \\ predicted  0  recall\n"
             "0                   0       -\n"
             "precision           -       -\n");
}

BOOST_AUTO_TEST_CASE(confusions_that_cannot_be) {
  CHECK_MESSAGE(nn::ConfusionMatrix(0), "ConfusionMatrix: needs at least one class, not 0");
  CHECK_MESSAGE(nn::ConfusionMatrix(ones({2, 3}), tensor({0., 3.})),
                "ConfusionMatrix: target 1 is 3, not a class from 0 to 2");
  CHECK_MESSAGE(nn::ConfusionMatrix(ones({2}), tensor({0., NAN})),
                "ConfusionMatrix: target 1 is nan, not a class from 0 to 1");
  CHECK_MESSAGE(nn::ConfusionMatrix(ones({2}), ones({3})),
                "ConfusionMatrix: logits (2) and target (3) must have one shape, or be (n, c) and (n)");
  nn::ConfusionMatrix m(2);
  CHECK_MESSAGE(m += nn::ConfusionMatrix(3), "ConfusionMatrix: cannot add one of 3 classes to one of 2");
  CHECK_MESSAGE(m.count(0, 2), "ConfusionMatrix: there is no class 2 among 2");
}

BOOST_AUTO_TEST_CASE(penalties_pull_on_weights_alone) {
  Rng rng(1);
  nn::Sequential net{nn::Linear(2, 3, rng), nn::BatchNorm1d(3), nn::Linear(3, 1, rng)};
  nn::set_trainable(net[2], false);
  const std::vector<Parameter> p = nn::parameters(net);
  Tape tape;
  tape.backward(nn::l2_penalty(net, 0.4) + nn::l1_penalty(net, 0.3));
  const Tensor& w = p[0].value();
  BOOST_TEST(support::difference(p[0].grad().values(), (0.4 * w + 0.3 * sign(w)).values()) <= 1e-15);
  for (std::size_t i = 1; i < p.size(); ++i) BOOST_TEST(!p[i].has_grad());
  BOOST_TEST(std::abs(nn::l2_penalty(net, 2).item() - sum(square(w)).item()) <= 1e-15);
  CHECK_MESSAGE(nn::l2_penalty(net, -1), "l2_penalty: lambda must be a finite number of at least 0, not -1");
  CHECK_MESSAGE(nn::l1_penalty(net, NAN), "l1_penalty: lambda must be a finite number of at least 0, not nan");
  nn::Tanh no_weights;
  CHECK_MESSAGE(nn::l1_penalty(no_weights, 1), "l1_penalty: there is no trainable weight to penalise");
}

// Beside cross_entropy from logits, whose gradient the laws have checked.
BOOST_AUTO_TEST_CASE(categorical_cross_entropy_is_the_unfused_chain) {
  Rng rng(2);
  Tape tape;
  const Tensor z = tape.variable(randn({5, 3}, rng)), y = tensor({0., 2., 1., 1., 0.});
  const Tensor fused = cross_entropy(z, y), chain = categorical_cross_entropy(softmax(z), y);
  BOOST_TEST(std::abs(fused.item() - chain.item()) <= 1e-15);
  BOOST_TEST(support::difference(tape.gradient(fused, z).values(), tape.gradient(chain, z).values(), 1) <= 1e-15);
}

// A class that is not the target may have probability 0.
BOOST_AUTO_TEST_CASE(categorical_cross_entropy_at_probability_0) {
  Tape tape;
  const Tensor p = tape.variable(matrix({{0.5, 0, 0.5}}));
  const Tensor loss = categorical_cross_entropy(p, tensor({2.}));
  BOOST_TEST(loss.item() == -std::log(0.5));
  BOOST_TEST((tape.gradient(loss, p).values() == std::vector<double>{0, 0, -2}));
}
