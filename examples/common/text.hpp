#pragma once
// Text in columns: as wide as it looks, whatever its letters.

#include <cstddef>
#include <string>

namespace common {

/// The number of characters of a text in UTF-8.
std::size_t width(const std::string& text);
/// With blanks behind it, so many characters wide; never cut.
std::string padded(const std::string& text, std::size_t columns);
/// The first so many characters.
std::string cut(const std::string& text, std::size_t columns);

}  // namespace common
