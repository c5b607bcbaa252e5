// Schedules against recursive or plain formulas over several cycles, at their borders, and what they refuse.

#define BOOST_TEST_MODULE schedule
#include "support.hpp"

#include <nn/nn.hpp>

using namespace xgrad;
namespace schedule = xgrad::nn::schedule;

namespace {

constexpr double pi = 3.14159265358979323846;

bool near(double a, double b) { return std::abs(a - b) <= 1e-14 * std::max({std::abs(a), std::abs(b), 1.}); }

// The schedule gives these values from step 0 on.
void gives(const nn::Schedule& rate, const std::vector<double>& expected) {
  for (std::size_t t = 0; t < expected.size(); ++t)
    BOOST_TEST(near(rate(static_cast<Index>(t)), expected[t]),
               "step " << t << ": " << rate(static_cast<Index>(t)) << " instead of " << expected[t]);
}

// `count` values of a rule that makes each from the one before: next(t, value at t − 1).
std::vector<double> recursive(double first, int count, const std::function<double(int, double)>& next) {
  std::vector<double> values{first};
  for (int t = 1; t < count; ++t) values.push_back(next(t, values.back()));
  return values;
}

}  // namespace

BOOST_AUTO_TEST_CASE(constant_and_decaying) {
  gives(schedule::constant(0.3), std::vector<double>(50, 0.3));
  gives(schedule::step(0.1, {.step_size = 7, .gamma = 0.5}),
        recursive(0.1, 60, [](int t, double lr) { return t % 7 == 0 ? lr * 0.5 : lr; }));
  gives(schedule::step(1, {.step_size = 2}), {1, 1, 0.1, 0.1, 0.01, 0.01, 0.001});
  gives(schedule::exponential(0.1, 0.9), recursive(0.1, 60, [](int, double lr) { return lr * 0.9; }));
  // 1/lr grows by decay/lr₀ each step.
  gives(schedule::inverse_time(0.5, 0.25),
        recursive(0.5, 60, [](int, double lr) { return 1 / (1 / lr + 0.25 / 0.5); }));
}

BOOST_AUTO_TEST_CASE(cosine) {
  // PyTorch's recursive form, with its own line for the step after a minimum.
  const int half = 9;
  gives(schedule::cosine(0.4, {.T_max = half, .eta_min = 0.1}), recursive(0.4, 4 * half + 1, [](int t, double lr) {
          if ((t - 1 - half) % (2 * half) == 0) return lr + (0.4 - 0.1) * (1 - std::cos(pi / half)) / 2;
          return (1 + std::cos(pi * t / half)) / (1 + std::cos(pi * (t - 1) / half)) * (lr - 0.1) + 0.1;
        }));
  gives(schedule::cosine(2, {.T_max = 4}), {2, 1 + std::sqrt(0.5), 1, 1 - std::sqrt(0.5), 0, 1 - std::sqrt(0.5), 1});
  BOOST_TEST(schedule::cosine(0.1, {.T_max = 1000})(1000) == 0);
}

BOOST_AUTO_TEST_CASE(cosine_with_restarts) {
  for (const int times : {1, 2, 3}) {
    // As PyTorch steps it: the place in the cycle, and the cycle's length.
    const nn::Schedule rate = schedule::cosine_restarts(0.5, {.T_0 = 5, .T_mult = times, .eta_min = 0.05});
    int at = 0, length = 5, restarts = 0;
    for (Index t = 0; t < 300; ++t) {
      BOOST_TEST(near(rate(t), 0.05 + 0.45 * (1 + std::cos(pi * at / length)) / 2));
      if (++at < length) continue;
      at = 0;
      length *= times;
      ++restarts;
      BOOST_TEST(rate(t + 1) == 0.5);
    }
    BOOST_TEST(restarts >= 4);
  }
  gives(schedule::cosine_restarts(1, {.T_0 = 1, .T_mult = 2}),
        {1, 1, 0.5, 1, 0.5 + std::sqrt(0.125), 0.5, 0.5 - std::sqrt(0.125), 1});
}

BOOST_AUTO_TEST_CASE(cyclic) {
  using schedule::CyclicMode;
  const int up = 4, down = 6;
  for (const CyclicMode mode : {CyclicMode::triangular, CyclicMode::triangular2, CyclicMode::exp_range}) {
    const nn::Schedule rate = schedule::cyclic(
        {.base_lr = 0.1, .max_lr = 0.5, .step_size_up = up, .step_size_down = down, .mode = mode, .gamma = 0.95});
    double height = 0, scale = 1, power = 1;  // walked up and down
    for (Index t = 0; t < 4 * (up + down); ++t) {
      const double now = mode == CyclicMode::triangular2 ? scale : mode == CyclicMode::exp_range ? power : 1;
      BOOST_TEST(near(rate(t), 0.1 + 0.4 * height * now));
      const Index at = t % (up + down);
      height += at < up ? 1. / up : -1. / down;
      if (at == up + down - 1) scale /= 2;
      power *= 0.95;
    }
  }
  gives(schedule::cyclic({.base_lr = 1, .max_lr = 2, .step_size_up = 2, .mode = CyclicMode::triangular2}),
        {1, 1.5, 2, 1.5, 1, 1.25, 1.5, 1.25, 1, 1.125, 1.25, 1.125, 1});
  const nn::Schedule usual = schedule::cyclic({.max_lr = 1});
  BOOST_TEST(usual(2000) == 1);
  BOOST_TEST(usual(1000) == 0.5);
  BOOST_TEST(usual(3000) == 0.5);
  BOOST_TEST(usual(4000) == 0);
  BOOST_TEST(usual(6000) == 1);
}

