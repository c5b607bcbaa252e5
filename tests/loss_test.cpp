// The losses: exact where the equations are exact, right where units saturate.

#define BOOST_TEST_MODULE loss
#include "support.hpp"

using namespace xgrad;
using support::message;

namespace {

Tensor gradient_of(const Tensor& z, const std::function<Tensor(const Tensor&)>& loss) {
  Tape tape;
  const Tensor leaf = tape.variable(z);
  return tape.gradient(loss(leaf), leaf);
}

// Logits from −limit to limit, with both labels at each.
struct Data {
  Tensor z, y;
  Data(double limit, DType dtype, Index count = 401)
      : z(concat({linspace(-limit, limit, count, dtype), linspace(-limit, limit, count, dtype)})),
        y(concat({zeros({count}, dtype), ones({count}, dtype)})) {}
};

long double sigma(long double z) { return 1 / (1 + std::exp(-z)); }

}  // namespace

BOOST_AUTO_TEST_CASE(the_gradient_of_a_sum_is_bit_equal_to_A_minus_Y) {
  for (const DType dtype : {f64, f32}) {
    const Data d(30, dtype);
    const Tensor expected = sigmoid(d.z) - d.y;
    BOOST_TEST(gradient_of(d.z, [&](const Tensor& z) {
                 return binary_cross_entropy_with_logits(z, d.y, Reduction::sum);
               }).values() == expected.values());
    BOOST_TEST(gradient_of(d.z, [&](const Tensor& z) {
                 return sum(binary_cross_entropy_with_logits(z, d.y, Reduction::none));
               }).values() == expected.values());
  }
}

BOOST_AUTO_TEST_CASE(the_gradient_of_a_mean_is_bit_equal_to_A_minus_Y_over_m) {
  for (const DType dtype : {f64, f32})
    for (const Index count : {3, 50, 401}) {
      const Data d(30, dtype, count);
      const Tensor expected = (sigmoid(d.z) - d.y) / static_cast<double>(d.z.size());
      BOOST_TEST(gradient_of(d.z, [&](const Tensor& z) { return binary_cross_entropy_with_logits(z, d.y); }).values() ==
                 expected.values());
    }
}

BOOST_AUTO_TEST_CASE(the_unfused_chain_where_nothing_saturates) {
  const Data d(10, f64);
  const std::vector<double> chain =
      gradient_of(d.z, [&](const Tensor& z) { return binary_cross_entropy(sigmoid(z), d.y, Reduction::sum); }).values();
  const std::vector<double> expected = (sigmoid(d.z) - d.y).values();
  const double worst = support::difference(chain, expected);
  BOOST_TEST(worst <= 1e-14, worst);
  BOOST_TEST(worst > 0, "two formulas that agree to the last bit everywhere are one formula");
}

BOOST_AUTO_TEST_CASE(saturated_units_keep_their_gradient) {
  for (const DType dtype : {f64, f32}) {
    const double ulp = dtype == f32 ? 0x1p-23 : 0x1p-52;
    const Data d(800, dtype, 1601);
    for (double v : binary_cross_entropy_with_logits(d.z, d.y, Reduction::none).values())
      BOOST_TEST((std::isfinite(v) && v >= 0));
    const std::vector<double> g = gradient_of(d.z, [&](const Tensor& z) {
                                    return binary_cross_entropy_with_logits(z, d.y, Reduction::sum);
                                  }).values();
    const std::vector<double> z = d.z.values(), y = d.y.values();
    for (std::size_t i = 0; i < g.size(); ++i)
      BOOST_TEST(std::abs(g[i] - static_cast<double>(sigma(z[i]) - y[i])) <= ulp, "z = " << z[i]);
    BOOST_TEST(g.front() == 0);
    BOOST_TEST(g.back() == 0);
  }
}

BOOST_AUTO_TEST_CASE(saturated_losses_are_right) {
  for (const DType dtype : {f64, f32}) {
    const double eps = dtype == f32 ? 0x1p-22 : 0x1p-51;
    const Data d(800, dtype, 1601);
    const std::vector<double> loss = binary_cross_entropy_with_logits(d.z, d.y, Reduction::none).values(),
                              z = d.z.values(), y = d.y.values();
    for (std::size_t i = 0; i < loss.size(); ++i) {
      const long double t = y[i] > 0 ? -static_cast<long double>(z[i]) : z[i];
      const auto exact = static_cast<double>(t > 0 ? t + std::log1p(std::exp(-t)) : std::log1p(std::exp(t)));
      BOOST_TEST(std::abs(loss[i] - exact) <= eps * std::max(1., exact), "z = " << z[i] << ", y = " << y[i]);
    }
  }
}

