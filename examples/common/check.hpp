#pragma once
// Checks of what a user writes for an option: one line for each mistake.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace common {

struct Check {
  std::function<std::string(const std::string& text)> fault;  ///< what is wrong with it, or ""; missing: nothing can be
  std::vector<std::string> words = {};                        ///< all that may be chosen from, if it is a choice
};

/// `tanh, relu`
std::string listed(const std::vector<std::string>& words);

/// One of some words; the message lists them.
Check one_of(const std::vector<std::string>& words);
/// A number; the message says `is not ` and the description.
Check range(double low, double high, const std::string& description);
Check at_least(double low);
/// A whole number without an exponent: nothing wraps round, nothing is cut.
Check whole(std::uint64_t low, std::uint64_t high, const std::string& description);
/// Up to a thousand million.
Check count(std::uint64_t low);
Check one_character();

}  // namespace common
