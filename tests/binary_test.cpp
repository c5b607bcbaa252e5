// Values of elementwise operations of two and three operands: IEEE special cases, accuracy, independence of position.

#define BOOST_TEST_MODULE binary
#include "support.hpp"
#include "ulps.hpp"

using namespace xgrad;

namespace {

struct OfTwo {
  const char* name;
  Tensor (*f)(const Arg&, const Arg&);
  long double (*exact)(long double, long double);
  double most_ulps;
};
const OfTwo of_two[] = {{"pow", pow, [](long double a, long double b) { return std::pow(a, b); }, 1.6},
                        {"atan2", atan2, [](long double a, long double b) { return std::atan2(a, b); }, 2.5}};

// Magnitudes and signs of all kinds, bases near 1, and whole exponents.
template <class T>
std::vector<double> pairs_of(const OfTwo& f, std::vector<double>& second) {
  using L = std::numeric_limits<T>;
  std::vector<double> first;
  const auto add = [&](double a, double b) {
    first.push_back(static_cast<double>(T(a)));
    second.push_back(static_cast<double>(T(b)));
  };
  Rng rng(8);
  const std::vector<double> u = rand({60'000}, rng).values();
  const double largest = std::log(static_cast<double>(L::max()));
  for (std::size_t i = 0; i + 3 < u.size(); i += 3) {
    const double sign = i % 2 ? 1 : -1,
                 any = std::ldexp(1 + u[i], static_cast<int>((u[i + 1] - 0.5) * 2 * L::max_exponent));
    if (f.f == static_cast<Tensor (*)(const Arg&, const Arg&)>(pow)) {
      const double base = i % 5 == 0 ? any : i % 5 == 1 ? 0.5 + u[i] : i % 5 == 2 ? 1 + (u[i] - 0.5) / 1000 : 10 * u[i];
      add(base, sign * u[i + 2] * 1.1 * largest / std::abs(std::log(base)));
      const double bend =
          (i % 2 ? 0.70710678 : 1.41421356) * (1 + (u[i] - 0.5) / 20);  // where the logarithm's range ends
      add(bend, sign * (0.98 + 0.02 * u[i + 2]) * largest / std::abs(std::log(bend)));
      add(i % 4 ? base : -base, std::round(20 * (u[i + 2] - 0.5)));
    } else {
      const double near = std::ldexp(1 + u[i], static_cast<int>((u[i + 1] - 0.5) * 10));
      add(sign * near, (u[i + 2] - 0.5) * 4);
      add(sign * any, i % 3 ? u[i + 2] - 0.5 : any * (u[i + 2] - 0.5));
    }
  }
  return first;
}

}  // namespace

BOOST_AUTO_TEST_CASE(two_and_a_half_ulps_of_operations_of_two) {
  const auto check = []<class T>(std::type_identity<T>) {
    for (const OfTwo& f : of_two) {
      std::vector<double> second;
      const std::vector<double> first = pairs_of<T>(f, second);
      const Tensor a = tensor(first, dtype_of<T>), b = tensor(second, dtype_of<T>), y = f.f(a, b);
      double worst = 0;
      std::size_t where = 0;
      for (std::size_t i = 0; i < first.size(); ++i) {
        const double off = ulps(elements<T>(y)[i], f.exact(first[i], second[i]));
        if (!(off <= worst)) worst = off, where = i;
      }
      BOOST_TEST(worst <= f.most_ulps, f.name << " in " << dtype_of<T> << ": " << worst << " ulp at " << first[where]
                                              << ", " << second[where]);
      BOOST_TEST_MESSAGE(f.name << " in " << dtype_of<T> << " (" << instruction_set() << "): " << worst << " ulp");
    }
  };
  check(std::type_identity<double>{});
  check(std::type_identity<float>{});
}

// As the C standard's annex F has them; every pair in every place of a register.
BOOST_AUTO_TEST_CASE(ieee_results_of_two) {
  const auto check = []<class T>(std::type_identity<T>) {
    std::vector<double> values = specials<T>();
    for (const double v :
         {2., -2., 3., -3., 1.5, -1.5, 0.25, 4503599627370497., 9007199254740993., -16777217., 1 - 0x1p-20})
      values.push_back(v);
    const Tensor a = tensor(values, dtype_of<T>), b = reshape(a, {a.size(), 1});
    for (const OfTwo& f : of_two) {
      const Tensor y = f.f(a, b);
      for (Index i = 0; i < a.size(); ++i)
        for (Index k = 0; k < a.size(); ++k) {
          const T first = elements<T>(a)[k], second = elements<T>(a)[i], value = elements<T>(y)[i * a.size() + k];
          const long double exact = f.exact(first, second);
          BOOST_TEST(ulps(value, exact) <= f.most_ulps,
                     f.name << "(" << first << ", " << second << ") in " << dtype_of<T> << " is " << value);
        }
    }
  };
  check(std::type_identity<double>{});
  check(std::type_identity<float>{});
}

BOOST_AUTO_TEST_CASE(the_larger_and_the_smaller_of_nan_and_zeros) {
  const double values[] = {0., -0., 1, -1, INFINITY, -INFINITY, NAN};
  for (const DType dtype : {f64, f32})
    for (const double a : values)
      for (const double b : values)
        for (const Index length : {1, 7, 37}) {
          const Tensor x = full({length}, a, dtype), y = full({length}, b, dtype);
          const bool lost = std::isnan(a) || std::isnan(b);
          for (const double v : maximum(x, y).values()) BOOST_REQUIRE(same(v, lost ? NAN : a > b ? a : b));
          for (const double v : minimum(x, y).values()) BOOST_REQUIRE(same(v, lost ? NAN : a < b ? a : b));
        }
}

BOOST_AUTO_TEST_CASE(a_condition_is_any_number_but_0) {
  const std::vector<double> masks{1, 0, -1, -0., NAN, 1e-310, INFINITY, 0, 0.5};
  for (const DType dtype : {f64, f32})
    for (Index length = 1; length <= 40; ++length)
      for (std::size_t first = 0; first < masks.size(); ++first) {
        std::vector<double> mask;
        for (Index i = 0; i < length; ++i) mask.push_back(masks[(first + static_cast<std::size_t>(i)) % masks.size()]);
        const Tensor y = where(tensor(mask), full({length}, 3, dtype), -0.);
        for (Index i = 0; i < length; ++i)
          BOOST_REQUIRE(same(y.at(i), mask[static_cast<std::size_t>(i)] == 0 ? -0. : 3));
      }
}

BOOST_AUTO_TEST_CASE(an_element_does_not_know_its_neighbours) {
  for (const DType dtype : {f64, f32})
    for (const OfTwo& f : of_two)
      for (const double v : {0.3, -1.7, 2.5, 1e-310}) {
        const double alone = f.f(full({1}, v, dtype), 3.).at(0);
        for (Index length = 1; length <= 40; ++length) {
          const Tensor many = concat({full({length}, v, dtype), tensor({-0.5, 700.}, dtype)});
          for (Index i = 0; i < length; ++i) BOOST_REQUIRE(same(f.f(many, 3.).at(i), alone));
        }
      }
}
