// Products, extremes, spreads, norms and walks along an axis: plain loops in long double as the oracle, derivatives by
// hand where they are delicate, IEEE values.

#define BOOST_TEST_MODULE reduction
#include "support.hpp"

#include <algorithm>
#include <limits>

using namespace xgrad;

namespace {

using V = std::vector<double>;
using Function1 = std::function<Tensor(const Tensor&)>;
using Real = long double;
constexpr double inf = INFINITY;
const double nan_ = std::nan("");

double epsilon(DType dtype) { return dtype == f32 ? 0x1p-23 : 0x1p-52; }

Tensor random(const Shape& shape, unsigned seed, DType dtype) {
  Rng rng(seed);
  return randn(shape, rng, dtype);
}

// The elements that are reduced into each element of the result, row-major.
std::vector<std::vector<Real>> groups(const Tensor& x, const Axes& axes) {
  Shape kept = x.shape();
  for (Index axis : axes) kept[axis] = 1;
  std::vector<std::vector<Real>> result(static_cast<std::size_t>(element_count(kept)));
  const V values = x.values();
  for (Index n = 0; n < x.size(); ++n) {
    Index rest = n, group = 0, stride = 1;
    for (Index i = x.rank(); i-- > 0; rest /= x.shape()[i]) {
      if (!axes.contains(i)) group += rest % x.shape()[i] * stride;
      stride *= kept[i];
    }
    result[static_cast<std::size_t>(group)].push_back(values[static_cast<std::size_t>(n)]);
  }
  return result;
}

// The largest error of y, relative to the exact values and to `scale`.
double error(const Tensor& y, const std::vector<std::vector<Real>>& of,
             const std::function<Real(const std::vector<Real>&)>& exact, double scale = 0) {
  V values;
  for (const std::vector<Real>& group : of) values.push_back(static_cast<double>(exact(group)));
  return support::difference(y.values(), values, scale);
}

Real plain_var(const std::vector<Real>& v, Real correction) {
  Real mean = 0, squares = 0;
  for (Real x : v) mean += x / static_cast<Real>(v.size());
  for (Real x : v) squares += (x - mean) * (x - mean);
  return squares / (static_cast<Real>(v.size()) - correction);
}

V gradient(const Tensor& at, const Function1& f) {
  Tape tape;
  const Tensor x = tape.variable(at);
  return tape.gradient(f(x), x).values();
}

// Row i: the derivatives of the i-th entry of the gradient.
std::vector<V> hessian(const Tensor& at, const Function1& f) {
  std::vector<V> rows;
  for (Index i = 0; i < at.size(); ++i) {
    Tape tape;
    const Tensor x = tape.variable(at);
    const Tensor g = reshape(tape.gradient(f(x), x, {.record = true}), {-1});
    const Tensor entry = sum(slice(g, 0, i, i + 1));
    rows.push_back(tape.depends(entry, x) ? tape.gradient(entry, x).values() : zeros(at.shape()).values());
  }
  return rows;
}

}  // namespace

