// Values: IEEE special cases, accuracy, independence of position, and plain loops as the oracle of everything that
// moves or adds elements.

#define BOOST_TEST_MODULE kernel
#include "support.hpp"

#include <limits>
#include <numeric>

using namespace xgrad;

namespace {

struct Elementwise {
  const char* name;
  Tensor (*f)(const Arg&);
  long double (*exact)(long double);
  double low, high;  // where accuracy is measured
  double ulps;       // allowed, relative to max(|value|, slack)
  double slack;      // absolute scale below which errors are absolute
};

long double sigma(long double x) { return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); }
long double soft(long double x) { return std::max<long double>(x, 0) + std::log1p(std::exp(-std::abs(x))); }

const Elementwise functions[] = {
    {"exp", exp, [](long double x) { return std::exp(x); }, -80, 80, 3, 0},
    {"log", log, [](long double x) { return std::log(x); }, 1e-6, 1e6, 3, 0},
    {"log1p", log1p, [](long double x) { return std::log1p(x); }, -0.9, 1e3, 4, 0},
    {"sqrt", sqrt, [](long double x) { return std::sqrt(x); }, 0, 1e6, 1, 0},
    {"sin", sin, [](long double x) { return std::sin(x); }, -20, 20, 3, 1e-3},
    {"cos", cos, [](long double x) { return std::cos(x); }, -20, 20, 3, 1e-3},
    {"tanh", tanh, [](long double x) { return std::tanh(x); }, -20, 20, 4, 0},
    {"tan", tan, [](long double x) { return std::tan(x); }, -1.5, 1.5, 4, 0},
    {"asin", asin, [](long double x) { return std::asin(x); }, -1, 1, 4, 0},
    {"acos", acos, [](long double x) { return std::acos(x); }, -1, 1, 4, 1e-3},
    {"atan", atan, [](long double x) { return std::atan(x); }, -20, 20, 4, 0},
    {"sinh", sinh, [](long double x) { return std::sinh(x); }, -80, 80, 4, 0},
    {"cosh", cosh, [](long double x) { return std::cosh(x); }, -80, 80, 4, 0},
    {"expm1", expm1, [](long double x) { return std::expm1(x); }, -80, 80, 4, 0},
    {"erf", erf, [](long double x) { return std::erf(x); }, -6, 6, 4, 0},
    {"rsqrt", rsqrt, [](long double x) { return 1 / std::sqrt(x); }, 0.01, 1e6, 2, 0},
    {"reciprocal", reciprocal, [](long double x) { return 1 / x; }, 0.01, 1e6, 1, 0},
    {"sign", sign, [](long double x) { return x > 0   ? 1
                                              : x < 0 ? -1
                                                      : x; }, -5, 5, 0, 0},
    {"floor", floor, [](long double x) { return std::floor(x); }, -5, 5, 0, 0},
    {"ceil", ceil, [](long double x) { return std::ceil(x); }, -5, 5, 0, 0},
    {"round", round, [](long double x) { return std::nearbyint(x); }, -5, 5, 0, 0},
    {"sigmoid", sigmoid, sigma, -80, 80, 5, 0},
    {"softplus", softplus, soft, -80, 80, 5, 0},
    {"log_sigmoid", log_sigmoid, [](long double x) { return -soft(-x); }, -80, 80, 5, 0},
    {"abs", abs, [](long double x) { return std::abs(x); }, -5, 5, 0, 0},
    {"neg", neg, [](long double x) { return -x; }, -5, 5, 0, 0},
    {"square", square, [](long double x) { return x * x; }, -5, 5, 1, 0},
    {"relu", relu, [](long double x) { return x > 0 || std::isnan(x) ? x : 0; }, -5, 5, 0, 0},
};

