// Toy data, random numbers, factories, and xtensor at the border.

#define BOOST_TEST_MODULE data
#include "support.hpp"

#include <algorithm>
#include <numbers>
#include <set>

#include <nn/data.hpp>

using namespace xgrad;

BOOST_AUTO_TEST_CASE(moons_without_noise_are_half_circles) {
  Rng rng(1);
  const auto [x, y] = nn::data::moons(7, 0, rng);
  BOOST_TEST((x.shape() == Shape{7, 2}));
  BOOST_TEST((y.shape() == Shape{7, 1}));
  BOOST_TEST(sum(y).item() == 4);  // n/2 rounded down are the upper ones
  const double pi = std::numbers::pi;
  for (Index i = 0; i < 3; ++i) BOOST_TEST(x.at(i, 1) == std::sin(pi * static_cast<double>(i) / 2));
  for (Index i = 0; i < 4; ++i) BOOST_TEST(x.at(3 + i, 0) == 1 - std::cos(pi * static_cast<double>(i) / 3));
  for (Index i = 0; i < 4; ++i) BOOST_TEST(x.at(3 + i, 1) == 0.5 - std::sin(pi * static_cast<double>(i) / 3));
}

BOOST_AUTO_TEST_CASE(circles_without_noise_have_their_radii) {
  Rng rng(1);
  const auto [x, y] = nn::data::circles(40, 0, rng, 0.3);
  for (Index i = 0; i < 40; ++i)
    BOOST_TEST(std::hypot(x.at(i, 0), x.at(i, 1)) == (y.at(i, 0) > 0 ? 0.3 : 1), boost::test_tools::tolerance(1e-15));
  BOOST_TEST(x.at(0, 0) != x.at(19, 0));  // the end point is not the start again
}

BOOST_AUTO_TEST_CASE(noise_has_its_size_and_seeds_repeat) {
  Rng a(9), b(9), none(9);
  const auto noisy = nn::data::moons(2000, 0.25, a), again = nn::data::moons(2000, 0.25, b),
             clean = nn::data::moons(2000, 0, none);
  BOOST_TEST(noisy.x.values() == again.x.values());
  const Tensor d = noisy.x - clean.x;
  BOOST_TEST(std::abs(std::sqrt(mean(square(d)).item()) - 0.25) < 0.01);
  BOOST_TEST(std::abs(mean(d).item()) < 0.02);
}

BOOST_AUTO_TEST_CASE(a_split_keeps_every_example_once) {
  Rng rng(2);
  const nn::data::Dataset all{reshape(arange(0, 40), {20, 2}), reshape(arange(0, 20), {20, 1})};
  const auto [train, dev] = nn::data::split(all, 0.8, rng);
  BOOST_TEST((train.x.shape() == Shape{16, 2}));
  BOOST_TEST((dev.y.shape() == Shape{4, 1}));
  std::set<double> seen;
  for (const auto* part : {&train, &dev})
    for (Index i = 0; i < part->y.size(); ++i) {
      BOOST_TEST(part->x.at(i, 0) == 2 * part->y.at(i, 0));
      seen.insert(part->y.at(i, 0));
    }
  BOOST_TEST(seen.size() == 20u);
  BOOST_TEST(train.y.at(0, 0) + train.y.at(1, 0) + train.y.at(2, 0) != 3);  // shuffled
}

BOOST_AUTO_TEST_CASE(the_generator_never_changes) {
  Rng rng(42);
  const std::uint64_t first = rng.bits();
  BOOST_TEST(first == Rng(42).bits());
  BOOST_TEST(first == 15021278609987233951u);
  BOOST_TEST(Rng(1).bits() != Rng(2).bits());
}

BOOST_AUTO_TEST_CASE(moments) {
  Rng rng(3);
  const Tensor n = randn({200000}, rng), u = rand({200000}, rng);
  BOOST_TEST(std::abs(mean(n).item()) < 0.01);
  BOOST_TEST(std::abs(mean(square(n)).item() - 1) < 0.02);
  BOOST_TEST(std::abs(mean(square(square(n))).item() - 3) < 0.1);
  BOOST_TEST(std::abs(mean(u).item() - 0.5) < 0.005);
  BOOST_TEST(max(u).item() < 1);
  BOOST_TEST(max(-u).item() <= 0);
  std::vector<int> counts(7);
  for (int i = 0; i < 70000; ++i) ++counts[rng.below(7)];
  for (int c : counts) BOOST_TEST(std::abs(c - 10000) < 500);
}

BOOST_AUTO_TEST_CASE(f32_draws_are_f64_draws_rounded) {
  Rng a(4), b(4);
  const Tensor narrow = randn({50}, a, f32), wide = randn({50}, b);
  BOOST_TEST(narrow.values() == wide.to(f32).values());
}

BOOST_AUTO_TEST_CASE(a_permutation_has_every_number_once) {
  Rng rng(5);
  std::vector<double> p = randperm(100, rng).values();
  BOOST_TEST(!std::is_sorted(p.begin(), p.end()));
  std::sort(p.begin(), p.end());
  BOOST_TEST(p == arange(0, 100).values());
  BOOST_TEST(randperm(0, rng).size() == 0);
}

BOOST_AUTO_TEST_CASE(factories) {
  using V = std::vector<double>;
  BOOST_TEST((arange(1, 2, 0.25).values() == V{1, 1.25, 1.5, 1.75}));
  BOOST_TEST((arange(3, 0, -1).values() == V{3, 2, 1}));
  BOOST_TEST((linspace(0, 1, 5).values() == V{0, 0.25, 0.5, 0.75, 1}));
  BOOST_TEST((eye(2).values() == V{1, 0, 0, 1}));
  BOOST_TEST((full({2}, 7, f32).dtype() == f32));
  BOOST_TEST((tensor({1., 2.}, {2, 1}).shape() == Shape{2, 1}));
  BOOST_TEST((matrix({{1, 2}, {3, 4}}).at(1, 0) == 3));
  BOOST_TEST((matrix({{1, 2}, {3, 4}}).at(-1, -1) == 4));
  BOOST_TEST(scalar(2).rank() == 0);
  BOOST_TEST(scalar(2).item() == 2);
  BOOST_TEST(tensor({0.1}, f32).item() == static_cast<double>(0.1f));
  BOOST_TEST(!Tensor().defined());
}
