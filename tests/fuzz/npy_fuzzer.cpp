// .npy files: a Tensor that was read is the same after it was written and read again.

#include <nn/npy.hpp>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace xgrad::nn;
  return fuzz::read(data, size, [](std::string_view text) {
    const xgrad::Tensor t = parse_npy(text);
    try {
      const std::string bytes = npy_bytes(t);
      if (npy_bytes(parse_npy(bytes)) != bytes) __builtin_trap();
    } catch (const xgrad::Error&) {
      __builtin_trap();  // what was read can be written
    }
  });
}