BOOST_AUTO_TEST_CASE(one_cycle) {
  using schedule::Anneal;
  // Rises over 3 steps, falls over 6: 0.3·10 − 1 = 2 is the peak, 9 the end.
  const double low = 1. / 25, last = low / 1e4;
  gives(schedule::one_cycle({.max_lr = 1, .total_steps = 10, .anneal = Anneal::linear}),
        {low, (low + 1) / 2, 1, 1 - (1 - last) / 7, 1 - (1 - last) * 2 / 7, 1 - (1 - last) * 3 / 7,
         1 - (1 - last) * 4 / 7, 1 - (1 - last) * 5 / 7, 1 - (1 - last) * 6 / 7, last});
  std::vector<double> cosines{low, (low + 1) / 2, 1};
  for (int k = 1; k <= 7; ++k) cosines.push_back(last + (1 - last) * (1 + std::cos(pi * k / 7)) / 2);
  gives(schedule::one_cycle({.max_lr = 1, .total_steps = 10}), cosines);
  // Three phases: 0 … 3 up, … 6 down, … 15 to the end.
  std::vector<double> three;
  for (int k = 0; k < 3; ++k) three.push_back(0.5 + 1.5 * k / 3);
  for (int k = 0; k < 3; ++k) three.push_back(2 - 1.5 * k / 3);
  for (int k = 0; k <= 9; ++k) three.push_back(0.5 - (0.5 - 0.005) * k / 9);
  gives(schedule::one_cycle({.max_lr = 2,
                             .total_steps = 16,
                             .pct_start = 0.25,
                             .anneal = Anneal::linear,
                             .div_factor = 4,
                             .final_div_factor = 100,
                             .three_phase = true}),
        three);
  // A peak between two steps: 0.35·10 − 1 = 2.5.
  const nn::Schedule between =
      schedule::one_cycle({.max_lr = 1, .total_steps = 10, .pct_start = 0.35, .anneal = Anneal::linear});
  BOOST_TEST(near(between(2), low + (1 - low) * 2 / 2.5));
  BOOST_TEST(near(between(3), 1 - (1 - last) * 0.5 / 6.5));
  // A rise without length is over at once.
  BOOST_TEST(schedule::one_cycle({.max_lr = 1, .total_steps = 10, .pct_start = 0.1})(0) == 1);
  BOOST_TEST(near(schedule::one_cycle({.max_lr = 1, .total_steps = 1})(0), last));
  BOOST_TEST(schedule::one_cycle({.max_lr = 1, .total_steps = 10, .pct_start = 1})(9) == 1);
}

BOOST_AUTO_TEST_CASE(warm_up) {
  const nn::Schedule after = schedule::cosine(0.2, {.T_max = 6});
  const nn::Schedule rate = schedule::warm_up({.steps = 4, .start_factor = 0.5}, after);
  gives(rate, {0.1, 0.125, 0.15, 0.175, 0.2});
  for (Index t = 4; t < 30; ++t) BOOST_TEST(rate(t) == after(t - 4));
  gives(schedule::warm_up({.steps = 3}, schedule::constant(0.9)), {0.3, 0.5, 0.7, 0.9, 0.9});
  gives(schedule::warm_up({.steps = 2, .start_factor = 0}, [](Index t) { return 1. / static_cast<double>(1 + t); }),
        {0, 0.5, 1, 0.5, 1. / 3});
}

// A run goes on with the step's number alone.
BOOST_AUTO_TEST_CASE(a_schedule_drives_an_optimiser) {
  const auto train = [](Parameter& w, nn::Optimizer& adam, Index from, Index to) {
    const nn::Schedule rate = schedule::warm_up({.steps = 5}, schedule::cosine(0.1, {.T_max = 15}));
    for (Index t = from; t < to; ++t) {
      w.set_grad(2. * w.value());
      adam.set_lr(rate(t));
      adam.step();
    }
  };
  Parameter w{tensor({1., -2.}), "w"};
  nn::Adam adam{{&w}};
  train(w, adam, 0, 8);
  Parameter again(w);
  nn::Adam resumed{{&again}};
  resumed.load_state(adam.state());
  train(w, adam, 8, 20);
  train(again, resumed, 8, 20);
  BOOST_TEST(w.value().values() == again.value().values());
}