BOOST_AUTO_TEST_CASE(values_are_loops) {
  const Shape shapes[] = {{7}, {1}, {}, {3, 4}, {2, 3, 4}, {2, 1, 5, 3}, {300}, {40, 33}, {33, 40}, {2, 2, 2, 2, 2}};
  unsigned seed = 1;
  for (const Shape& shape : shapes)
    for (unsigned mask = 0; mask < (1u << shape.rank()); ++mask)
      for (const DType dtype : {f64, f32}) {
        Axes axes;
        for (Index i = 0; i < shape.rank(); ++i)
          if (mask >> i & 1u) axes.push_back(i);
        const Tensor x = random(shape, seed++, dtype);
        const auto of = groups(x, axes);
        const auto n = static_cast<double>(of[0].size());
        const double eps = epsilon(dtype);
        // a sample of x in a moderate range, so that products of 1320 numbers stay in that of f32
        const Tensor near_one = 1 + 0.01 * x;
        BOOST_TEST(error(prod(near_one, axes), groups(near_one, axes), [](const std::vector<Real>& v) {
                     Real p = 1;
                     for (Real e : v) p *= e;
                     return p;
                   }) <= 2 * n * eps);
        BOOST_TEST(error(min(x, axes), of, [](const auto& v) { return *std::min_element(v.begin(), v.end()); }) == 0);
        BOOST_TEST(error(
                       var(x, axes, false, 0), of, [](const auto& v) { return plain_var(v, 0); }, eps) <= 20 * eps);
        BOOST_TEST(error(
                       stddev(x, axes, false, -1), of, [](const auto& v) { return std::sqrt(plain_var(v, -1)); },
                       eps) <= 20 * eps);
        if (n > 1) {
          BOOST_TEST(error(var(x, axes), of, [](const auto& v) { return plain_var(v, 1); }) <= 20 * eps);
          BOOST_TEST(error(stddev(x, axes), of, [](const auto& v) { return std::sqrt(plain_var(v, 1)); }) <= 20 * eps);
        }
        BOOST_TEST(error(norm(x, 1, axes), of, [](const std::vector<Real>& v) {
                     Real s = 0;
                     for (Real e : v) s += std::abs(e);
                     return s;
                   }) <= 20 * eps);
        BOOST_TEST(error(norm(x, 2, axes), of, [](const std::vector<Real>& v) {
                     Real s = 0;
                     for (Real e : v) s += e * e;
                     return std::sqrt(s);
                   }) <= 20 * eps);
        BOOST_TEST(error(norm(x, inf, axes), of, [](const std::vector<Real>& v) {
                     Real s = 0;
                     for (Real e : v) s = std::max(s, std::abs(e));
                     return s;
                   }) == 0);
        const Tensor kept = stddev(x, axes, true, 0);
        BOOST_TEST((kept.shape() == sum(x, axes, true).shape()));
        BOOST_TEST((norm(x, 2, axes).shape() == sum(x, axes).shape()));
        BOOST_TEST(kept.dtype() == dtype);
        if (axes.rank() == shape.rank()) {
          BOOST_TEST(prod(x).item() == prod(x, axes).item());
          BOOST_TEST(min(x).item() == min(x, axes).item());
          BOOST_TEST(norm(x).item() == norm(x, 2, axes).item());
          BOOST_TEST(norm(x, 1).item() == norm(x, 1, axes).item());
        }
      }
}

BOOST_AUTO_TEST_CASE(of_nothing) {
  BOOST_TEST(prod(zeros({0, 2}), {0}).values() == (V{1, 1}));
  BOOST_TEST(norm(zeros({0})).item() == 0);
  BOOST_TEST(norm(zeros({0}), inf).item() == 0);
  BOOST_TEST(cumsum(zeros({0, 2}), 0).size() == 0);
  BOOST_TEST(cumsum(zeros({2, 0}), 0, true).size() == 0);
  CHECK_MESSAGE_HERE(min(zeros({0})), "min: there is no element of x (0) to reduce over axes (0)");
  CHECK_MESSAGE_HERE(argmax(zeros({0})), "argmax: there is no element of x (0) to reduce over axes (0)");
  CHECK_MESSAGE_HERE(var(zeros({0})), "var: there is no element of x (0) to reduce over axes (0)");
  CHECK_MESSAGE_HERE(stddev(ones({4}), {0}, false, 4),
                     "stddev: there are too few elements of x (4) to reduce over axes (0) with correction 4");
  CHECK_MESSAGE_HERE(norm(ones({4}), 0), "norm: the order is 1, 2 or infinity, not 0");
}

// ------------------------------------------------------------------------------------------------ products

