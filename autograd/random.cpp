#include <autograd/random.hpp>

#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

namespace xgrad {

Rng::Rng(std::uint64_t seed) {
  for (auto& word : state_.words) {  // splitmix64
    std::uint64_t z = seed += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    word = z ^ (z >> 31);
  }
}

Rng::Rng(const State& state) : state_(state) {
  if (state.words == decltype(state.words){}) throw NumericError("Rng: its four words are all 0");
  if (state.spare && !std::isfinite(*state.spare)) throw NumericError("Rng: its spare is not a finite number");
}

std::uint64_t Rng::bits() {
  auto& [a, b, c, d] = state_.words;
  const std::uint64_t result = std::rotl(a + d, 23) + a;
  const std::uint64_t t = b << 17;
  c ^= a;
  d ^= b;
  b ^= c;
  a ^= d;
  c ^= t;
  d = std::rotl(d, 45);
  return result;
}

double Rng::uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

double Rng::normal() {
  if (const auto spare = std::exchange(state_.spare, std::nullopt)) return *spare;
  double u, v, s;
  do {
    u = 2 * uniform() - 1;
    v = 2 * uniform() - 1;
    s = u * u + v * v;
  } while (s >= 1 || s == 0);
  const double factor = std::sqrt(-2 * std::log(s) / s);
  state_.spare = v * factor;
  return u * factor;
}

std::uint64_t Rng::below(std::uint64_t n) {
  if (n == 0) throw NumericError("Rng::below: n must be at least 1");
  const std::uint64_t limit = -n % n;  // 2^64 mod n values would come once too often
  std::uint64_t x;
  do x = bits();
  while (x < limit);
  return x % n;
}

namespace {

template <class F>
Tensor draw(const Shape& shape, DType dtype, F f) {
  std::vector<double> values(static_cast<std::size_t>(std::max<Index>(0, element_count(shape))));
  for (double& value : values) value = f();
  return tensor(values, shape, dtype);
}

}  // namespace

Tensor randn(const Shape& shape, Rng& rng, DType dtype) {
  return draw(shape, dtype, [&] { return rng.normal(); });
}

Tensor rand(const Shape& shape, Rng& rng, DType dtype) {
  return draw(shape, dtype, [&] { return rng.uniform(); });
}

Tensor randperm(Index n, Rng& rng) {
  if (n < 0) throw ShapeError("randperm: negative count " + std::to_string(n));
  std::vector<double> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0.);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[static_cast<std::size_t>(rng.below(i))]);
  return tensor(order);
}

}  // namespace xgrad
