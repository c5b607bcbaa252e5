#pragma once
// What the programs that train share: generators from one seed, moments to look at a long run, marks of data.

#include <cstdint>
#include <string>

#include <autograd/random.hpp>
#include <nn/data/dataset.hpp>

namespace common {

/// Generators that share a seed but not a sequence.
enum class Stream : std::uint64_t { weights = 1, masks = 2, order = 3, fresh = 4 };
xgrad::Rng generator(std::uint64_t seed, Stream stream, std::uint64_t number = 0);

/// Whether step 1, 2, … of a long run is to be kept: the first twenty, then so many in each power of ten.
bool on_log_grid(xgrad::Index step, int per_decade = 40);

/// Of sizes and every value, to notice that a file has changed between a run's start and its resumption.
std::string fingerprint(const xgrad::nn::data::Dataset& data);
/// Sixteen digits.
std::string hexadecimal(std::uint64_t word);

}  // namespace common
