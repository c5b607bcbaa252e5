#pragma once
// Tensors by name in a file, in the safetensors format that PyTorch, JAX and others read and write.
// https://github.com/huggingface/safetensors: eight bytes with the header's length, a JSON header, the values.

#include <map>
#include <string>
#include <string_view>

#include <autograd/tensor.hpp>

namespace xgrad::nn {

struct Safetensors {
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;  ///< free text by name, `__metadata__` in the file
};

/// Writes f32 as F32 and f64 as F64, row-major; the same content gives the same bytes. The file is replaced as a whole
/// (file.hpp). Throws IoError if it cannot be written, a Tensor is empty, or a text is not UTF-8.
void save_safetensors(const std::string& path, const std::map<std::string, Tensor>& tensors,
                      const std::map<std::string, std::string>& metadata = {});

/// Reads F32 as f32, F64 as f64; F16 and BF16 are widened to f32, BOOL and whole numbers to f64. Throws IoError naming
/// file, tensor and what is wrong; the memory it takes is bounded by the size of the file, whatever the header claims.
Safetensors load_safetensors(const std::string& path);

/// The same from and to memory; errors call the bytes `name`.
Safetensors parse_safetensors(std::string_view bytes, const std::string& name = "safetensors");
std::string safetensors_bytes(const std::map<std::string, Tensor>& tensors,
                              const std::map<std::string, std::string>& metadata = {});

}  // namespace xgrad::nn
