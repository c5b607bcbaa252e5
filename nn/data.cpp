#include <nn/data.hpp>

#include <cmath>
#include <numbers>

namespace xgrad::nn::data {
namespace {

void check(const char* what, Index n, double noise) {
  if (n < 2) throw ShapeError(std::string(what) + ": needs at least 2 points, not " + std::to_string(n));
  if (!(noise >= 0) || !std::isfinite(noise))
    throw NumericError(std::string(what) + ": the noise must be a finite number of at least 0, not " +
                       number_text(noise));
}

// Points of both classes, each from its place in its class; noise is drawn point by point.
template <class F>
Dataset two_classes(Index n, double noise, Rng& rng, DType dtype, F point) {
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

Tensor rows(const Tensor& t, const std::vector<double>& order, std::size_t from, std::size_t to) {
  const std::vector<double> values = t.values();
  const auto width = static_cast<std::size_t>(t.size() / t.shape()[0]);
  std::vector<double> taken;
  taken.reserve((to - from) * width);
  for (std::size_t i = from; i < to; ++i)
    for (std::size_t k = 0; k < width; ++k) taken.push_back(values[static_cast<std::size_t>(order[i]) * width + k]);
  Shape shape = t.shape();
  shape[0] = static_cast<Index>(to - from);
  return tensor(taken, shape, t.dtype());
}

}  // namespace

Dataset moons(Index n, double noise, Rng& rng, DType dtype) {
  check("moons", n, noise);
  return two_classes(n, noise, rng, dtype, [](bool lower, Index i, Index count) {
    const double t = count == 1 ? 0 : std::numbers::pi * static_cast<double>(i) / static_cast<double>(count - 1);
    return lower ? std::pair{1 - std::cos(t), 0.5 - std::sin(t)} : std::pair{std::cos(t), std::sin(t)};
  });
}

Dataset circles(Index n, double noise, Rng& rng, double factor, DType dtype) {
  check("circles", n, noise);
  if (!(factor >= 0 && factor < 1))
    throw NumericError("circles: the factor must lie in [0, 1), not " + number_text(factor));
  return two_classes(n, noise, rng, dtype, [factor](bool inner, Index i, Index count) {
    const double t = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(count), r = inner ? factor : 1;
    return std::pair{r * std::cos(t), r * std::sin(t)};
  });
}

Split split(const Dataset& data, double share, Rng& rng) {
  const Index n = data.x.shape()[0];
  const auto cut = static_cast<Index>(std::llround(share * static_cast<double>(n)));
  if (!(share > 0 && share < 1) || cut < 1 || cut >= n)
    throw ShapeError("split: a share of " + number_text(share) + " of " + std::to_string(n) +
                     " examples leaves one side empty");
  const std::vector<double> order = randperm(n, rng).values();
  const auto part = [&](Index from, Index to) {
    const auto a = static_cast<std::size_t>(from), b = static_cast<std::size_t>(to);
    return Dataset{rows(data.x, order, a, b), rows(data.y, order, a, b)};
  };
  return {part(0, cut), part(cut, n)};
}

}  // namespace xgrad::nn::data
