#include <nn/data/toys.hpp>

#include <cmath>
#include <numbers>

namespace xgrad::nn::data {
namespace {

using Point = std::pair<double, double>;

void check(const char* what, Index n, Index least, double noise) {
  if (n < least)
    throw ShapeError(std::string(what) + ": needs at least " + std::to_string(least) +
                     (least == 1 ? " point, not " : " points, not ") + std::to_string(n));
  if (!(noise >= 0) || !std::isfinite(noise))
    throw NumericError(std::string(what) + ": the noise must be a finite number of at least 0, not " +
                       number_text(noise));
}

// Points of both classes, each from its place in its class; noise is drawn point by point.
template <class F>
Dataset two_classes(const char* what, Index n, double noise, Rng& rng, DType dtype, F point) {
  check(what, n, 2, noise);
  std::vector<double> x, y;
  const Index first = n / 2;
  for (Index i = 0; i < n; ++i) {
    const bool second = i >= first;
    const auto [px, py] = point(second, second ? i - first : i, second ? n - first : first);
    const double dx = noise * rng.normal(), dy = noise * rng.normal();
    x.insert(x.end(), {px + dx, py + dy});
    y.push_back(second);
  }
  return {tensor(x, {n, 2}, dtype), tensor(y, {n, 1}, dtype)};
}

template <class F>
Dataset curve(const char* what, Index n, double from, double to, double noise, Rng& rng, DType dtype, F f) {
  check(what, n, 2, noise);
  const Tensor x = linspace(from, to, n);
  std::vector<double> y = x.values();
  for (double& v : y) v = f(v) + noise * rng.normal();
  return {tensor(x.values(), {n, 1}, dtype), tensor(y, {n, 1}, dtype)};
}

double share(Index i, Index count) { return static_cast<double>(i) / static_cast<double>(count); }

}  // namespace

Dataset moons(Index n, double noise, Rng& rng, DType dtype) {
  return two_classes("moons", n, noise, rng, dtype, [](bool lower, Index i, Index count) {
    const double t = count == 1 ? 0 : std::numbers::pi * static_cast<double>(i) / static_cast<double>(count - 1);
    return lower ? Point{1 - std::cos(t), 0.5 - std::sin(t)} : Point{std::cos(t), std::sin(t)};
  });
}

Dataset circles(Index n, double noise, Rng& rng, double factor, DType dtype) {
  if (!(factor >= 0 && factor < 1))
    throw NumericError("circles: the factor must lie in [0, 1), not " + number_text(factor));
  return two_classes("circles", n, noise, rng, dtype, [factor](bool inner, Index i, Index count) {
    const double t = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(count), r = inner ? factor : 1;
    return Point{r * std::cos(t), r * std::sin(t)};
  });
}

Dataset spiral(Index n, double noise, Rng& rng, DType dtype) {
  return two_classes("spiral", n, noise, rng, dtype, [](bool opposite, Index i, Index count) {
    const double s = share(i, count), r = opposite ? -5 * s : 5 * s, t = 3.5 * std::numbers::pi * s;
    return Point{r * std::sin(t), r * std::cos(t)};
  });
}

Dataset exclusive_or(Index n, double noise, Rng& rng, DType dtype) {
  return two_classes("exclusive_or", n, noise, rng, dtype, [&rng](bool differ, Index, Index) {
    const double a = 2 * rng.uniform() - 1, b = rng.uniform();
    return Point{a, (a > 0) == differ ? -b : b};
  });
}

Dataset blobs(Index n, const Tensor& centers, double std, Rng& rng, DType dtype) {
  check("blobs", n, 1, std);
  if (!centers.defined() || centers.rank() != 2 || centers.size() == 0)
    throw ShapeError("blobs: the centres must be rows of a matrix (k, d)" +
                     (centers.defined() ? ", not " + to_string(centers.shape()) : std::string()));
  const Index k = centers.shape()[0], d = centers.shape()[1];
  const std::vector<double> center = centers.values();
  std::vector<double> x, y;
  for (Index c = 0; c < k; ++c)
    for (Index i = 0; i < n / k + (c < n % k); ++i) {
      for (Index j = 0; j < d; ++j) x.push_back(center[static_cast<std::size_t>(c * d + j)] + std * rng.normal());
      y.push_back(static_cast<double>(c));
    }
  return {tensor(x, {n, d}, dtype), tensor(y)};
}

Dataset blobs(Index n, Index centers, double std, Rng& rng, DType dtype) {
  check("blobs", n, 1, std);
  if (centers < 1) throw ShapeError("blobs: needs at least 1 centre, not " + std::to_string(centers));
  std::vector<double> places(static_cast<std::size_t>(2 * centers));
  for (double& v : places) v = 20 * rng.uniform() - 10;
  return blobs(n, tensor(places, {centers, 2}), std, rng, dtype);
}

Dataset sine(Index n, double noise, Rng& rng, DType dtype) {
  return curve("sine", n, -std::numbers::pi, std::numbers::pi, noise, rng, dtype, [](double x) { return std::sin(x); });
}

Dataset line(Index n, double noise, Rng& rng, double slope, double intercept, DType dtype) {
  return curve("line", n, -1, 1, noise, rng, dtype, [=](double x) { return slope * x + intercept; });
}

}  // namespace xgrad::nn::data