BOOST_AUTO_TEST_CASE(softmax_losses_keep_theirs) {
  for (const DType dtype : {f64, f32}) {
    const double ulp = dtype == f32 ? 0x1p-23 : 0x1p-52;
    for (const double limit : {1., 30., 100., 800.}) {
      const Tensor z = tensor({limit, -limit, 0, 0.5 * limit, -limit, limit}, {2, 3}, dtype);
      for (const double target : {0., 1., 2.}) {
        const Tensor y = full({2}, target);
        const Tensor loss = cross_entropy(z, y, Reduction::none);
        for (double v : loss.values()) BOOST_TEST((std::isfinite(v) && v >= 0));
        const std::vector<double>
            g = gradient_of(z, [&](const Tensor&t) { return cross_entropy(t, y, Reduction::sum); }).values(),
            v = z.values();
        for (std::size_t i = 0; i < 2; ++i) {
          long double sum = 0;
          for (std::size_t k = 0; k < 3; ++k) sum += std::exp(static_cast<long double>(v[3 * i + k]) - limit);
          for (std::size_t k = 0; k < 3; ++k) {
            const auto exact = static_cast<double>(std::exp(static_cast<long double>(v[3 * i + k]) - limit) / sum -
                                                   (static_cast<double>(k) == target ? 1 : 0));
            BOOST_TEST(std::abs(g[3 * i + k] - exact) <= 2 * ulp, "z = " << v[3 * i + k]);
          }
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(classes_are_one_hot_probabilities) {
  Rng rng(2);
  const Tensor z = randn({5, 4}, rng), classes = tensor({3., 0., 2., 2., 1.});
  for (const Reduction r : {Reduction::mean, Reduction::sum, Reduction::none})
    BOOST_TEST(cross_entropy(z, classes, r).values() == cross_entropy(z, one_hot(classes, 4), r).values());
  BOOST_TEST(cross_entropy(z.to(f32), classes).dtype() == f32);
}

BOOST_AUTO_TEST_CASE(the_softmax_gradient_is_bit_equal_to_A_minus_Y_over_m) {
  Rng rng(2);
  for (const DType dtype : {f64, f32})
    for (const Index count : {1, 6, 700})  // of more rows than go through the buffer at once, too
      for (const Index classes : {1, 4, 3000}) {
        const Tensor z = randn({count, classes}, rng, dtype);
        const Tensor labels = floor(rand({count}, rng) * static_cast<double>(classes));
        const Tensor y = one_hot(labels, classes, dtype);
        const Tensor g = gradient_of(z, [&](const Tensor& t) { return cross_entropy(t, labels); });
        BOOST_TEST(((g.values() == ((softmax(z) - y) / static_cast<double>(count)).values())));
      }
}

// Whatever way an axis is walked, its shares are those of rows.
BOOST_AUTO_TEST_CASE(softmax_of_any_axis_is_that_of_rows) {
  Rng rng(3);
  for (const DType dtype : {f64, f32})
    for (const Shape& shape : {Shape{300, 3, 50}, Shape{2, 2500, 3}}) {
      const Tensor x = randn(shape, rng, dtype), g = randn(shape, rng, dtype), rows = permute(x, {0, 2, 1});
      const auto back = [](const Tensor& t) { return permute(t, {0, 2, 1}).values(); };
      BOOST_TEST((softmax(x, 1).values() == back(softmax(rows))));
      BOOST_TEST((log_softmax(x, 1).values() == back(log_softmax(rows))));
      const double rounding = dtype == f32 ? 1e-5 : 1e-13;  // sums of columns are added up in another order
      BOOST_TEST(support::difference(softmax_backward(g, x, 1).values(),
                                     back(softmax_backward(permute(g, {0, 2, 1}), rows)), 100) <= rounding);
    }
}

// Infinities: the share of -inf is 0; a row of +inf, or of nothing else, has none.
BOOST_AUTO_TEST_CASE(softmax_at_the_edges) {
  const double inf = std::numeric_limits<double>::infinity();
  BOOST_TEST(softmax(tensor({-inf, 0, 0})).values() == support::values({0, 0.5, 0.5}));
  BOOST_TEST(log_softmax(tensor({-inf, 0})).values() == support::values({-inf, 0}));
  BOOST_TEST(cross_entropy(matrix({{800, -800}}), tensor({1})).item() == 1600);
  for (const Tensor& x : {tensor({inf, 0}), tensor({-inf, -inf}), tensor({0, NAN})})
    for (const Tensor& y : {softmax(x), log_softmax(x)})
      for (const double v : y.values()) BOOST_TEST(std::isnan(v));
  BOOST_TEST(cross_entropy(zeros({2, 0}), zeros({2, 0}), Reduction::sum).item() == 0);
}

BOOST_AUTO_TEST_CASE(reductions) {
  const Tensor p = tensor({1., 2., 3.}), t = tensor({0., 0., 5.});
  BOOST_TEST((mse(p, t, Reduction::none).values() == std::vector<double>{1, 4, 4}));
  BOOST_TEST(mse(p, t, Reduction::sum).item() == 9);
  BOOST_TEST(mse(p, t).item() == 3);
}

BOOST_AUTO_TEST_CASE(certain_probabilities) {
  BOOST_TEST(binary_cross_entropy(tensor({0., 1.}), tensor({0., 1.})).item() == 0);
  BOOST_TEST(std::isinf(binary_cross_entropy(tensor({0.}), tensor({1.})).item()));
}

BOOST_AUTO_TEST_CASE(the_gradient_of_a_squared_error_is_divided_last) {
  for (const DType dtype : {f64, f32}) {
    const Data d(30, dtype, 33);
    const Tensor twice = 2. * (d.z - d.y);
    BOOST_TEST(gradient_of(d.z, [&](const Tensor& z) { return mse(z, d.y); }).values() ==
               (twice / static_cast<double>(d.z.size())).values());
    BOOST_TEST(gradient_of(d.y, [&](const Tensor& y) { return mse(d.z, y, Reduction::sum); }).values() ==
               (-twice).values());
  }
}

BOOST_AUTO_TEST_CASE(every_label_is_looked_at) {
  for (const DType dtype : {f64, f32})
    for (const Index size : {1, 3, 16, 37})
      for (Index at = 0; at < size; ++at)
        for (const double wrong : {-0.5, 1.5, static_cast<double>(NAN)}) {
          std::vector<double> labels(static_cast<std::size_t>(size), 1);
          labels[0] = -0.;  // is 0
          labels[static_cast<std::size_t>(at)] = wrong;
          CHECK_MESSAGE_HERE(binary_cross_entropy_with_logits(zeros({size}, dtype), tensor(labels, dtype)),
                             "binary_cross_entropy_with_logits: element " + std::to_string(at) + " of target (" +
                                 std::to_string(size) + ") is " +
                                 (wrong < 0   ? "-0.5"
                                  : wrong > 1 ? "1.5"
                                              : "nan") +
                                 ", not a label or probability in [0, 1]");
        }
}

template <class T>
void only_labels_are_refused() {
  using L = std::numeric_limits<T>;
  const Reduction reductions[] = {Reduction::mean, Reduction::sum, Reduction::none};
  const auto loss = [](double z, double y, Reduction r) {
    const Tensor logits = tensor({0, z, 1}, dtype_of<T>), labels = tensor({1, y, 0}, dtype_of<T>);
    return binary_cross_entropy_with_logits(logits, labels, r).values().back();
  };
  for (const Reduction r : reductions) {
    for (const double y : {-double(L::denorm_min()), double(1 + L::epsilon()), double(L::infinity())})
      BOOST_CHECK_THROW(loss(0, y, r), NumericError);
    for (const double y : {double(L::denorm_min()), double(1 - L::epsilon()), -0.}) BOOST_TEST(loss(0, y, r) > 0);
    if (r == Reduction::none) continue;
    BOOST_TEST(std::isnan(loss(NAN, 1, r)));
    BOOST_TEST(std::isnan(loss(INFINITY, 0.5, r)));
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_number_is_no_wrong_label) {
  only_labels_are_refused<double>();
  only_labels_are_refused<float>();
}

BOOST_AUTO_TEST_CASE(a_column_against_a_vector_is_refused) {
  const Tensor column = full({4, 1}, 0.5), vector = ones({4});
  for (const auto& f : {mse, binary_cross_entropy, binary_cross_entropy_with_logits})
    BOOST_TEST(message([&] { f(column, vector, Reduction::mean); }).find("would broadcast to (4, 4)") !=
               std::string::npos);
  BOOST_TEST((column - vector).size() == 16);  // arithmetic follows NumPy
}
