#pragma once
// Numbers as people read them.

#include <string>

namespace common {

/// A few digits, right for a table: %.*g.
std::string number(double v, int digits);
/// `100,000`
std::string grouped(long long v);
/// `97.5 %`
std::string percent(double share);

}  // namespace common
