#include <nn/data/standardizer.hpp>

#include <cmath>
#include <limits>

#include <nn/data/fill.hpp>

namespace xgrad::nn::data {
namespace {

Shape example(const Tensor& x) {
  Shape shape;
  for (Index i = 1; i < x.rank(); ++i) shape.push_back(x.shape()[i]);
  return shape;
}

// Sums over the examples, feature by feature, row after row, in double.
struct Sums {
  std::vector<double> count, mean, square, low, high;
};

template <class T>
Sums sums(const Tensor& x, std::size_t width) {
  const auto n = static_cast<std::size_t>(x.shape()[0]);
  const std::vector<double> none(width);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Sums s{none, none, none, std::vector<double>(width, infinity), std::vector<double>(width, -infinity)};
  const auto each = [&](auto f) {
    const T* in = elements<T>(x);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t k = 0; k < width; ++k, ++in)
        if (!std::isnan(*in)) f(k, static_cast<double>(*in));
  };
  each([&](std::size_t k, double v) {
    ++s.count[k];
    s.mean[k] += v;
    s.low[k] = std::min(s.low[k], v);
    s.high[k] = std::max(s.high[k], v);
  });
  for (std::size_t k = 0; k < width; ++k) s.mean[k] /= s.count[k];
  each([&](std::size_t k, double v) { s.square[k] += (v - s.mean[k]) * (v - s.mean[k]); });
  return s;
}

// f(x, mean, std) of each element.
template <class F>
Tensor transformed(const Standardizer& s, const Tensor& x, F f) {
  if (!s.mean.defined() || !x.defined() || x.rank() == 0 || example(x) != s.mean.shape())
    throw ShapeError("Standardizer: fitted to examples of " +
                     (s.mean.defined() ? to_string(s.mean.shape()) : std::string("nothing")) + ", given x " +
                     (x.defined() ? to_string(x.shape()) : std::string("without values")));
  if (x.dtype() != s.mean.dtype())
    throw DTypeError(std::string("Standardizer: fitted to ") + to_string(s.mean.dtype()) + ", given " +
                     to_string(x.dtype()) + "; convert x with to()");
  return detail::with_type(x.dtype(), [&]<class T>(T) {
    const T *in = elements<T>(x), *mean = elements<T>(s.mean), *std = elements<T>(s.std);
    const Index width = s.mean.size();
    Tensor y = xgrad::detail::allocate(x.shape(), x.dtype());
    T* out = mutable_elements<T>(y);
    for (Index i = 0; i < x.shape()[0]; ++i)
      for (Index k = 0; k < width; ++k, ++in, ++out) *out = f(*in, mean[k], std[k]);
    return y;
  });
}

}  // namespace

Standardizer Standardizer::fit(const Tensor& x) {
  if (!x.defined() || x.rank() == 0 || x.size() == 0) throw ShapeError("Standardizer: there is no example to fit to");
  const Shape shape = example(x);
  const auto width = static_cast<std::size_t>(element_count(shape));
  Sums s = detail::with_type(x.dtype(), [&]<class T>(T) { return sums<T>(x, width); });
  for (std::size_t k = 0; k < width; ++k) {
    const bool constant = s.low[k] == s.high[k];
    if (s.count[k] == 0 || !std::isfinite(s.high[k] - s.low[k]))
      throw NumericError("Standardizer: feature " + std::to_string(k) +
                         (s.count[k] == 0 ? " has no value" : " is infinite or too far spread"));
    // Not left to rounding: a mean that is off by a bit would make a deviation of a bit.
    if (constant) s.mean[k] = s.low[k];
    s.square[k] = constant ? 0 : std::sqrt(s.square[k] / s.count[k]);
  }
  return {tensor(s.mean, shape, x.dtype()), tensor(s.square, shape, x.dtype())};
}

Tensor Standardizer::operator()(const Tensor& x) const {
  return transformed(*this, x, []<class T>(T v, T m, T s) { return s == 0 || std::isnan(v) ? T(0) : (v - m) / s; });
}

Tensor Standardizer::fill(const Tensor& x) const {
  return transformed(*this, x, []<class T>(T v, T m, T) { return std::isnan(v) ? m : v; });
}

}  // namespace xgrad::nn::data
