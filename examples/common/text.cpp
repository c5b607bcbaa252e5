#include "text.hpp"

#include <cstdio>

namespace common {

std::string number(double v, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*g", digits, v);
  return text;
}

std::string grouped(long long v) {
  std::string text = std::to_string(v);
  const std::size_t first = v < 0 ? 1 : 0;
  for (std::size_t at = text.size(); at > first + 3;) text.insert(at -= 3, ",");
  return text;
}

std::string percent(double share) { return number(100 * share, 4) + " %"; }

}  // namespace common
