// Safetensors files: Tensors and texts that were read are the same after they were written and read again.

#include <nn/safetensors.hpp>

#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace xgrad::nn;
  return fuzz::read(data, size, [](std::string_view text) {
    const Safetensors file = parse_safetensors(text);
    try {
      const std::string bytes = safetensors_bytes(file.tensors, file.metadata);
      const Safetensors again = parse_safetensors(bytes);
      if (again.metadata != file.metadata || again.tensors.size() != file.tensors.size()) __builtin_trap();
      if (safetensors_bytes(again.tensors, again.metadata) != bytes) __builtin_trap();
    } catch (const xgrad::Error&) {
      __builtin_trap();  // what was read can be written
    }
  });
}
