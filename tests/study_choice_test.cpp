// The study: means over seeds, filters, the nearest, and what is luck.

#define BOOST_TEST_MODULE study_choice
#include "support.hpp"

#include <sstream>

#include "../examples/study/luck.hpp"
#include "study_rows.hpp"

using namespace study;

namespace {

Numbers rates(const std::vector<const Summary*>& list) {
  Numbers result;
  for (const Summary* s : list) result.push_back(s->configuration().rate);
  return result;
}

}  // namespace

// The first four are Newcombe's examples (Statistics in Medicine 17, 1998, table I), the others by hand: the roots x of
// (p − x)² = 1.96²·x(1 − x)/n.
BOOST_AUTO_TEST_CASE(wilson_intervals) {
  const auto check = [](Index right, Index n, double low, double high) {
    const Interval i = interval(right, n);
    BOOST_TEST(std::abs(i.low - low) <= 5e-5, right << " of " << n << ": " << i.low);
    BOOST_TEST(std::abs(i.high - high) <= 5e-5, right << " of " << n << ": " << i.high);
  };
  check(81, 263, 0.2553, 0.3662);
  check(15, 148, 0.0624, 0.1605);
  check(0, 20, 0, 0.1611);
  check(1, 29, 0.0061, 0.1718);
  check(29, 29, 0.8830, 1);
  check(468, 500, 0.9110, 0.9543);
  for (Index n = 1; n < 60; ++n)
    for (Index right = 0; right <= n; ++right) {
      const Interval i = interval(right, n), mirrored = interval(n - right, n);
      const double p = static_cast<double>(right) / static_cast<double>(n);
      BOOST_TEST((0 <= i.low && i.low <= p + 1e-15 && p <= i.high + 1e-15 && i.high <= 1));
      BOOST_TEST(std::abs(i.low - (1 - mirrored.high)) <= 1e-12);
    }
}

// By hand: t = mean / (s / √n), against 12.706, 4.303, 2.776 and 2.262 for 2, 3, 5 and 10 seeds.
BOOST_AUTO_TEST_CASE(what_may_be_luck) {
  const auto luck = [](const Numbers& a, const Numbers& b, Index dev_examples = 1'000'000) {
    const Case two(Table{a, b});
    const std::vector<Summary> all = two.all();
    BOOST_TEST(may_be_luck(all[0], all[1], dev_examples) == may_be_luck(all[1], all[0], dev_examples));
    return may_be_luck(all[0], all[1], dev_examples);
  };
  BOOST_TEST(luck({0.9, 0.9}, {0.9, 0.9}));
  BOOST_TEST(!luck({0.91, 0.92}, {0.9, 0.91}));            // 0.01 both times: no spread at all
  BOOST_TEST(luck({0.91, 0.92}, {0.9, 0.91}, 100));        // but one example of 100 each: it could have been none
  BOOST_TEST(luck({0.91, 0.92}, {0.9, 0.9}));              // differences 0.01, 0.02: t = 3
  BOOST_TEST(luck({0.911, 0.913}, {0.9, 0.9}));            // 0.011, 0.013: t = 12
  BOOST_TEST(!luck({0.912, 0.914}, {0.9, 0.9}));           // 0.012, 0.014: t = 13
  BOOST_TEST(luck({0.91, 0.92, 0.93}, {0.9, 0.9, 0.9}));   // 1, 2, 3: t = 2 / (1 / √3) = 3.46
  BOOST_TEST(!luck({0.92, 0.93, 0.94}, {0.9, 0.9, 0.9}));  // 2, 3, 4: t = 5.2
  // 0, 1, 2, 3, 4: t = 2 / (1.5811 / √5) = 2.828; with the last seed a tie, 0, 1, 2, 3, 0: t = 2.06
  BOOST_TEST(!luck({0.9, 0.91, 0.92, 0.93, 0.94}, {0.9, 0.9, 0.9, 0.9, 0.9}));
  BOOST_TEST(luck({0.9, 0.91, 0.92, 0.93, 0.9}, {0.9, 0.9, 0.9, 0.9, 0.9}));
  // 8 times 1, twice −1: mean 0.6, s = 0.8433, t = 2.25; of 11 with 9 times 1: mean 7/11, s = 0.809, t = 2.609
  const Numbers base(11, 0.5);
  const auto plus_minus = [](std::size_t plus, std::size_t minus) {
    Numbers a(plus, 0.51);
    a.insert(a.end(), minus, 0.49);
    return a;
  };
  BOOST_TEST(luck(plus_minus(8, 2), {base.begin(), base.begin() + 10}));
  BOOST_TEST(!luck(plus_minus(9, 2), base));
}

