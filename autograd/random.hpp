#pragma once
// Rng: the library's own generator and distributions, so that a seed gives the same numbers everywhere.

#include <array>
#include <cstdint>
#include <optional>

#include <autograd/tensor.hpp>

namespace xgrad {

/// xoshiro256++ (Blackman and Vigna, 2019), seeded through splitmix64.
class Rng {
 public:
  /// Where a generator stands: what comes next, exactly.
  struct State {
    std::array<std::uint64_t, 4> words;
    std::optional<double> spare;  ///< the second of a pair of normal values
    bool operator==(const State&) const = default;
  };

  explicit Rng(std::uint64_t seed);
  /// Goes on where another stood. Throws NumericError if all words are 0, from where no generator comes back, or the
  /// spare is not finite.
  explicit Rng(const State& state);
  const State& state() const { return state_; }

  std::uint64_t bits();
  /// Uniform in [0, 1), 53 bits.
  double uniform();
  /// Standard normal, by Marsaglia's polar method.
  double normal();
  /// Uniform in 0 … n − 1 without bias (by rejection). Throws NumericError if n is 0.
  std::uint64_t below(std::uint64_t n);

 private:
  State state_;
};

/// Standard normal values. The same draws whatever the dtype.
Tensor randn(const Shape& shape, Rng& rng, DType dtype = f64);
/// Uniform in [0, 1).
Tensor rand(const Shape& shape, Rng& rng, DType dtype = f64);
/// 0 … n − 1 in random order.
Tensor randperm(Index n, Rng& rng);

}  // namespace xgrad
