#include "text.hpp"

#include <algorithm>
#include <cstdio>

namespace common {
namespace {

// Of a character: not one of those bytes that go on with it.
bool starts(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

}  // namespace

std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts));
}

std::string padded(const std::string& text, std::size_t columns) {
  return text + std::string(columns - std::min(columns, width(text)), ' ');
}

std::string cut(const std::string& text, std::size_t columns) {
  std::size_t at = 0, column = 0;
  for (; at < text.size(); ++at)
    if (starts(text[at]) && ++column > columns) break;
  return text.substr(0, at);
}

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
