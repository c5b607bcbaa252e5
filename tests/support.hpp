#pragma once
// What several tests need.

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <autograd/autograd.hpp>

namespace support {

/// The message of the xgrad::Error that f throws, or "" if it throws none.
inline std::string message(const std::function<void()>& f) {
  try {
    f();
  } catch (const xgrad::Error& e) {
    return e.what();
  }
  return "";
}

/// Expected values, as `t.values() == values({1, 2})`.
inline std::vector<double> values(std::initializer_list<double> v) { return v; }

/// The largest entry of |a − b| / max(|a|, |b|, scale).
inline double difference(const std::vector<double>& a, const std::vector<double>& b, double scale = 0) {
  if (a.size() != b.size()) return INFINITY;
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double distance = std::abs(a[i] - b[i]);
    if (std::isnan(distance)) return distance;
    if (distance > 0) worst = std::max(worst, distance / std::max({std::abs(a[i]), std::abs(b[i]), scale}));
  }
  return worst;
}

}  // namespace support

/// The call throws an xgrad::Error whose message is TEXT followed by this line.
#define CHECK_MESSAGE_HERE(call, text)                  \
  BOOST_TEST(support::message([&] { (void)(call); }) == \
             std::string(text) + xgrad::to_string(xgrad::Where{__FILE__, __LINE__}))
/// The call throws an xgrad::Error with exactly this message.
#define CHECK_MESSAGE(call, text) BOOST_TEST(support::message([&] { (void)(call); }) == std::string(text))
