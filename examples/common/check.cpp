#include "check.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include <autograd/error.hpp>

namespace common {

std::string listed(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
  return list;
}

Check one_of(const std::vector<std::string>& words) {
  return {[words](const std::string& text) {
            const bool known = std::find(words.begin(), words.end(), text) != words.end();
            return known ? "" : "'" + text + "' is none of " + listed(words);
          },
          words};
}

Check range(double low, double high, const std::string& description) {
  return {[=](const std::string& text) {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (text.empty() || end != text.c_str() + text.size()) return "'" + text + "' is not a number";
    return value >= low && value <= high ? std::string() : "'" + text + "' is not " + description;
  }};
}

Check at_least(double low) { return range(low, 1e300, xgrad::number_text(low) + " or more"); }

Check whole(std::uint64_t low, std::uint64_t high, const std::string& description) {
  return {[=](const std::string& text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size() && value >= low && value <= high) return std::string();
    return "'" + text + "' is not a whole number " + description;
  }};
}

Check count(std::uint64_t low) { return whole(low, 1'000'000'000, "from " + std::to_string(low) + " to 1000000000"); }

Check one_character() {
  return {
      [](const std::string& text) { return text.size() == 1 ? std::string() : "'" + text + "' is not one character"; }};
}

}  // namespace common
