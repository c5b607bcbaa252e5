#pragma once
// What the programs that train share: generators from one seed, moments to look at a long run, data that can be taken
// and their marks.

#include <cstdint>
#include <functional>
#include <string>

#include <autograd/random.hpp>
#include <nn/data/dataset.hpp>
#include <nn/data/table.hpp>

namespace common {

/// Generators that share a seed but not a sequence.
enum class Stream : std::uint64_t { weights = 1, masks = 2, order = 3, fresh = 4 };
xgrad::Rng generator(std::uint64_t seed, Stream stream, std::uint64_t number = 0);

/// Whether step 1, 2, … of a long run is to be kept: the first twenty, then so many in each power of ten.
bool on_log_grid(xgrad::Index step, int per_decade = 40);

/// Of sizes and every value, to notice that a file has changed between a run's start and its resumption.
std::string fingerprint(const xgrad::nn::data::Dataset& data);
/// Throws IoError for the first column that matters and lacks a value. prepare() (nn/data/prepare.hpp) would refuse it
/// too, but not say which of a program's options helps: that is `advice`.
void refuse_gaps(const xgrad::nn::data::Table& table, const std::function<bool(const std::string& column)>& matters,
                 const std::function<std::string(const std::string& column)>& advice);

/// Sixteen digits.
std::string hexadecimal(std::uint64_t word);

}  // namespace common
