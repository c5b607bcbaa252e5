#pragma once
// Numbers as people read them, and text in columns.

#include <cstddef>
#include <string>

namespace common {

/// A few digits, right for a table: %.*g.
std::string number(double v, int digits);
/// `100,000`
std::string grouped(long long v);
/// `97.5 %`
std::string percent(double share);
/// The number of characters of a text in UTF-8.
std::size_t width(const std::string& text);
/// With blanks behind it, so many characters wide; never cut.
std::string padded(const std::string& text, std::size_t columns);
/// The first so many characters.
std::string cut(const std::string& text, std::size_t columns);

}  // namespace common
