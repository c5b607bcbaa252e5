// What stands around a training step: gradient clipping, the learning-rate range test, early stopping.

#define BOOST_TEST_MODULE training
#include "support.hpp"

#include <algorithm>
#include <sstream>

#include <nn/nn.hpp>

using namespace xgrad;

namespace {

using Numbers = std::vector<double>;

constexpr double inf = INFINITY;

// Two Parameters with gradients, one without.
struct Gradients {
  explicit Gradients(DType dtype = f64) : a(zeros({2}, dtype), "a"), b(zeros({2, 1}, dtype), "b") {
    a.set_grad(tensor({3., -4.}, dtype));
    b.set_grad(tensor({12., 84.}, {2, 1}, dtype));
  }
  Parameter a, b, c{zeros({3}), "c"};
  const std::vector<Parameter*> all{&a, &b, &c};
};

}  // namespace

BOOST_AUTO_TEST_CASE(clipping_by_norm) {
  for (const DType dtype : {f32, f64}) {
    Gradients g(dtype);
    const double tolerance = dtype == f32 ? 1e-7 : 1e-15;
    BOOST_TEST(nn::clip_grad_norm(g.all, 100) == std::sqrt(7225.));  // 85 = √(3² + 4² + 12² + 84²)
    BOOST_TEST((g.a.grad().values() == Numbers{3, -4}));
    BOOST_TEST(nn::clip_grad_norm(g.all, inf) == 85);
    BOOST_TEST((g.a.grad().values() == Numbers{3, -4}));
    BOOST_TEST(nn::clip_grad_norm(g.all, 5) == 85);
    const double scale = 5 / (85 + 1e-6);
    BOOST_TEST(support::difference(g.a.grad().values(), {3 * scale, -4 * scale}) <= tolerance);
    BOOST_TEST(support::difference(g.b.grad().values(), {12 * scale, 84 * scale}) <= tolerance);
    BOOST_TEST(g.a.grad().dtype() == dtype);
    BOOST_TEST(!g.c.has_grad());
    BOOST_TEST(std::abs(nn::clip_grad_norm(g.all, 5) - 5) <= 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(clipping_at_the_borders) {
  Gradients g;
  g.a.set_grad(tensor({3e200, 4e200}));  // the squares overflow, the norm does not
  g.b.zero_grad();
  BOOST_TEST(support::difference({nn::clip_grad_norm(g.all, 1)}, {5e200}) <= 1e-15);
  BOOST_TEST(support::difference(g.a.grad().values(), {0.6, 0.8}) <= 1e-15);
  g.a.set_grad(tensor({3e-200, 4e-200}));
  BOOST_TEST(support::difference({nn::clip_grad_norm(g.all, 1)}, {5e-200}) <= 1e-15);
  g.a.set_grad(zeros({2}));
  BOOST_TEST(nn::clip_grad_norm(g.all, 1) == 0);
  g.a.zero_grad();
  BOOST_TEST(nn::clip_grad_norm(g.all, 1) == 0);
  BOOST_TEST(!g.a.has_grad());
}

BOOST_AUTO_TEST_CASE(clipping_by_value) {
  for (const DType dtype : {f32, f64}) {
    Gradients g(dtype);
    g.b.set_grad(tensor({-inf, 3.5}, {2, 1}, dtype));
    nn::clip_grad_value(g.all, 3.5);
    BOOST_TEST((g.a.grad().values() == Numbers{3, -3.5}));
    BOOST_TEST((g.b.grad().values() == Numbers{-3.5, 3.5}));
    BOOST_TEST(!g.c.has_grad());
  }
}

BOOST_AUTO_TEST_CASE(clipping_stands_between_backward_and_step) {
  Rng rng(1);
  nn::Sequential net{nn::Linear(2, 3, rng), nn::Tanh{}, nn::Linear(3, 1, rng)};
  nn::Sgd sgd{net, {.lr = 1}};
  std::vector<Tensor> before;
  for (const Parameter& p : nn::parameters(net)) before.push_back(p.value());
  Tape tape;
  tape.backward(1000. * sum(square(net(randn({8, 2}, rng)))));
  const std::size_t size = tape.size();
  BOOST_TEST(nn::clip_grad_norm(net, 0.1) > 10);
  BOOST_TEST(tape.size() == size);
  sgd.step();
  double squares = 0;
  const std::vector<Parameter> after = nn::parameters(net);
  for (std::size_t i = 0; i < after.size(); ++i) squares += sum(square(after[i].value() - before[i])).item();
  BOOST_TEST(std::abs(std::sqrt(squares) - 0.1) < 1e-6);
}

BOOST_AUTO_TEST_CASE(clipping_refuses) {
  Gradients g;
  for (const double odd : {static_cast<double>(NAN), inf, -inf}) {
    g.b.set_grad(tensor({1., odd}, {2, 1}));
    CHECK_MESSAGE(nn::clip_grad_norm(g.all, 1),
                  "clip_grad_norm: the gradient of b is not finite; a Tape with check_finite finds the operation that "
                  "made it so");
    BOOST_TEST((g.a.grad().values() == Numbers{3, -4}));
  }
  g.b.set_grad(tensor({1., NAN}, {2, 1}));
  CHECK_MESSAGE(nn::clip_grad_value(g.all, 1),
                "clip_grad_value: the gradient of b has a NaN; a Tape with check_finite finds the operation that made "
                "it so");
  BOOST_TEST((g.a.grad().values() == Numbers{3, -4}));
  CHECK_MESSAGE(nn::clip_grad_norm(g.all, 0), "clip_grad_norm: max_norm must be above 0, not 0");
  CHECK_MESSAGE(nn::clip_grad_norm(g.all, NAN), "clip_grad_norm: max_norm must be above 0, not nan");
  CHECK_MESSAGE(nn::clip_grad_value(g.all, -1), "clip_grad_value: max_value must be a finite number above 0, not -1");
  CHECK_MESSAGE(nn::clip_grad_value(g.all, inf), "clip_grad_value: max_value must be a finite number above 0, not inf");
}

BOOST_AUTO_TEST_CASE(a_range_test_walks_evenly_and_smooths) {
  std::vector<double> rates;
  const nn::RangeTest test = nn::lr_range_test(
      [&](double lr) {
        rates.push_back(lr);
        return 10 - static_cast<double>(rates.size());
      },
      {.low = 1e-3, .high = 10, .steps = 5, .smoothing = 0.5});
  BOOST_TEST(support::difference(rates, {1e-3, 1e-2, 0.1, 1, 10}) <= 1e-14);
  // Weights 1, ½, ¼ … from the newest loss back, by their sum.
  for (std::size_t i = 0; i < test.rows.size(); ++i) {
    double above = 0, below = 0;
    for (std::size_t k = 0; k <= i; ++k) {
      const double weight = std::pow(0.5, static_cast<double>(i - k));
      above += weight * (9 - static_cast<double>(k));
      below += weight;
    }
    BOOST_TEST(test.rows[i].loss == 9 - static_cast<double>(i));
    BOOST_TEST(std::abs(test.rows[i].smoothed - above / below) <= 1e-14);
  }
  BOOST_TEST(!test.diverged_at);
}

BOOST_AUTO_TEST_CASE(a_range_test_suggests_the_steepest_fall) {
  const std::vector<double> losses{5, 5, 5, 4.8, 4.3, 2, 1.5, 1.4, 1.4, 3, 5, 9, 20, 40};
  std::size_t i = 0;
  const nn::RangeTest test =
      nn::lr_range_test([&](double) { return losses.at(i++); }, {.low = 1, .high = 8192, .steps = 14, .smoothing = 0});
  BOOST_TEST(std::abs(test.suggested.value() - 16) <= 1e-12);     // between 4.8 and 2
  BOOST_TEST(std::abs(test.diverged_at.value() - 2048) <= 1e-9);  // 9 > 4 · 1.4
  BOOST_TEST(test.rows.size() == 11u);
}

BOOST_AUTO_TEST_CASE(a_range_test_stops_at_what_is_not_finite) {
  for (const double odd : {static_cast<double>(NAN), inf}) {
    int calls = 0;
    const nn::RangeTest test = nn::lr_range_test([&](double) { return ++calls == 4 ? odd : 1.; }, {.steps = 10});
    BOOST_TEST(calls == 4);
    BOOST_TEST(test.rows.size() == 3u);
    BOOST_TEST(test.diverged_at.has_value());
    BOOST_TEST(!test.suggested);
  }
}

// The net it is for stays as it was, and the suggestion trains it.
BOOST_AUTO_TEST_CASE(a_range_test_on_a_copy) {
  Rng rng(2);
  nn::Sequential net{nn::Linear(2, 16, rng), nn::Tanh{}, nn::Linear(16, 1, rng)};
  const auto [x, y] = nn::data::moons(200, 0.1, rng);
  const auto steps_with = [x = x, y = y](nn::Module& module, nn::Optimizer& sgd, double lr) {
    Tape tape;
    const Tensor loss = binary_cross_entropy_with_logits(module(x), y);
    tape.backward(loss);
    sgd.set_lr(lr);
    sgd.step();
    return loss.item();
  };
  std::vector<Numbers> before;
  for (const Parameter& p : nn::parameters(net)) before.push_back(p.value().values());
  const auto copy = net.clone();
  nn::Sgd other{*copy, {.momentum = 0.9}};
  const nn::RangeTest test =
      nn::lr_range_test([&](double lr) { return steps_with(*copy, other, lr); }, {.low = 1e-3, .high = 1000});
  for (std::size_t i = 0; i < before.size(); ++i) BOOST_TEST(nn::parameters(net)[i].value().values() == before[i]);
  BOOST_REQUIRE(test.suggested.has_value());
  BOOST_TEST_MESSAGE(test);

  nn::Sgd sgd{net, {.momentum = 0.9}};
  double loss = 0;
  for (int t = 0; t < 300; ++t) loss = steps_with(net, sgd, *test.suggested);
  BOOST_TEST(loss < 0.1);
}

BOOST_AUTO_TEST_CASE(a_range_test_prints_as_a_table_and_a_plot) {
  const std::vector<double> losses{8, 6, 4, 0, 4};
  std::size_t i = 0;
  std::ostringstream out;
  out << nn::lr_range_test([&](double) { return losses.at(i++); },
                           {.low = 0.01, .high = 100, .steps = 5, .smoothing = 0});
  BOOST_TEST(out.str() ==
             "lr          loss        smoothed    \n"
             "0.01        8           8           |                                        *\n"
             "0.1         6           6           |                              *\n"
             "1           4           4           |                    *\n"
             "10          0           0           |*\n"
             "diverged at 100\n"
             "suggested learning rate: 1\n");
  std::ostringstream flat;
  flat << nn::lr_range_test([](double) { return 1.; }, {.steps = 100});
  const std::string text = flat.str();
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 27);
  BOOST_TEST(text.ends_with("no suggestion: the loss never falls; try a lower range\n"));
}

BOOST_AUTO_TEST_CASE(a_range_test_refuses) {
  const auto step = [](double) { return 1.; };
  CHECK_MESSAGE(nn::lr_range_test(nullptr), "lr_range_test: the step function is empty");
  CHECK_MESSAGE(nn::lr_range_test(step, {.low = 0}), "lr_range_test: low must be a finite number above 0, not 0");
  CHECK_MESSAGE(nn::lr_range_test(step, {.low = 0.5, .high = 0.1}),
                "lr_range_test: high must be a finite number above low, 0.5, not 0.1");
  CHECK_MESSAGE(nn::lr_range_test(step, {.steps = 2}), "lr_range_test: steps must be at least 3, not 2");
  CHECK_MESSAGE(nn::lr_range_test(step, {.smoothing = 1}), "lr_range_test: smoothing must lie in [0, 1), not 1");
  CHECK_MESSAGE(nn::lr_range_test(step, {.divergence = 1}),
                "lr_range_test: divergence must be a finite number above 1, not 1");
}

BOOST_AUTO_TEST_CASE(early_stopping_waits) {
  nn::EarlyStopping stop({.patience = 3, .min_delta = 0.1});
  BOOST_TEST(stop.best() == inf);
  BOOST_TEST(stop.best_update() == -1);
  BOOST_TEST(!stop.improved());
  BOOST_TEST(!stop.update(1));
  BOOST_TEST(stop.improved());
  BOOST_TEST(!stop.update(0.95));  // better, but not by more than 0.1
  BOOST_TEST(!stop.improved());
  BOOST_TEST(!stop.update(NAN));
  BOOST_TEST(!stop.update(0.5));
  BOOST_TEST(stop.improved());
  for (const double worse : {0.6, 0.41}) BOOST_TEST(!stop.update(worse));
  BOOST_TEST(stop.update(static_cast<double>(NAN)));
  BOOST_TEST(stop.best() == 0.5);
  BOOST_TEST(stop.best_update() == 3);
  nn::EarlyStopping never({.patience = 2});
  BOOST_TEST(!never.update(NAN));
  BOOST_TEST(never.update(NAN));
  BOOST_TEST(never.best_update() == -1);
}

BOOST_AUTO_TEST_CASE(early_stopping_at_a_maximum) {
  nn::EarlyStopping stop({.patience = 1, .goal = nn::Goal::maximum});
  BOOST_TEST(!stop.update(-5));
  BOOST_TEST(!stop.update(-4));
  BOOST_TEST(stop.update(-4));
  BOOST_TEST(stop.best() == -4);
  BOOST_TEST(stop.best_update() == 1);
}

BOOST_AUTO_TEST_CASE(early_stopping_goes_on) {
  const Numbers metrics{5, 4, 4.5, 3, 3.5, 3.2, 2, 3, 3, 3, 1};
  for (std::size_t cut = 0; cut < metrics.size(); ++cut) {
    nn::EarlyStopping whole({.patience = 3}), first({.patience = 3}), second({.patience = 3});
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      if (i == cut) second.load_state(first.state());
      const bool stop = whole.update(metrics[i]);
      BOOST_TEST((i < cut ? first : second).update(metrics[i]) == stop);
      BOOST_TEST(stop == (i == 9));
    }
    BOOST_TEST(second.best() == whole.best());
    BOOST_TEST(second.best_update() == whole.best_update());
  }
}

BOOST_AUTO_TEST_CASE(early_stopping_refuses) {
  CHECK_MESSAGE(nn::EarlyStopping({.patience = 0}), "EarlyStopping: patience must be at least 1, not 0");
  CHECK_MESSAGE(nn::EarlyStopping({.min_delta = -1}),
                "EarlyStopping: min_delta must be a finite number of at least 0, not -1");
  nn::EarlyStopping stop;
  stop.update(1);
  const auto refuses = [&](const std::string& name, const Tensor& value, const std::string& text) {
    nn::State state{{"best", scalar(7)}, {"best_update", scalar(1)}, {"updates", scalar(2)}};
    state[name] = value;
    CHECK_MESSAGE(stop.load_state(state), text);
    BOOST_TEST(stop.best() == 1);
    BOOST_TEST(stop.best_update() == 0);
  };
  refuses("best", Tensor(), "EarlyStopping: the state has no best");
  refuses("worst", scalar(1), "EarlyStopping: the state has worst, for which there is no place here");
  refuses("best_update", scalar(-2), "EarlyStopping: best_update must be a whole number of at least -1, not -2");
  refuses("best_update", scalar(2), "EarlyStopping: best_update 2 must be below updates, 2");
  refuses("updates", zeros({1}), "EarlyStopping: updates has shape (1) in the state, not ()");
}
