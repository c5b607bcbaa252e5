#pragma once
// Asking the playground's engine as the page does.

#include <cstddef>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "../examples/playground/api.hpp"
#include "support.hpp"

namespace playground {

using Json = nlohmann::ordered_json;
using xgrad::number_text;

inline Json answer(const Json& request) { return Json::parse(xgrad_call(request.dump().c_str())); }

inline Json result(const Json& request) {
  const Json given = answer(request);
  BOOST_REQUIRE_MESSAGE(given.contains("result"), request.dump().substr(0, 200) << " gives " << given.dump());
  return given["result"];
}

inline std::string error(const Json& request) {
  const Json given = answer(request);
  return given.value("error", "no error: " + given.dump().substr(0, 200));
}

inline Json open(const Json& options) { return result({{"cmd", "open"}, {"options", options}}); }
inline Json train(int steps) { return result({{"cmd", "train"}, {"steps", steps}}); }

inline std::vector<float> floats(const Json& where) {
  const float* begin = xgrad_floats() + where.at("floats").at(0).get<std::ptrdiff_t>();
  return {begin, begin + where.at("floats").at(1).get<std::ptrdiff_t>()};
}

inline const Json moons{{"data", "moons"}, {"points", "200"}, {"layers", "8,8"}, {"lr", "0.5"}};

inline std::vector<double> weights() {
  std::vector<double> all;
  for (const Json& row : result({{"cmd", "weights"}}))
    for (const Json& value : row["values"]) all.push_back(value.is_null() ? NAN : value.get<double>());
  return all;
}

}  // namespace playground
