#pragma once
// Which differences are luck: the chance in an accuracy on so many examples, and over the seeds.

#include <string>
#include <vector>

#include "selection.hpp"

namespace study {

/// Where the true accuracy lies in 95 of 100 cases, after `right` of `n` (Wilson, 1927).
struct Interval {
  double low, high;
};
Interval interval(Index right, Index n);

/// Of a − b, seed by seed: whether it could well be nothing, by a two-sided t test at 5 % over the seeds. Takes two
/// summaries of the same two or more seeds; a mean is not taken for surer than one dev example a seed makes it.
bool may_be_luck(const Summary& a, const Summary& b, Index dev_examples);

/// In words, for people: what differences between rows mean. `dev_examples` is the size of the dev part.
std::vector<std::string> about_luck(const Grid& grid, const std::vector<Summary>& all, const Summary& chosen,
                                    Index dev_examples);

}  // namespace study
