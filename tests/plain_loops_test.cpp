// Plain loops as the oracle of everything that broadcasts, adds up, moves or multiplies elements.

#define BOOST_TEST_MODULE plain_loops
#include "support.hpp"

using namespace xgrad;

namespace {

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

BOOST_AUTO_TEST_CASE(broadcasting_is_loops) {
  const std::pair<Shape, Shape> shapes[] = {{{5}, {5}},
                                            {{3, 1}, {1, 4}},
                                            {{4}, {3, 4}},
                                            {{2, 3, 4}, {3, 1}},
                                            {{2, 1, 4}, {5, 1}},
                                            {{}, {2, 3}},
                                            {{1, 1}, {7}},
                                            {{3, 0}, {1}},
                                            {{2, 1, 3, 1, 2}, {4, 1, 5, 1}},
                                            {{33}, {2, 33}},
                                            {{2, 33}, {2, 1}},
                                            {{1, 3, 1, 2}, {2, 3, 4, 2}},
                                            // short rows, many of which are walked as one
                                            {{301, 4}, {4}},
                                            {{301, 1}, {301, 4}},
                                            {{301, 3}, {301, 1}},
                                            {{3, 77, 5}, {77, 1}},
                                            {{3, 77, 5}, {3, 1, 5}},
                                            {{517, 1}, {1, 8}},
                                            {{2, 40, 64}, {2, 1, 64}},
                                            {{2, 40, 65}, {40, 1}},
                                            {{40, 63}, {63}},
                                            {{2, 3, 1, 2}, {1, 1, 700, 2}}};
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

// A sum of gradients is made in place: an element is read before anything is written over it.
BOOST_AUTO_TEST_CASE(gradients_of_any_length_add_up) {
  for (const DType dtype : {f64, f32})
    for (Index n = 1; n < 70; ++n) {
      const Tensor x = arange(1, static_cast<double>(n + 1), 1, dtype);
      Tape tape;
      const Tensor v = tape.variable(x);
      const Tensor g = tape.gradient(sum(v * x + v * v + 3. * v), v);
      BOOST_TEST(g.values() == (3. * x + 3.).values());
    }
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
  const Shape shapes[] = {{7},       {3, 4},   {2, 3, 4}, {2, 1, 5, 3}, {1000},     {40, 33}, {33, 40}, {2, 2, 2, 2, 2},
                          {1, 1},    {5, 0},   {301, 4},  {2000, 3},    {3, 77, 5}, {40, 64}, {70, 65}, {3, 131, 2, 9},
                          {67, 530}, {301, 2}, {45, 8}};
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

// Rows that share a register do not mix, nor do elements that two registers of a row have both.
BOOST_AUTO_TEST_CASE(a_row_is_folded_by_itself) {
  for (const DType dtype : {f64, f32})
    for (const double odd_one : {static_cast<double>(INFINITY), 1000.})
      for (Index length = 1; length <= 40; ++length)
        for (Index place = 0; place < length; ++place) {
          std::vector<double> values(static_cast<std::size_t>(40 * length), 1.);
          values[static_cast<std::size_t>(21 * length + place)] = odd_one;
          const Tensor x = tensor(values, {40, length}, dtype);
          std::vector<double> sums(40, static_cast<double>(length)), largest(40, 1.);
          sums[21] += odd_one - 1;
          largest[21] = odd_one;
          BOOST_TEST(sum(x, {1}).values() == sums);
          BOOST_TEST(max(x, {1}).values() == largest);
        }
}

// The order of additions follows from the length of a row, not from how many there are.
BOOST_AUTO_TEST_CASE(equal_rows_have_equal_sums) {
  for (const DType dtype : {f64, f32})
    for (Index length = 1; length <= 40; ++length)
      for (const Index rows : {1, 2, 3, 5, 19}) {
        std::vector<double> values;
        for (Index i = 0; i < rows; ++i)
          for (Index k = 0; k < length; ++k) values.push_back(k % 3 == 0 ? 1 : k % 3 == 1 ? 1e16 : -1e16);
        const Tensor row = tensor({values.begin(), values.begin() + length}, {1, length}, dtype);
        for (const double s : sum(tensor(values, {rows, length}, dtype), {1}).values())
          BOOST_TEST(s == sum(row, {1}).item(), rows << " rows of " << length);
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
    BOOST_TEST(support::difference(softmax(transpose(x), 0).values(), transpose(softmax(x)).values(), 1) <=
               (dtype == f32 ? 2e-7 : 4e-16));
  }
}