BOOST_AUTO_TEST_CASE(misuse) {
  const nn::Schedule fine = schedule::constant(1);
  CHECK_MESSAGE(fine(-1), "constant: the step must be at least 0, not -1");
  CHECK_MESSAGE(schedule::cosine(1, {.T_max = 3})(-2), "cosine: the step must be at least 0, not -2");
  CHECK_MESSAGE(schedule::constant(0), "constant: lr must be a finite number above 0, not 0");
  CHECK_MESSAGE(schedule::step(NAN, {.step_size = 1}), "step: lr must be a finite number above 0, not nan");
  CHECK_MESSAGE(schedule::step(1, {}), "step: step_size must be at least 1, not 0");
  CHECK_MESSAGE(schedule::step(1, {.step_size = 1, .gamma = 0}), "step: gamma must be a finite number above 0, not 0");
  CHECK_MESSAGE(schedule::exponential(-1, 0.9), "exponential: lr must be a finite number above 0, not -1");
  CHECK_MESSAGE(schedule::exponential(1, -0.9), "exponential: gamma must be a finite number above 0, not -0.9");
  CHECK_MESSAGE(schedule::inverse_time(0, 1), "inverse_time: lr must be a finite number above 0, not 0");
  CHECK_MESSAGE(schedule::inverse_time(1, -1), "inverse_time: decay must be a finite number of at least 0, not -1");
  CHECK_MESSAGE(schedule::cosine(0, {.T_max = 1}), "cosine: lr must be a finite number above 0, not 0");
  CHECK_MESSAGE(schedule::cosine(1, {}), "cosine: T_max must be at least 1, not 0");
  CHECK_MESSAGE(schedule::cosine(1, {.T_max = 1, .eta_min = 2}),
                "cosine: eta_min must lie between 0 and the rate, 1, not 2");
  CHECK_MESSAGE(schedule::cosine_restarts(0, {.T_0 = 1}), "cosine_restarts: lr must be a finite number above 0, not 0");
  CHECK_MESSAGE(schedule::cosine_restarts(1, {}), "cosine_restarts: T_0 must be at least 1, not 0");
  CHECK_MESSAGE(schedule::cosine_restarts(1, {.T_0 = 1, .T_mult = 0}),
                "cosine_restarts: T_mult must be at least 1, not 0");
  CHECK_MESSAGE(schedule::cosine_restarts(1, {.T_0 = 1, .eta_min = -1}),
                "cosine_restarts: eta_min must lie between 0 and the rate, 1, not -1");
  CHECK_MESSAGE(schedule::cyclic({.base_lr = -1, .max_lr = 1}),
                "cyclic: base_lr must be a finite number of at least 0, not -1");
  CHECK_MESSAGE(schedule::cyclic({.base_lr = 0.5, .max_lr = 0.25}),
                "cyclic: max_lr must be a finite number above base_lr, 0.5, not 0.25");
  CHECK_MESSAGE(schedule::cyclic({.max_lr = 1, .step_size_up = 0}), "cyclic: step_size_up must be at least 1, not 0");
  CHECK_MESSAGE(schedule::cyclic({.max_lr = 1, .step_size_down = -1}),
                "cyclic: step_size_down must be at least 0, not -1");
  CHECK_MESSAGE(schedule::cyclic({.max_lr = 1, .gamma = 1.5}), "cyclic: gamma must lie in (0, 1], not 1.5");
  CHECK_MESSAGE(schedule::one_cycle({.total_steps = 5}), "one_cycle: max_lr must be a finite number above 0, not 0");
  CHECK_MESSAGE(schedule::one_cycle({.max_lr = 1}), "one_cycle: total_steps must be at least 1, not 0");
  CHECK_MESSAGE(schedule::one_cycle({.max_lr = 1, .total_steps = 5, .pct_start = 30}),
                "one_cycle: pct_start must lie in [0, 1], not 30");
  CHECK_MESSAGE(schedule::one_cycle({.max_lr = 1, .total_steps = 5, .pct_start = 0.6, .three_phase = true}),
                "one_cycle: pct_start must be at most 0.5 with three_phase, not 0.6");
  CHECK_MESSAGE(schedule::one_cycle({.max_lr = 1, .total_steps = 5, .div_factor = 0}),
                "one_cycle: div_factor must be a finite number above 0, not 0");
  CHECK_MESSAGE(schedule::one_cycle({.max_lr = 1, .total_steps = 5, .final_div_factor = -1}),
                "one_cycle: final_div_factor must be a finite number above 0, not -1");
  CHECK_MESSAGE(schedule::one_cycle({.max_lr = 1, .total_steps = 5})(5),
                "one_cycle: has 5 steps, so there is no step 5; make it with a larger total_steps");
  CHECK_MESSAGE(schedule::warm_up({}, fine), "warm_up: steps must be at least 1, not 0");
  CHECK_MESSAGE(schedule::warm_up({.steps = 1, .start_factor = 2}, fine),
                "warm_up: start_factor must lie in [0, 1], not 2");
  CHECK_MESSAGE(schedule::warm_up({.steps = 1}, nullptr), "warm_up: the schedule that follows is empty");
}
