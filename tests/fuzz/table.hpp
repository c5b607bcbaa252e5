#pragma once
// What holds of every Table that a reader makes.

#include <cmath>

#include <nn/data/prepare.hpp>

namespace fuzz {

inline void check(const xgrad::nn::data::Table& table) {
  if (table.columns.empty()) __builtin_trap();
  for (const auto& c : table.columns) {
    if (static_cast<xgrad::Index>(c.values.size()) != table.rows()) __builtin_trap();
    for (const double v : c.values) {
      if (std::isinf(v)) __builtin_trap();
      const auto word = static_cast<double>(c.words.size());
      if (c.nominal() && !std::isnan(v) && !(v >= 0 && v < word && v == std::floor(v))) __builtin_trap();
    }
  }
  const auto task = prepare(table, {.missing = xgrad::nn::data::Missing::drop});
  if (static_cast<xgrad::Index>(task.features.size()) != task.data.x.shape()[1]) __builtin_trap();
}

}  // namespace fuzz
