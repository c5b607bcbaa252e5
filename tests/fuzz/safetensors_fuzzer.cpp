// Safetensors files of any content: an error of ours, or Tensors and texts that are the same after they were written
// and read again.

#include <cstdint>
#include <cstdlib>

#include <nn/safetensors.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace xgrad;
  nn::Safetensors file;
  try {
    file = nn::parse_safetensors({reinterpret_cast<const char*>(data), size});
  } catch (const IoError&) {
    return 0;
  }
  const std::string bytes = nn::safetensors_bytes(file.tensors, file.metadata);
  const nn::Safetensors again = nn::parse_safetensors(bytes);
  if (again.metadata != file.metadata || again.tensors.size() != file.tensors.size()) std::abort();
  if (nn::safetensors_bytes(again.tensors, again.metadata) != bytes) std::abort();
  return 0;
}