BOOST_AUTO_TEST_CASE(a_product_with_zeros_has_its_derivatives) {
  const Function1 f = [](const Tensor& x) { return prod(x); };
  BOOST_TEST(gradient(tensor({2, 3, 5}), f) == (V{15, 10, 6}));
  BOOST_TEST(gradient(tensor({2, 0, 5}), f) == (V{0, 10, 0}));
  BOOST_TEST(gradient(tensor({2, 0, 5, 0}), f) == (V{0, 0, 0, 0}));
  BOOST_TEST(gradient(tensor({0}), f) == (V{1}));
  BOOST_TEST(gradient(scalar(0), f) == (V{1}));
  BOOST_TEST(gradient(tensor({2, 0, 5}, f32), f) == (V{0, 10, 0}));
  BOOST_TEST((hessian(tensor({2, 3, 5}), f) == std::vector<V>{{0, 5, 3}, {5, 0, 2}, {3, 2, 0}}));
  BOOST_TEST((hessian(tensor({2, 0, 5}), f) == std::vector<V>{{0, 5, 0}, {5, 0, 2}, {0, 2, 0}}));
  BOOST_TEST((hessian(tensor({0, 0, 5}), f) == std::vector<V>{{0, 5, 0}, {5, 0, 0}, {0, 0, 0}}));
  BOOST_TEST((hessian(tensor({0, 0, 0}), f) == std::vector<V>(3, V{0, 0, 0})));
  // of x0 x1 x2 three times, once by each: 1
  Tape tape;
  const Tensor x = tape.variable(zeros({3}));
  Tensor d = prod(x);
  for (Index i = 0; i < 3; ++i) d = sum(slice(tape.gradient(d, x, {.record = true}), 0, i, i + 1));
  BOOST_TEST(d.item() == 1);
}

BOOST_AUTO_TEST_CASE(the_others_are_taken_along_the_reduced_axes) {
  const Tensor x = tensor({1, 0, 3, 4, 5, 6, 0, 8, 9, 0, 2, 7}, {2, 3, 2});
  for (const Axes& axes : {Axes{0}, Axes{1}, Axes{2}, Axes{2, 0}, Axes{1, -1}, Axes{0, 1, 2}, Axes{}}) {
    const V g = gradient(x, [&](const Tensor& t) { return sum(prod(t, axes)); });
    const V values = x.values();
    for (std::size_t k = 0; k < values.size(); ++k) {  // prod is linear in each element
      V up = values, down = values;
      up[k] = 1, down[k] = 0;
      const double slope =
          sum(prod(tensor(up, x.shape()), axes)).item() - sum(prod(tensor(down, x.shape()), axes)).item();
      BOOST_TEST(g[k] == slope);
    }
  }
}

BOOST_AUTO_TEST_CASE(products_out_of_range_have_gradients) {
  const Function1 f = [](const Tensor& x) { return prod(x); };
  BOOST_TEST(gradient(tensor({1e-200, 1e-200}), f) == (V{1e-200, 1e-200}));
  BOOST_TEST(gradient(tensor({1e200, 1e200}), f) == (V{1e200, 1e200}));
  BOOST_TEST(gradient(tensor({inf, 2}), f) == (V{2, inf}));
  BOOST_TEST(gradient(tensor({inf, 0}), f) == (V{0, inf}));
  BOOST_TEST(std::isnan(prod(tensor({inf, 0})).item()));
  BOOST_TEST(std::isnan(prod(tensor({nan_, 0, 1})).item()));
}

// ------------------------------------------------------------------------------------------------ extremes and places

