// Convolution and pooling: values against the definition written out in loops.

#define BOOST_TEST_MODULE convolution
#include <algorithm>
#include <limits>
#include <numeric>

#include "support.hpp"

using namespace xgrad;

namespace {

struct Case {
  Shape x, weight;
  WindowOptions options;
};

// Even and odd sizes, images and kernels that are not square, steps that leave a rest.
const std::vector<Case> cases = {
    {{1, 1, 1, 1}, {1, 1, 1, 1}, {}},
    {{2, 3, 5, 7}, {4, 3, 3, 2}, {}},
    {{2, 3, 5, 7}, {4, 3, 2, 3}, {.stride = 2, .padding = 1}},
    {{1, 2, 9, 6}, {3, 2, 3, 3}, {.padding = 1, .dilation = 2}},
    {{1, 2, 8, 7}, {3, 2, 2, 3}, {.stride = {3, 2}, .padding = {1, 0}, .dilation = {2, 1}}},
    {{3, 1, 2, 3}, {2, 1, 2, 2}, {.stride = 4, .padding = 1}},
    {{1, 1, 4, 4}, {1, 1, 2, 2}, {.stride = 1, .padding = {1, 1}, .dilation = 3}},
    {{0, 2, 3, 3}, {2, 2, 2, 2}, {}},
};

Tensor random(const Shape& shape, unsigned seed) {
  Rng rng(seed);
  return rand(shape, rng) - 0.5;
}

Index windows(Index size, Index kernel, Index stride, Index padding, Index dilation) {
  return (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
}

// f(window {image, channel, row, column}, its elements) for each window; `outside` stands on the padding.
void each_window(const Tensor& x, Index kh, Index kw, const WindowOptions& o, double outside, auto f) {
  const Shape& s = x.shape();
  const Index rows = windows(s[2], kh, o.stride.height, o.padding.height, o.dilation.height);
  const Index columns = windows(s[3], kw, o.stride.width, o.padding.width, o.dilation.width);
  for (Index n = 0; n < s[0]; ++n)
    for (Index c = 0; c < s[1]; ++c)
      for (Index i = 0; i < rows; ++i)
        for (Index j = 0; j < columns; ++j) {
          std::vector<double> elements;
          for (Index k = 0; k < kh; ++k)
            for (Index l = 0; l < kw; ++l) {
              const Index row = i * o.stride.height + k * o.dilation.height - o.padding.height;
              const Index column = j * o.stride.width + l * o.dilation.width - o.padding.width;
              const bool inside = row >= 0 && row < s[2] && column >= 0 && column < s[3];
              elements.push_back(inside ? x.at(n, c, row, column) : outside);
            }
          f(Dims{n, c, i, j}, elements);
        }
}

std::vector<double> naive_pool(const Tensor& x, const Case& t, double outside, auto reduce) {
  std::vector<double> result;
  each_window(x, t.weight[2], t.weight[3], t.options, outside,
              [&](const Dims&, const std::vector<double>& elements) { result.push_back(reduce(elements)); });
  return result;
}

double largest(const std::vector<double>& v) { return *std::max_element(v.begin(), v.end()); }
double average(const std::vector<double>& v) {
  return std::accumulate(v.begin(), v.end(), 0.) / static_cast<double>(v.size());
}

PoolOptions as_pool(const WindowOptions& o) { return {o.stride, o.padding, o.dilation}; }

double inner(const Tensor& a, const Tensor& b) { return sum(a * b).item(); }

}  // namespace

BOOST_AUTO_TEST_CASE(conv2d_is_the_sum_over_channels_and_taps) {
  for (const Case& t : cases) {
    const Tensor x = random(t.x, 1), weight = random(t.weight, 2), y = conv2d(x, weight, t.options);
    std::vector<double> expected(static_cast<std::size_t>(y.size()), 0.);
    const Index rows = y.shape()[2], columns = y.shape()[3], outputs = t.weight[0];
    each_window(x, t.weight[2], t.weight[3], t.options, 0, [&](const Dims& at, const std::vector<double>& elements) {
      for (Index o = 0; o < outputs; ++o)
        for (std::size_t e = 0; e < elements.size(); ++e) {
          const Index tap = static_cast<Index>(e), to = ((at[0] * outputs + o) * rows + at[2]) * columns + at[3];
          expected[static_cast<std::size_t>(to)] +=
              elements[e] * weight.at(o, at[1], tap / t.weight[3], tap % t.weight[3]);
        }
    });
    BOOST_TEST(support::difference(y.values(), expected, 1) <= 1e-14, to_string(t.x) << " " << to_string(t.weight));
    BOOST_TEST(support::difference(conv2d(x.to(f32), weight.to(f32), t.options).values(), expected, 1) <= 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(pools_reduce_each_window) {
  for (const Case& t : cases) {
    const Tensor x = random(t.x, 3);
    const Shape kernel{t.weight[2], t.weight[3]};
    BOOST_TEST(support::difference(avg_pool2d(x, kernel, as_pool(t.options)).values(), naive_pool(x, t, 0, average),
                                   1) <= 1e-15);
    BOOST_TEST(max_pool2d(x, kernel, as_pool(t.options)).values() == naive_pool(x, t, -INFINITY, largest));
  }
}

BOOST_AUTO_TEST_CASE(fold_is_the_transpose_of_unfold) {
  for (const Case& t : cases) {
    const Tensor x = random(t.x, 4);
    const Shape kernel{t.weight[2], t.weight[3]};
    const Tensor columns = unfold(x, kernel, t.options), u = random(columns.shape(), 5);
    const double there = inner(u, columns), back = inner(fold(u, {t.x[2], t.x[3]}, kernel, t.options), x);
    BOOST_TEST(std::abs(there - back) <= 1e-13, there << " and " << back);
  }
}

BOOST_AUTO_TEST_CASE(small_cases_by_hand) {
  const Tensor x = reshape(arange(1, 10), {1, 1, 3, 3});
  BOOST_TEST(unfold(x, {2, 2}).values() == std::vector<double>({1, 2, 4, 5, 2, 3, 5, 6, 4, 5, 7, 8, 5, 6, 8, 9}));
  BOOST_TEST(unfold(x, {1, 2}, {.stride = {2, 1}, .padding = {0, 1}}).values() ==
             std::vector<double>({0, 1, 2, 3, 0, 7, 8, 9, 1, 2, 3, 0, 7, 8, 9, 0}));
  BOOST_TEST(fold(ones({1, 4, 4}), {3, 3}, {2, 2}).values() == std::vector<double>({1, 2, 1, 2, 4, 2, 1, 2, 1}));
  const Tensor corner = tensor({1, 0, 0, -1}, {1, 1, 2, 2});  // not flipped: x(i, j) − x(i + 1, j + 1)
  BOOST_TEST(conv2d(x, corner).values() == std::vector<double>({-4, -4, -4, -4}));
  BOOST_TEST(conv2d(x, corner, {.stride = 2, .padding = 1}).values() == std::vector<double>({-1, -3, -7, -4}));
  BOOST_TEST(max_pool2d(x, {2, 2}).values() == std::vector<double>({5}));
  BOOST_TEST(max_pool2d(x, {2, 2}, {.stride = 1}).values() == std::vector<double>({5, 6, 8, 9}));
  BOOST_TEST(max_pool2d(-x, {2, 2}, {.padding = 1}).values() == std::vector<double>({-1, -2, -4, -5}));
  BOOST_TEST(avg_pool2d(x, {2, 2}, {.padding = 1}).values() == std::vector<double>({0.25, 1.25, 2.75, 7}));
  BOOST_TEST(avg_pool2d(x, {3, 1}).shape() == Shape({1, 1, 1, 3}));
}

BOOST_AUTO_TEST_CASE(a_bias_is_added_by_channel) {
  const Tensor x = random({2, 3, 4, 5}, 6), weight = random({2, 3, 2, 2}, 7);
  const Parameter bias(tensor({10., -1.}), "bias");
  Tape tape;
  const Tensor y = conv2d(x, weight, bias, {.padding = 1});
  BOOST_TEST(y.values() == (conv2d(x, weight, {.padding = 1}) + reshape(tensor({10., -1.}), {2, 1, 1})).values());
  BOOST_TEST(tape.gradient(sum(y), bias).values() == std::vector<double>({60, 60}));  // 2 images of 5 · 6 places
  CHECK_MESSAGE_HERE(conv2d(x, weight, named("b", ones({3}))),
                     "conv2d: b (3) must be (2), a number for each output of weight (2, 3, 2, 2)");
  CHECK_MESSAGE_HERE(conv2d(x, weight, ones({2}, f32)),
                     "add: Tensor (2, 2, 3, 4) is f64 but Tensor (2, 1, 1) is f32; convert one with .to()");
}

BOOST_AUTO_TEST_CASE(a_tie_shares_the_gradient_but_not_with_the_padding) {
  const auto gradient = [](const Tensor& x, const Shape& kernel, const PoolOptions& options) {
    Tape tape;
    const Tensor leaf = tape.variable(x);
    return tape.gradient(sum(max_pool2d(leaf, kernel, options)), leaf).values();
  };
  BOOST_TEST(gradient(tensor({3, 3, 1, 3}, {1, 1, 2, 2}), {2, 2}, {}) ==
             std::vector<double>({1. / 3, 1. / 3, 0, 1. / 3}));
  BOOST_TEST(gradient(tensor({-INFINITY}, {1, 1, 1, 1}), {2, 2}, {.stride = 1, .padding = 1}) ==
             std::vector<double>({4}));
  // as `max`: a NaN is passed on, and no gradient through it
  const Tensor holed = tensor({1, NAN, 2, 3}, {1, 1, 1, 4});
  BOOST_TEST(std::isnan(max_pool2d(holed, {1, 2}).at(0, 0, 0, 0)));
  BOOST_TEST(gradient(holed, {1, 2}, {}) == std::vector<double>({0, 0, 0, 1}));
}

BOOST_AUTO_TEST_CASE(windows_of_padding_alone) {
  const Tensor none = zeros({1, 2, 0, 3});
  BOOST_TEST(conv2d(none, ones({1, 2, 2, 2}), {.padding = 1}).values() == std::vector<double>(4, 0.));
  BOOST_TEST(fold(unfold(none, {2, 2}, {.padding = 1}), {0, 3}, {2, 2}, {.padding = 1}).shape() == none.shape());
  BOOST_TEST(max_pool2d(ones({1, 1, 1, 2}), {1, 2}, {.stride = 1, .padding = {0, 1}, .dilation = 3}).values() ==
             std::vector<double>({-INFINITY}));
}

BOOST_AUTO_TEST_CASE(derivatives_of_a_small_net_to_the_second_order) {
  const Function net = [](Inputs in) {
    const Tensor hidden = tanh(conv2d(in[0], in[1], in[2], {.padding = 1}));
    return sum(square(conv2d(max_pool2d(hidden, {2, 2}), in[3], {.stride = 2})));
  };
  const GradcheckReport report = gradcheck(
      net, {random({2, 1, 4, 4}, 8), random({2, 1, 3, 3}, 9), random({2}, 10), random({1, 2, 2, 2}, 11)}, {.order = 2});
  BOOST_TEST(report.passed(), report.worst());
}

BOOST_AUTO_TEST_CASE(a_stride_beyond_the_image_is_one_window) {
  const Index far = std::numeric_limits<Index>::max();
  const Tensor x = reshape(arange(1, 7), {1, 1, 2, 3});
  BOOST_TEST(unfold(x, {1, 2}, {.stride = far}).values() == unfold(x, {1, 2}, {.stride = 3}).values());
  BOOST_TEST(max_pool2d(x, {2, 2}, {.stride = far}).values() == support::values({5}));
}
