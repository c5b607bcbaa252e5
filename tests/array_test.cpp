// array.hpp: between Tensors and xtensor.

#define BOOST_TEST_MODULE array
#include "support.hpp"

#include <autograd/array.hpp>

#include <xtensor/xmath.hpp>

using namespace xgrad;

BOOST_AUTO_TEST_CASE(a_view_is_no_copy) {
  const Tensor t = matrix({{1, 2, 3}, {4, 5, 6}});
  const auto v = view<double>(t);
  BOOST_TEST(&v(0, 0) == elements<double>(t));
  BOOST_TEST(v(1, 2) == 6);
  BOOST_CHECK_THROW(view<float>(t), DTypeError);
}

BOOST_AUTO_TEST_CASE(expressions_become_tensors) {
  const Tensor t = matrix({{1, 2}, {3, 4}});
  const xt::xarray<double> a = to_xtensor<double>(t);
  const Tensor s = from_xtensor(xt::sum(a, {0}) * 2.);
  BOOST_TEST((s.shape() == Shape{2}));
  BOOST_TEST((s.values() == std::vector<double>{8, 12}));
  const xt::xarray<float> f = xt::ones<float>({3});
  BOOST_TEST(from_xtensor(f).dtype() == f32);
  const xt::xarray<double, xt::layout_type::column_major> columns = a;
  BOOST_TEST(from_xtensor(columns).values() == t.values());
}

BOOST_AUTO_TEST_CASE(a_copy_is_the_users_own) {
  const Tensor t = ones({2});
  xt::xarray<double> a = to_xtensor<double>(t);
  a(0) = 5;
  BOOST_TEST(t.at(0) == 1);
}