BOOST_AUTO_TEST_CASE(summaries_are_means_over_the_seeds) {
  Case c(Table{{0.9, 0.8, 0.7}, {0.5, 0.5, 0.5}, {0.6, 0.6, 0.6}});
  c.row(1).train_accuracy = 0.5;
  c.row(2).seconds = 4;
  c.row(4).diverged = 3;
  c.row(4).dev_accuracy = c.row(4).train_accuracy = NAN;
  c.rows.erase({8, 10});
  const std::vector<Summary> all = c.all();
  BOOST_TEST(all.size() == 2);  // the last one lacks a seed
  BOOST_TEST(std::abs(all[0].dev_accuracy - 0.8) <= 1e-15);
  BOOST_TEST(std::abs(all[0].train_accuracy - 0.7) <= 1e-15);
  BOOST_TEST(std::abs(all[0].gap - 0.1) <= 1e-15);
  BOOST_TEST(std::abs(all[0].spread - 0.1) <= 1e-15);
  BOOST_TEST(all[0].seconds == 2);
  BOOST_TEST(to_string(all[0], c.grid) == "width 1, tanh, rate 1, 10 iterations");
  BOOST_TEST(all[1].diverged == 1);
  BOOST_TEST(shortfall(all[1], {}) == "diverged");
}

BOOST_AUTO_TEST_CASE(filters_remove_in_turn) {
  Case c(Table{{0.99}, {0.97}, {0.96}, {0.9}, {0.98}, {0.5}});
  c.row(0).train_accuracy = 0.95;  // a gap of 4 points
  c.row(1).seconds = 5;
  c.row(2).seconds = 2;
  c.row(4).seconds = 30;
  c.row(5).diverged = 1;
  c.row(5).dev_accuracy = NAN;
  const std::vector<Summary> all = c.all();
  const Selection s = select(all, {});
  std::ostringstream text;
  std::size_t left = all.size();
  for (const Filter& f : s.filters) {
    text << f.keeps << ": " << f.removed << ", alone leaves " << f.alone << '\n';
    left -= f.removed;
    BOOST_TEST(f.left == left);
  }
  BOOST_TEST(text.str() ==
             "not diverged: 1, alone leaves 5\ndev accuracy > 95 %: 1, alone leaves 4\n"
             "train − dev gap ≤ 1 %: 1, alone leaves 4\ntraining time < 30 s: 1, alone leaves 5\n");
  BOOST_TEST(left == s.survivors.size());
  BOOST_TEST((rates(s.survivors) == Numbers{3, 2}));  // the quickest first
  BOOST_TEST(s.nearest.empty());
  BOOST_TEST(s.chosen()->configuration().rate == 3);
}

// `>` for the accuracy, `≤` for the gap, `<` for the time; 1900 of 2000 is 0.95 however it was computed.
BOOST_AUTO_TEST_CASE(filters_at_their_thresholds) {
  const auto passes = [](double train, double dev, double seconds) {
    Case c(Table{{0.5}});
    c.row(0).train_accuracy = train;
    c.row(0).dev_accuracy = dev;
    c.row(0).seconds = seconds;
    const std::vector<Summary> all = c.all();
    return !select(all, {}).survivors.empty();
  };
  BOOST_TEST(passes(0.9525, 0.9525, 1));
  BOOST_TEST(!passes(0.95, 0.95, 1));
  BOOST_TEST(!passes(0.95, 0.95 + 1e-16, 1));
  BOOST_TEST(!passes(0.95, 1 - 20. / 400, 1));
  BOOST_TEST(passes(0.97, 0.96, 1));
  BOOST_TEST(passes(0.96, 0.97, 1));
  BOOST_TEST(!passes(0.9725, 0.96, 1));
  BOOST_TEST(passes(1, 0.99, 29.999));
  BOOST_TEST(!passes(1, 0.99, 30));
}

BOOST_AUTO_TEST_CASE(the_nearest_where_nothing_passes) {
  Case c(Table{{0.94}, {0.9475}, {0.945}, {0.945}, {0.96}, {0.93}, {0.95}});
  c.row(1).train_accuracy = 0.9675;  // 0.25 points short and 1 too wide: 1.25 in all
  c.row(2).seconds = 3;
  c.row(3).seconds = 2;
  c.row(4).seconds = 100;  // all but too slow
  c.row(5).diverged = 2;
  c.row(5).dev_accuracy = NAN;
  const std::vector<Summary> all = c.all();
  const Selection s = select(all, {});
  BOOST_TEST(s.survivors.empty());
  BOOST_TEST((rates(s.nearest) == Numbers{7, 4, 3, 1, 2, 5}));
  BOOST_TEST(s.chosen()->configuration().rate == 7);
  BOOST_TEST(shortfall(all[6], {}) == "dev accuracy only just reaches it");
  BOOST_TEST(shortfall(all[3], {}) == "dev accuracy 0.5 points short");
  BOOST_TEST(shortfall(all[1], {}) == "dev accuracy 0.25 points short, gap 1 points too wide");
  BOOST_TEST(shortfall(all[4], {}) == "takes 100 s");
  Case lost(Table{{0.9}});
  lost.row(0).diverged = 1;
  const std::vector<Summary> none = lost.all();
  BOOST_TEST(!select(none, {}).chosen());
  BOOST_TEST(!select({}, {}).chosen());
}
