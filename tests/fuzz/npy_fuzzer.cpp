// .npy files of any content: an error of ours, or a Tensor that is the same after it was written and read again.

#include <cstdint>
#include <cstdlib>

#include <nn/npy.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace xgrad;
  Tensor t;
  try {
    t = nn::parse_npy({reinterpret_cast<const char*>(data), size});
  } catch (const IoError&) {
    return 0;
  }
  const std::string bytes = nn::npy_bytes(t);
  if (nn::npy_bytes(nn::parse_npy(bytes)) != bytes) std::abort();
  return 0;
}