template <class T>
std::vector<double> specials() {
  using L = std::numeric_limits<T>;
  const double tiny = L::denorm_min(), least = L::min(), most = L::max(), inf = L::infinity();
  return {0., -0., 1,    -1, 0.5, -0.5, tiny, -tiny, 1000 * tiny, least, -least, most, -most, inf, -inf, L::quiet_NaN(),
          88, -88, -100, 89, 708, -709, -745, 710,   1e-20,       -1e-20};
}

bool same(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
}

Tensor random(const Shape& shape, unsigned seed, DType dtype = f64) {
  Rng rng(seed);
  return randn(shape, rng, dtype);
}

// Index arithmetic for the oracles: the flat index of `at` broadcast into `shape`.
std::size_t flat(const Shape& shape, const std::vector<Index>& at) {
  Index k = 0;
  for (Index i = 0; i < shape.rank(); ++i) {
    const Index a = at[at.size() - static_cast<std::size_t>(shape.rank() - i)];
    k = k * shape[i] + (shape[i] == 1 ? 0 : a);
  }
  return static_cast<std::size_t>(k);
}

// f(indices) for every element of a shape.
template <class F>
void for_each(const Shape& shape, F f) {
  std::vector<Index> at(static_cast<std::size_t>(shape.rank()), 0);
  for (Index n = 0; n < element_count(shape); ++n) {
    f(std::as_const(at));
    for (std::size_t i = at.size(); i-- > 0;) {
      if (++at[i] < shape[static_cast<Index>(i)]) break;
      at[i] = 0;
    }
  }
}

Tensor plain_matmul(const Tensor& a, const Tensor& b) {  // matrices and batches of them
  const Index m = a.shape()[a.rank() - 2], k = a.shape()[a.rank() - 1], n = b.shape()[b.rank() - 1];
  Shape batch_a, batch_b;
  for (Index i = 0; i + 2 < a.rank(); ++i) batch_a.push_back(a.shape()[i]);
  for (Index i = 0; i + 2 < b.rank(); ++i) batch_b.push_back(b.shape()[i]);
  const Shape batch = broadcast(batch_a, batch_b);
  Shape shape = batch;
  shape.push_back(m);
  shape.push_back(n);
  const std::vector<double> va = a.values(), vb = b.values();
  std::vector<double> out;
  for_each(batch, [&](const std::vector<Index>& at) {
    const std::size_t pa = flat(batch_a, at) * static_cast<std::size_t>(m * k),
                      pb = flat(batch_b, at) * static_cast<std::size_t>(k * n);
    for (Index i = 0; i < m; ++i)
      for (Index j = 0; j < n; ++j) {
        long double sum = 0;
        for (Index l = 0; l < k; ++l)
          sum += static_cast<long double>(va[pa + static_cast<std::size_t>(i * k + l)]) *
                 vb[pb + static_cast<std::size_t>(l * n + j)];
        out.push_back(static_cast<double>(sum));
      }
  });
  return tensor(out, shape);
}

}  // namespace

