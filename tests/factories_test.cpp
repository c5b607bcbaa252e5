// Random numbers and factories.

#define BOOST_TEST_MODULE factories
#include "support.hpp"

#include <algorithm>

using namespace xgrad;

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