BOOST_AUTO_TEST_CASE(extremes_at_ties_and_nan) {
  BOOST_TEST(gradient(tensor({1, 3, 1, 1}), [](const Tensor& x) { return 3 * min(x); }) == (V{1, 0, 1, 1}));
  for (const DType dtype : {f64, f32})
    for (Index at : {0, 3, 17, 39}) {
      V v(40, 1.);
      v[static_cast<std::size_t>(at)] = nan_;
      const Tensor x = tensor(v, dtype);
      BOOST_TEST(std::isnan(min(x).item()));
      BOOST_TEST(std::isnan(min(reshape(x, {8, 5}), {0}).at(at % 5)));
      for (const double beaten : {inf, -inf}) {
        const Tensor y = where(equal(x, 1.), full({40}, beaten, dtype), x);
        BOOST_TEST(argmax(y).item() == static_cast<double>(at));
        BOOST_TEST(argmin(reshape(y, {8, 5}), 0).at(at % 5) == static_cast<double>(at / 5));
      }
    }
  BOOST_TEST(min(tensor({inf, inf})).item() == inf);
  BOOST_TEST(argmax(tensor({1, nan_, 2, nan_})).item() == 1);
  BOOST_TEST(argmin(tensor({nan_, nan_, -inf})).item() == 0);
  BOOST_TEST(argmax(tensor({-inf, -inf})).item() == 0);
  BOOST_TEST(argmax(tensor({0., -0., 0.})).item() == 0);
  BOOST_TEST(argmin(tensor({0., -0., 0.})).item() == 0);
  BOOST_TEST(argmax(tensor({2, 5, 5, 1, 1})).item() == 1);
  BOOST_TEST(argmin(tensor({2, 5, 5, 1, 1})).item() == 3);
}

BOOST_AUTO_TEST_CASE(places_are_loops) {
  const Shape shapes[] = {{9}, {3, 4}, {4, 5, 3}, {2, 3, 1, 4}};
  unsigned seed = 1;
  for (const Shape& shape : shapes)
    for (const DType dtype : {f64, f32}) {
      const Tensor x =
          cast((random(shape, seed, dtype) > 0) + (random(shape, seed + 1, dtype) > 0), dtype);  // many ties
      seed += 2;
      const auto first = [](bool largest) {
        return [largest](const std::vector<Real>& v) {
          const auto at = largest ? std::max_element(v.begin(), v.end()) : std::min_element(v.begin(), v.end());
          return static_cast<Real>(at - v.begin());
        };
      };
      for (Index axis = 0; axis < shape.rank(); ++axis) {
        BOOST_TEST(error(argmax(x, axis), groups(x, {axis}), first(true)) == 0);
        BOOST_TEST(error(argmin(x, axis - shape.rank()), groups(x, {axis}), first(false)) == 0);
        BOOST_TEST((argmax(x, axis).shape() == sum(x, {axis}).shape()));
        BOOST_TEST((argmin(x, axis, true).shape() == sum(x, {axis}, true).shape()));
      }
      Axes all;
      for (Index i = 0; i < shape.rank(); ++i) all.push_back(i);
      BOOST_TEST(error(argmax(x), groups(x, all), first(true)) == 0);
      BOOST_TEST(error(argmin(x), groups(x, all), first(false)) == 0);
      BOOST_TEST(argmax(x).dtype() == f64);
      BOOST_TEST(argmax(x).rank() == 0);
    }
}

BOOST_AUTO_TEST_CASE(running_sums_are_loops) {
  const Shape shapes[] = {{9}, {3, 4}, {4, 5, 3}, {2, 3, 1, 4}, {1000}};
  unsigned seed = 1;
  for (const Shape& shape : shapes)
    for (const DType dtype : {f64, f32})
      for (Index axis = 0; axis < shape.rank(); ++axis)
        for (const bool reverse : {false, true}) {
          const Tensor x = random(shape, seed++, dtype), y = cumsum(x, axis, reverse);
          BOOST_REQUIRE((y.shape() == shape));
          const auto from = groups(x, {axis}), to = groups(y, {axis});
          for (std::size_t k = 0; k < from.size(); ++k) {
            Real total = 0, magnitude = 0;
            for (std::size_t j = 0; j < from[k].size(); ++j) {
              const std::size_t at = reverse ? from[k].size() - 1 - j : j;
              total += from[k][at];
              magnitude += std::abs(from[k][at]);
              BOOST_TEST(static_cast<double>(std::abs(to[k][at] - total)) <=
                         static_cast<double>(from[k].size()) * epsilon(dtype) * static_cast<double>(magnitude));
            }
          }
        }
  BOOST_TEST(cumsum(tensor({1, inf, 2}), 0).values() == (V{1, inf, inf}));
  BOOST_TEST(std::isnan(cumsum(tensor({inf, -inf, 2}), 0).at(2)));
  BOOST_TEST(cumsum(tensor({1, nan_, 2}), 0, true).at(2) == 2);
  BOOST_TEST(gradient(tensor({1, 2, 3}), [](const Tensor& x) { return sum(cumsum(x, 0)); }) == (V{3, 2, 1}));
}

