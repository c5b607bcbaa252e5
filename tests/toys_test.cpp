// Toy data: the shapes without noise, the size of the noise, the errors.

#define BOOST_TEST_MODULE toys
#include "support.hpp"

#include <numbers>

#include <nn/data/toys.hpp>

using namespace xgrad;
namespace data = nn::data;

BOOST_AUTO_TEST_CASE(moons_without_noise_are_half_circles) {
  Rng rng(1);
  const auto [x, y] = data::moons(7, 0, rng);
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
  const auto [x, y] = data::circles(40, 0, rng, 0.3);
  for (Index i = 0; i < 40; ++i)
    BOOST_TEST(std::hypot(x.at(i, 0), x.at(i, 1)) == (y.at(i, 0) > 0 ? 0.3 : 1), boost::test_tools::tolerance(1e-15));
  BOOST_TEST(x.at(0, 0) != x.at(19, 0));  // the end point is not the start again
}

BOOST_AUTO_TEST_CASE(noise_has_its_size_and_seeds_repeat) {
  Rng a(9), b(9), none(9);
  const auto noisy = data::moons(2000, 0.25, a), again = data::moons(2000, 0.25, b), clean = data::moons(2000, 0, none);
  BOOST_TEST(noisy.x.values() == again.x.values());
  const Tensor d = noisy.x - clean.x;
  BOOST_TEST(std::abs(std::sqrt(mean(square(d)).item()) - 0.25) < 0.01);
  BOOST_TEST(std::abs(mean(d).item()) < 0.02);
}

BOOST_AUTO_TEST_CASE(spiral_arms_are_opposite_and_turn) {
  Rng rng(1);
  const auto [x, y] = data::spiral(200, 0, rng);
  for (Index i = 0; i < 100; ++i) {
    const double s = static_cast<double>(i) / 100;
    BOOST_TEST(std::abs(std::hypot(x.at(i, 0), x.at(i, 1)) - 5 * s) < 1e-14);
    BOOST_TEST(x.at(i, 0) == -x.at(100 + i, 0));
    BOOST_TEST(x.at(i, 1) == -x.at(100 + i, 1));
    BOOST_TEST(y.at(i, 0) == 0);
    BOOST_TEST(y.at(100 + i, 0) == 1);
  }
  // 3.5 half turns: the first coordinate, r sin t, changes its sign three times.
  int changes = 0;
  for (Index i = 2; i < 100; ++i) changes += (x.at(i, 0) > 0) != (x.at(i - 1, 0) > 0);
  BOOST_TEST(changes == 3);
}

BOOST_AUTO_TEST_CASE(exclusive_or_is_whether_signs_differ) {
  Rng rng(1);
  const auto [x, y] = data::exclusive_or(401, 0, rng);
  BOOST_TEST(sum(y).item() == 201);
  std::vector<int> quadrant(4);
  for (Index i = 0; i < 401; ++i) {
    const bool a = x.at(i, 0) > 0, b = x.at(i, 1) > 0;
    BOOST_TEST((a != b) == (y.at(i, 0) == 1));
    BOOST_TEST(std::max(std::abs(x.at(i, 0)), std::abs(x.at(i, 1))) <= 1);
    ++quadrant[static_cast<std::size_t>(2 * a + b)];
  }
  for (const int count : quadrant) BOOST_TEST(count > 60);
}

BOOST_AUTO_TEST_CASE(blobs_stand_around_their_centres) {
  Rng rng(1);
  const Tensor centers = matrix({{-5, 0, 1}, {5, 2, 3}});
  const auto [x, y] = data::blobs(5001, centers, 0.5, rng, f32);
  BOOST_TEST((x.shape() == Shape{5001, 3}));
  BOOST_TEST((y.shape() == Shape{5001}));
  BOOST_TEST(x.dtype() == f32);
  BOOST_TEST(y.dtype() == f64);       // classes are f64
  BOOST_TEST(sum(y).item() == 2500);  // the first centre has the odd one
  const Tensor d = x - index_select(centers, 0, y).to(f32);
  for (Index k = 0; k < 3; ++k) BOOST_TEST(std::abs(mean(slice(d, 1, k, k + 1)).item()) < 0.03);
  BOOST_TEST(std::abs(std::sqrt(mean(square(d)).item()) - 0.5) < 0.01);
}

BOOST_AUTO_TEST_CASE(blobs_without_centres_draw_them) {
  Rng rng(1);
  const auto [x, y] = data::blobs(1000, 100, 0, rng);
  BOOST_TEST((x.shape() == Shape{1000, 2}));
  BOOST_TEST(max(y).item() == 99);
  for (Index i = 0; i < 1000; i += 10) BOOST_TEST(x.at(i, 0) == x.at(i + 9, 0));
  BOOST_TEST(max(abs(x)).item() < 10);
  BOOST_TEST(max(abs(x)).item() > 9);
  BOOST_TEST(std::abs(mean(x).item()) < 1.5);
}

BOOST_AUTO_TEST_CASE(curves) {
  Rng rng(1);
  const auto [x, y] = data::sine(9, 0, rng);
  BOOST_TEST((x.shape() == Shape{9, 1}));
  for (Index i = 0; i < 9; ++i) BOOST_TEST(y.at(i, 0) == std::sin(x.at(i, 0)));
  BOOST_TEST(x.at(0, 0) == -std::numbers::pi);
  BOOST_TEST(x.at(8, 0) == std::numbers::pi);
  const auto [u, v] = data::line(5, 0, rng, 3, -1, f32);
  BOOST_TEST((u.values() == std::vector<double>{-1, -0.5, 0, 0.5, 1}));
  BOOST_TEST((v.values() == std::vector<double>{-4, -2.5, -1, 0.5, 2}));
  BOOST_TEST(v.dtype() == f32);
  const auto noisy = data::line(4000, 0.5, rng);
  const Tensor d = noisy.y - (2. * noisy.x + 1.);
  BOOST_TEST(std::abs(std::sqrt(mean(square(d)).item()) - 0.5) < 0.02);
}

BOOST_AUTO_TEST_CASE(impossible_toys) {
  Rng rng(1);
  CHECK_MESSAGE(data::moons(1, 0, rng), "moons: needs at least 2 points, not 1");
  CHECK_MESSAGE(data::circles(0, 0, rng), "circles: needs at least 2 points, not 0");
  CHECK_MESSAGE(data::spiral(-3, 0, rng), "spiral: needs at least 2 points, not -3");
  CHECK_MESSAGE(data::sine(1, 0, rng), "sine: needs at least 2 points, not 1");
  CHECK_MESSAGE(data::exclusive_or(9, -1, rng),
                "exclusive_or: the noise must be a finite number of at least 0, not -1");
  CHECK_MESSAGE(data::line(9, NAN, rng), "line: the noise must be a finite number of at least 0, not nan");
  CHECK_MESSAGE(data::circles(9, 0, rng, 1), "circles: the factor must lie in [0, 1), not 1");
  CHECK_MESSAGE(data::blobs(0, 2, 1, rng), "blobs: needs at least 1 point, not 0");
  CHECK_MESSAGE(data::blobs(9, 0, 1, rng), "blobs: needs at least 1 centre, not 0");
  CHECK_MESSAGE(data::blobs(9, tensor({1., 2.}), 1, rng),
                "blobs: the centres must be rows of a matrix (k, d), not (2)");
  CHECK_MESSAGE(data::blobs(9, Tensor(), 1, rng), "blobs: the centres must be rows of a matrix (k, d)");
}
