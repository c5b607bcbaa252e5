// IDX: a Tensor never has more elements than the file has bytes.

#include <nn/data/idx.hpp>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::read(data, size, [&](std::string_view bytes) {
    for (const auto dtype : {xgrad::f32, xgrad::f64})
      if (xgrad::nn::data::parse_idx(bytes, dtype, "fuzz.idx").size() > static_cast<xgrad::Index>(size))
        __builtin_trap();
  });
}