// ------------------------------------------------------------------------------------------------ spreads

BOOST_AUTO_TEST_CASE(equal_elements_have_no_spread) {
  for (const DType dtype : {f64, f32})
    for (const double v : {0., 0.1, -1e10, 1e-300})
      for (const Index n : {2, 3, 7, 100}) {
        const Tensor x = full({n}, v, dtype);
        BOOST_TEST(var(x).item() == 0);
        BOOST_TEST(stddev(x).item() == 0);
        BOOST_TEST(gradient(x, [](const Tensor& t) { return stddev(t); }) == zeros({n}).values());
      }
  BOOST_TEST((hessian(full({3}, 0.1), [](const Tensor& t) { return stddev(t); }) == std::vector<V>(3, V{0, 0, 0})));
  // among others, the derivatives of those are not touched
  const Function1 f = [](const Tensor& t) { return sum(stddev(t, {1})); };
  const Tensor both = matrix({{2, 2, 2}, {1, 2, 4}});
  const V alone = gradient(matrix({{1, 2, 4}}), f), g = gradient(both, f);
  BOOST_TEST(V(g.begin() + 3, g.end()) == alone);
  for (const V& row : hessian(both, f))
    for (double e : row) BOOST_TEST(std::isfinite(e));
}

BOOST_AUTO_TEST_CASE(spreads_by_hand) {
  const Tensor x = tensor({1, 2, 4, 7});  // mean 3.5, squares 21
  BOOST_TEST(var(x).item() == 7);
  BOOST_TEST(var(x, {0}, false, 0).item() == 5.25);
  BOOST_TEST(stddev(x).item() == std::sqrt(7.), boost::test_tools::tolerance(1e-15));
  const V g = gradient(x, [](const Tensor& t) { return var(t); });
  for (std::size_t i = 0; i < 4; ++i)
    BOOST_TEST(g[i] == 2. / 3 * (x.values()[i] - 3.5), boost::test_tools::tolerance(1e-15));
  BOOST_TEST(var(x, {0}, true).shape() == Shape{1});
  // far from 0 nothing is lost
  BOOST_TEST(var(x + 1e9).item() == 7);
  // beyond the range of squares
  BOOST_TEST(stddev(1e200 * x).item() == 1e200 * std::sqrt(7.), boost::test_tools::tolerance(1e-15));
  BOOST_TEST(stddev(1e-200 * x).item() == 1e-200 * std::sqrt(7.), boost::test_tools::tolerance(1e-15));
  BOOST_TEST(std::isnan(var(tensor({1, nan_})).item()));
  BOOST_TEST(std::isnan(stddev(tensor({1, inf})).item()));
}

// ------------------------------------------------------------------------------------------------ norms

