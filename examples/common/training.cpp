#include "training.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

namespace common {

using namespace xgrad;

Rng generator(std::uint64_t seed, Stream stream, std::uint64_t number) {
  Rng mixed(seed);
  std::uint64_t words = mixed.bits();
  for (const std::uint64_t v : {static_cast<std::uint64_t>(stream), number})
    words = Rng(words ^ (v * 0x9e3779b97f4a7c15u)).bits();
  return Rng(words);
}

bool on_log_grid(Index step, int per_decade) {
  if (step <= 20) return true;
  const auto place = [&](Index s) { return std::floor(per_decade * std::log10(static_cast<double>(s))); };
  return place(step) != place(step - 1);
}

void refuse_gaps(const nn::data::Table& table, const std::function<bool(const std::string& column)>& matters,
                 const std::function<std::string(const std::string& column)>& advice) {
  for (const nn::data::Column& column : table.columns) {
    if (!matters(column.name)) continue;
    const auto gap = std::find_if(column.values.begin(), column.values.end(), [](double v) { return std::isnan(v); });
    if (gap == column.values.end()) continue;
    throw IoError(table.name + ": column \"" + column.name + "\" has no value in row " +
                  std::to_string(gap - column.values.begin() + 1) + "; " + advice(column.name));
  }
}

std::string fingerprint(const nn::data::Dataset& d) {
  std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a by words of eight bytes
  const auto mix = [&](std::uint64_t word) { hash = (hash ^ word) * 0x100000001b3u; };
  for (const Tensor* t : {&d.x, &d.y}) {
    for (Index size : t->shape()) mix(static_cast<std::uint64_t>(size));
    const auto* bytes = static_cast<const char*>(t->data());
    const std::size_t count = static_cast<std::size_t>(t->size()) * size_of(t->dtype());
    for (std::size_t i = 0; i < count; i += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes + i, std::min<std::size_t>(8, count - i));
      mix(word);
    }
  }
  return hexadecimal(hash);
}

std::string hexadecimal(std::uint64_t word) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(word));
  return text;
}

}  // namespace common