BOOST_AUTO_TEST_CASE(ieee_results) {
  for (const DType dtype : {f64, f32}) {
    const std::vector<double> x = dtype == f32 ? specials<float>() : specials<double>();
    const Tensor t = tensor(x, dtype);
    const std::vector<double> in = t.values();
    for (const Elementwise& f : functions) {
      const std::vector<double> out = f.f(t).values();
      for (std::size_t i = 0; i < in.size(); ++i) {
        long double exact = f.exact(in[i]);
        const double expected = dtype == f32 ? static_cast<float>(exact) : static_cast<double>(exact);
        const double tiny =
            dtype == f32 ? std::numeric_limits<float>::denorm_min() : std::numeric_limits<double>::denorm_min();
        const double eps = dtype == f32 ? 0x1p-23 : 0x1p-52;
        if (std::abs(in[i]) > 1e4 && std::isfinite(in[i]) &&
            (f.f == static_cast<Tensor (*)(const Arg&)>(sin) || f.f == static_cast<Tensor (*)(const Arg&)>(cos)))
          continue;  // the argument's own rounding is many periods
        const bool close =
            std::abs(out[i] - expected) <= 8 * eps * std::abs(expected) + 8 * tiny && std::isfinite(expected);
        BOOST_TEST((same(out[i], expected) || (close && (expected != 0 || std::abs(out[i]) > 0 ||
                                                         std::signbit(out[i]) == std::signbit(expected)))),
                   f.name << "(" << in[i] << ") in " << dtype << " is " << out[i] << ", not " << expected);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(activations) {
  using L = long double;
  constexpr L pi = 3.14159265358979323846264338327950288L;
  struct {
    const char* name;
    std::function<Tensor(const Tensor&)> f;
    std::function<L(L)> exact;
  } const cases[] = {
      {"silu", [](const Tensor& x) { return silu(x); }, [](L x) { return x * sigma(x); }},
      {"gelu", [](const Tensor& x) { return gelu(x); }, [](L x) { return x / 2 * std::erfc(-x / std::sqrt(2.L)); }},
      {"gelu_tanh", [](const Tensor& x) { return gelu_tanh(x); },
       [](L x) { return x / 2 * (1 + std::tanh(std::sqrt(2 / pi) * (x + 0.044715L * x * x * x))); }},
      {"elu", [](const Tensor& x) { return elu(x, 0.3); }, [](L x) { return x > 0 ? x : 0.3L * std::expm1(x); }},
      {"selu", [](const Tensor& x) { return selu(x); },
       [](L x) { return 1.0507009873554804934L * (x > 0 ? x : 1.6732632423543772848L * std::expm1(x)); }},
      {"leaky_relu", [](const Tensor& x) { return leaky_relu(x, 0.1); }, [](L x) { return x > 0 ? x : 0.1L * x; }},
      {"clamp", [](const Tensor& x) { return clamp(x, -2, 3); }, [](L x) { return std::clamp<L>(x, -2, 3); }},
  };
  for (const DType dtype : {f64, f32}) {
    const Tensor x = linspace(-30, 30, 6001).to(dtype);
    const std::vector<double> in = x.values();
    for (const auto& c : cases) {
      const std::vector<double> out = c.f(x).values();
      double worst = 0;
      for (std::size_t i = 0; i < in.size(); ++i)
        worst =
            std::max(worst, static_cast<double>(std::abs(out[i] - c.exact(in[i])) / std::max<L>(1, std::abs(in[i]))));
      BOOST_TEST(worst <= 4 * (dtype == f32 ? 0x1p-23 : 0x1p-52), c.name << " in " << dtype << ": " << worst);
      BOOST_TEST(std::isnan(c.f(scalar(NAN, dtype)).item()), c.name);
    }
  }
}

BOOST_AUTO_TEST_CASE(accuracy) {
  for (const DType dtype : {f64, f32}) {
    const double eps = dtype == f32 ? 0x1p-23 : 0x1p-52;
    Rng rng(11);
    for (const Elementwise& f : functions) {
      const Tensor x = (f.low + (f.high - f.low) * rand({20000}, rng)).to(dtype);
      const std::vector<double> in = x.values(), out = f.f(x).values();
      double worst = 0;
      for (std::size_t i = 0; i < in.size(); ++i) {
        const long double exact = f.exact(in[i]);
        worst = std::max(
            worst,
            static_cast<double>(std::abs(out[i] - exact) /
                                std::max<long double>({std::abs(exact), f.slack, std::numeric_limits<float>::min()})) /
                eps);
      }
      BOOST_TEST(worst <= f.ulps, f.name << " in " << dtype << ": " << worst << " ulp");
      BOOST_TEST_MESSAGE(f.name << " in " << dtype << ": " << worst << " ulp");
    }
  }
}

BOOST_AUTO_TEST_CASE(an_element_does_not_know_its_neighbours) {
  for (const DType dtype : {f64, f32})
    for (const Elementwise& f : functions)
      for (const double v : {0.3, -1.7, 2.5, -90., 1e-310}) {
        const double alone = f.f(full({1}, v, dtype)).at(0);
        for (Index length = 1; length <= 40; ++length) {
          const Tensor many = concat({full({length}, v, dtype), tensor({100., -3.}, dtype)});
          for (Index i = 0; i < length; ++i) BOOST_REQUIRE(same(f.f(many).at(i), alone));
        }
        BOOST_REQUIRE(same(f.f(transpose(full({5, 3}, v, dtype))).at(2, 4), alone));
      }
}

BOOST_AUTO_TEST_CASE(broadcasting_is_loops) {
  const std::pair<Shape, Shape> shapes[] = {{{5}, {5}},          {{3, 1}, {1, 4}},    {{4}, {3, 4}},
                                            {{2, 3, 4}, {3, 1}}, {{2, 1, 4}, {5, 1}}, {{}, {2, 3}},
                                            {{1, 1}, {7}},       {{3, 0}, {1}},       {{2, 1, 3, 1, 2}, {4, 1, 5, 1}},
                                            {{33}, {2, 33}},     {{2, 33}, {2, 1}},   {{1, 3, 1, 2}, {2, 3, 4, 2}}};
  unsigned seed = 1;
  for (const auto& pair : shapes)
    for (const DType dtype : {f64, f32}) {
      const Shape &p = pair.first, &q = pair.second;
      const Tensor a = random(p, seed, dtype), b = random(q, seed + 1, dtype);
      seed += 2;
      const Shape shape = broadcast(p, q);
      const std::vector<double> va = a.values(), vb = b.values();
      const auto oracle = [&](auto f) {
        std::vector<double> out;
        for_each(shape, [&](const std::vector<Index>& at) {
          const double x = va[flat(p, at)], y = vb[flat(q, at)];
          out.push_back(dtype == f32
                            ? static_cast<double>(static_cast<float>(f(static_cast<float>(x), static_cast<float>(y))))
                            : static_cast<double>(f(x, y)));
        });
        return out;
      };
      BOOST_TEST((a + b).shape() == shape);
      BOOST_TEST((a + b).values() == oracle([](auto x, auto y) { return x + y; }));
      BOOST_TEST((a - b).values() == oracle([](auto x, auto y) { return x - y; }));
      BOOST_TEST((a * b).values() == oracle([](auto x, auto y) { return x * y; }));
      BOOST_TEST((a / b).values() == oracle([](auto x, auto y) { return x / y; }));
      BOOST_TEST(maximum(a, b).values() == oracle([](auto x, auto y) { return std::max(x, y); }));
      BOOST_TEST((a < b).values() == oracle([](auto x, auto y) { return x < y ? 1. : 0.; }));
      BOOST_TEST(where(a < b, a, b).values() == oracle([](auto x, auto y) { return std::min(x, y); }));
    }
}

BOOST_AUTO_TEST_CASE(numbers_on_either_side_take_the_tensors_dtype) {
  const Tensor x = tensor({0.1, 0.2}, f32);
  for (const Tensor& y : {x + 1, 1 + x, x - 0.1, 0.1 - x, 2 * x, x / 3, 3 / x, pow(x, 2), pow(2, x), maximum(x, 0.15),
                          where(x > 0.15, x, 0)})
    BOOST_TEST(y.dtype() == f32);
  BOOST_TEST((x > 0.15).dtype() == f64);
  BOOST_TEST((1 + x).at(0) == static_cast<double>(1.f + 0.1f));
}

BOOST_AUTO_TEST_CASE(nan_passes_through_maximum_and_max) {
  const double nan = std::nan("");
  for (const DType dtype : {f64, f32}) {
    BOOST_TEST(std::isnan(maximum(tensor({nan}, dtype), 1.).item()));
    BOOST_TEST(std::isnan(maximum(1., tensor({nan}, dtype)).item()));
    for (Index at : {0, 3, 17, 39}) {
      std::vector<double> v(40, 1.);
      v[static_cast<std::size_t>(at)] = nan;
      BOOST_TEST(std::isnan(max(tensor(v, dtype)).item()));
      BOOST_TEST(std::isnan(max(tensor(v, {8, 5}, dtype), {0}).at(at % 5)));
    }
  }
}

BOOST_AUTO_TEST_CASE(reductions_are_loops) {
  const Shape shapes[] = {{7},      {3, 4},   {2, 3, 4},       {2, 1, 5, 3}, {1000},
                          {40, 33}, {33, 40}, {2, 2, 2, 2, 2}, {1, 1},       {5, 0}};
  unsigned seed = 1;
  for (const Shape& shape : shapes)
    for (unsigned mask = 0; mask < (1u << shape.rank()); ++mask)
      for (const DType dtype : {f64, f32}) {
        Axes axes;
        Shape kept = shape;
        for (Index i = 0; i < shape.rank(); ++i)
          if (mask >> i & 1u) {
            axes.push_back(i);
            kept[i] = 1;
          }
        const Tensor x = random(shape, seed++, dtype);
        const std::vector<double> v = x.values();
        const auto groups = static_cast<std::size_t>(element_count(kept));
        std::vector<long double> total(groups, 0), magnitude(groups, 0), largest(groups, -INFINITY), exps(groups, 0);
        std::size_t n = 0;
        for_each(shape, [&](const std::vector<Index>& at) {
          const std::size_t g = flat(kept, at);
          total[g] += v[n];
          magnitude[g] += std::abs(v[n]);
          exps[g] += std::exp(static_cast<long double>(v[n]));
          largest[g] = std::max<long double>(largest[g], v[n++]);
        });
        const double eps = dtype == f32 ? 0x1p-23 : 0x1p-52;
        const Tensor y = sum(x, axes, true);
        BOOST_TEST((y.shape() == kept));
        const std::vector<double> s = y.values();
        for (std::size_t g = 0; g < groups; ++g)
          BOOST_TEST(std::abs(static_cast<double>(s[g] - total[g])) <= 20 * eps * static_cast<double>(magnitude[g]),
                     "sum of " << shape << " over " << axes);
        BOOST_TEST(sum(x, axes).values() == s);
        if (x.size() == 0) continue;
        const std::vector<double> top = max(x, axes).values(), lse = logsumexp(x, axes).values();
        for (std::size_t g = 0; g < groups; ++g) {
          BOOST_TEST(top[g] == static_cast<double>(largest[g]));
          BOOST_TEST(std::abs(lse[g] - static_cast<double>(std::log(exps[g]))) <=
                     20 * eps * std::max(1., std::abs(lse[g])));
        }
        const double count = static_cast<double>(x.size()) / static_cast<double>(groups);
        BOOST_TEST(support::difference(mean(x, axes).values(), (sum(x, axes) / count).values()) <= eps);
      }
}

BOOST_AUTO_TEST_CASE(a_long_sum_is_accurate) {
  const Tensor x = full({1000000}, 0.1, f32);
  BOOST_TEST(std::abs(sum(x).item() - 1e6 * 0.1f) < 0.05);  // one by one, f32 would be off by hundreds
}

BOOST_AUTO_TEST_CASE(logsumexp_at_the_edges) {
  const double inf = INFINITY;
  BOOST_TEST(logsumexp(tensor({-inf, -inf})).item() == -inf);
  BOOST_TEST(logsumexp(tensor({inf, 1.})).item() == inf);
  BOOST_TEST(logsumexp(tensor({-inf, 2.})).item() == 2);
  BOOST_TEST(logsumexp(tensor({1000., 1000.})).item() == 1000 + std::log(2.));
  BOOST_TEST(logsumexp(zeros({0, 2}), {0}).at(1) == -inf);
}

BOOST_AUTO_TEST_CASE(moving_elements_is_loops) {
  const Tensor x = random({2, 3, 4}, 1);
  const Axes orders[] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  for (const Axes& order : orders) {
    const Tensor y = permute(x, order);
    for_each(y.shape(), [&](const std::vector<Index>& at) {
      Dims from = x.shape(), to = x.shape();
      for (Index i = 0; i < 3; ++i) {
        from[order[i]] = at[static_cast<std::size_t>(i)];
        to[i] = at[static_cast<std::size_t>(i)];
      }
      BOOST_TEST(y.at(to) == x.at(from));
    });
  }
  BOOST_TEST(transpose(x).values() == permute(x, {0, 2, 1}).values());
  BOOST_TEST(transpose(x, 0, -1).values() == permute(x, {2, 1, 0}).values());
  const Tensor big = random({37, 53}, 2, f32);
  BOOST_TEST(transpose(big).at(50, 36) == big.at(36, 50));
  BOOST_TEST(transpose(transpose(big)).values() == big.values());
  for (Index axis : {0, 1, 2}) {
    const Tensor part = slice(x, axis, 1, 2);
    for_each(part.shape(), [&](const std::vector<Index>& at) {
      Dims from(at), to(at);
      from[axis] += 1;
      BOOST_TEST(part.at(to) == x.at(from));
    });
    BOOST_TEST(concat({slice(x, axis, 0, 1), slice(x, axis, 1)}, axis).values() == x.values());
    BOOST_TEST(slice(pad(x, axis, 2, 1), axis, 2, -1).values() == x.values());
    BOOST_TEST(sum(pad(x, axis, 2, 1)).item() == sum(x).item(), boost::test_tools::tolerance(1e-14));
  }
  const Tensor stacked = stack({x, 2 * x}, 1);
  BOOST_TEST((stacked.shape() == Shape{2, 2, 3, 4}));
  BOOST_TEST(stacked.at(1, 1, 2, 3) == 2 * x.at(1, 2, 3));
  BOOST_TEST(slice(x, 1, 5, 9).size() == 0);
  BOOST_TEST(slice(x, 1, 2, 1).size() == 0);
}

BOOST_AUTO_TEST_CASE(products_are_loops) {
  const std::pair<Shape, Shape> shapes[] = {{{2, 3}, {3, 4}},     {{1, 1}, {1, 1}},          {{17, 9}, {9, 5}},
                                            {{64, 33}, {33, 20}}, {{2, 3, 4}, {4, 5}},       {{2, 3, 4}, {2, 4, 5}},
                                            {{3, 4}, {2, 4, 5}},  {{2, 1, 3, 4}, {3, 4, 2}}, {{0, 3}, {3, 2}},
                                            {{2, 0}, {0, 3}},     {{5, 1}, {1, 7}}};
  unsigned seed = 1;
  for (const auto& [p, q] : shapes)
    for (const DType dtype : {f64, f32}) {
      const Tensor a = random(p, seed, dtype), b = random(q, seed + 1, dtype);
      seed += 2;
      const double eps = dtype == f32 ? 1e-5 : 1e-14;
      const Tensor exact = plain_matmul(a, b);
      BOOST_TEST((matmul(a, b).shape() == exact.shape()));
      const double scale = static_cast<double>(a.shape()[a.rank() - 1]);
      BOOST_TEST(support::difference(matmul(a, b).values(), exact.values(), scale) <= eps);
      // the same product from operands that are unread transposes
      const Tensor at = permute(a, [&] {
        Axes o;
        for (Index i = 0; i < a.rank(); ++i) o.push_back(i);
        std::swap(o[a.rank() - 1], o[a.rank() - 2]);
        return o;
      }());
      const Tensor bt = permute(b, [&] {
        Axes o;
        for (Index i = 0; i < b.rank(); ++i) o.push_back(i);
        std::swap(o[b.rank() - 1], o[b.rank() - 2]);
        return o;
      }());
      BOOST_TEST(support::difference(matmul(transpose(at), b).values(), exact.values(), scale) <= eps);
      BOOST_TEST(support::difference(matmul(a, transpose(bt)).values(), exact.values(), scale) <= eps);
      BOOST_TEST(support::difference(matmul(transpose(at), transpose(bt)).values(), exact.values(), scale) <= eps);
    }
  const Tensor m = random({3, 4}, 5), v = random({4}, 6), w = random({3}, 7);
  BOOST_TEST(matmul(m, v).values() == matmul(m, reshape(v, {4, 1})).values());
  BOOST_TEST((matmul(m, v).shape() == Shape{3}));
  BOOST_TEST((matmul(w, m).shape() == Shape{4}));
  BOOST_TEST(matmul(v, v).rank() == 0);
  BOOST_TEST((matmul(random({5, 3, 4}, 8), v).shape() == Shape{5, 3}));
}

BOOST_AUTO_TEST_CASE(a_transpose_is_not_copied_to_be_multiplied) {
  const Tensor w = random({300, 200}, 1), x = random({10, 200}, 2);
  const Tensor t = transpose(w);
  matmul(x, t);
  BOOST_TEST(t.transposed_source().defined());
  BOOST_TEST(transpose(t).data() == w.data());
  Tape tape;
  const Tensor leaf = tape.variable(w);
  const Tensor g = tape.gradient(sum(matmul(x, transpose(leaf))), leaf);
  BOOST_TEST(!g.transposed_source().defined(), "the gradient comes in the layout of w");
}

BOOST_AUTO_TEST_CASE(softmax_rows_add_to_one) {
  for (const DType dtype : {f64, f32}) {
    const Tensor x = 50 * random({20, 7}, 1, dtype);
    for (double s : sum(softmax(x), {1}).values()) BOOST_TEST(std::abs(s - 1) <= (dtype == f32 ? 3e-7 : 5e-16));
    BOOST_TEST(support::difference(exp(log_softmax(x)).values(), softmax(x).values(), 1) <=
               (dtype == f32 ? 2e-6 : 1e-14));
    BOOST_TEST(softmax(transpose(x), 0).values() == transpose(softmax(x)).values());
  }
}

BOOST_AUTO_TEST_CASE(rules_at_kinks) {
  const auto gradient = [](const std::vector<double>& at, const std::function<Tensor(const Tensor&)>& f) {
    Tape tape;
    const Tensor x = tape.variable(tensor(at));
    return tape.gradient(sum(f(x)), x).values();
  };
  using V = std::vector<double>;
  BOOST_TEST((gradient({0, -0., 1, -1}, [](const Tensor& x) { return relu(x); }) == V{0, 0, 1, 0}));
  BOOST_TEST((gradient({0, 1, -1}, [](const Tensor& x) { return abs(x); }) == V{0, 1, -1}));
  BOOST_TEST((gradient({0, 1, -1}, [](const Tensor& x) { return leaky_relu(x, 0.5); }) == V{0.5, 1, 0.5}));
  BOOST_TEST((gradient({2, 5}, [](const Tensor& x) { return maximum(x, tensor({2., 3.})); }) == V{0.5, 1}));
  BOOST_TEST((gradient({3, 1, 3, 3}, [](const Tensor& x) { return 3 * max(x); }) == V{1, 0, 1, 1}));
  BOOST_TEST((gradient({0, 2}, [](const Tensor& x) { return pow(x, 0.); }) == V{0, 0}));
  BOOST_TEST((gradient({0, 1, 2}, [](const Tensor& x) { return pow(0., x); }) == V{0, 0, 0}));
  BOOST_TEST((gradient({-2, 3}, [](const Tensor& x) { return pow(x, 3.); }) == V{12, 27}));
}