BOOST_AUTO_TEST_CASE(norms_at_zero_and_ties) {
  const auto of_order = [](double ord) { return [ord](const Tensor& x) { return norm(x, ord); }; };
  for (const DType dtype : {f64, f32})
    for (const double ord : {1., 2., inf}) {
      BOOST_TEST(norm(zeros({3}, dtype), ord).item() == 0);
      BOOST_TEST(gradient(zeros({3}, dtype), of_order(ord)) == (V{0, 0, 0}));
      BOOST_TEST(gradient(tensor({-0.}, dtype), of_order(ord)) == (V{0}));
      BOOST_TEST(gradient(tensor({-5.}, dtype), of_order(ord)) == (V{-1}));
      if (dtype == f64) BOOST_TEST((hessian(zeros({2}), of_order(ord)) == std::vector<V>(2, V{0, 0})));
    }
  BOOST_TEST(gradient(tensor({3, -4}), of_order(2)) == (V{0.6, -0.8}));
  BOOST_TEST(gradient(tensor({3, 0, -4}), of_order(1)) == (V{1, 0, -1}));
  BOOST_TEST(gradient(tensor({4, 0, -4, 3}), of_order(inf)) == (V{0.5, 0, -0.5, 0}));
  // (I − u uᵀ) / y
  const std::vector<V> h = hessian(tensor({3, -4}), of_order(2));
  const double u[] = {0.6, -0.8};
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t j = 0; j < 2; ++j) BOOST_TEST(std::abs(h[i][j] - ((i == j) - u[i] * u[j]) / 5) <= 1e-16);
  // rows of zeros beside others
  const Function1 rows = [](const Tensor& x) { return sum(norm(x, 2, {1})); };
  BOOST_TEST(gradient(matrix({{0, 0}, {3, -4}}), rows) == (V{0, 0, 0.6, -0.8}));
  for (const V& row : hessian(matrix({{0, 0}, {3, -4}}), rows))
    for (double e : row) BOOST_TEST(std::isfinite(e));
}

template <class T>
constexpr bool reads_axes_as_order = requires(const T& x) {
  norm(x, {1});
};
static_assert(!reads_axes_as_order<Tensor>);

BOOST_AUTO_TEST_CASE(norms_at_the_edges) {
  const double tiny = std::numeric_limits<double>::denorm_min(), most = std::numeric_limits<double>::max();
  BOOST_TEST(norm(tensor({3e300, 4e300})).item() == 5e300, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(norm(tensor({3e-300, -4e-300})).item() == 5e-300, boost::test_tools::tolerance(1e-15));
  BOOST_TEST(norm(tensor({3 * tiny, 4 * tiny})).item() == 5 * tiny);
  BOOST_TEST(norm(tensor({most, 1.})).item() == most);
  BOOST_TEST(norm(tensor({most, most})).item() == inf);
  BOOST_TEST(norm(tensor({1e300, tiny})).item() == 1e300);
  BOOST_TEST(norm(tensor({3e30, 4e30}, f32)).item() == static_cast<double>(5e30f), boost::test_tools::tolerance(1e-7));
  BOOST_TEST(norm(tensor({3e-42, 4e-42}, f32)).item() == static_cast<double>(5e-42f),
             boost::test_tools::tolerance(1e-3));
  BOOST_TEST(gradient(tensor({3e300, 4e300}), [](const Tensor& x) { return norm(x); })[0] == 0.6,
             boost::test_tools::tolerance(1e-15));
  BOOST_TEST(gradient(tensor({3 * tiny, 4 * tiny}), [](const Tensor& x) { return norm(x); }) == (V{0.6, 0.8}));
  for (const double ord : {1., 2., inf}) {
    BOOST_TEST(norm(tensor({1, -inf}), ord).item() == inf);
    BOOST_TEST(std::isnan(norm(tensor({inf, nan_}), ord).item()));
    BOOST_TEST(std::isnan(norm(tensor({nan_, 0.}), ord).item()));
    const Tensor rows = norm(matrix({{nan_, 1}, {inf, 1}, {0, 0}, {0, -2}}), ord, {1});
    BOOST_TEST(std::isnan(rows.at(0)));
    BOOST_TEST(rows.at(1) == inf);
    BOOST_TEST(rows.at(2) == 0);
    BOOST_TEST(rows.at(3) == 2);
  }
}
