#pragma once
// The JSON header of a safetensors file: what stands where. The only part that knows JSON.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <autograd/shape.hpp>

namespace xgrad::nn::detail {

/// One tensor as the header describes it; nothing of it has been checked but its form.
struct SafetensorsEntry {
  std::string dtype;  ///< `F32`, `BF16` …
  Shape shape;
  std::uint64_t begin = 0, end = 0;  ///< bytes, from the end of the header
};

struct SafetensorsHeader {
  std::map<std::string, SafetensorsEntry> entries;
  std::map<std::string, std::string> metadata;
};

inline constexpr std::uint64_t max_safetensors_header = 100'000'000;  // as the reference implementation has it

/// Reads the header's text. Throws IoError, beginning with `name`, unless it is UTF-8, JSON and of the format's form.
SafetensorsHeader parse_safetensors_header(std::string_view text, const std::string& name);
/// The header's text, entries in order of their data, padded with spaces to a multiple of 8.
/// Throws IoError, beginning with `name`, if a text is not UTF-8 or a tensor is called `__metadata__`.
std::string safetensors_header(const SafetensorsHeader& header, const std::string& name);

}  // namespace xgrad::nn::detail
