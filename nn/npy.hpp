#pragma once
// One Tensor in a file, in NumPy's .npy format.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

#include <string>
#include <string_view>

#include <autograd/tensor.hpp>

namespace xgrad::nn {

/// Reads what `numpy.save` has written, versions 1 to 3, in either order of memory: float32 as f32, float64 as f64,
/// truth values and whole numbers widened to f64. Throws IoError naming the file and what is wrong with it; the memory
/// it takes is bounded by the size of the file, whatever the header claims.
Tensor read_npy(const std::string& path);
/// Writes what `numpy.load` reads. The file is replaced as a whole (file.hpp). Throws IoError.
void write_npy(const std::string& path, const Tensor& t);

/// The same from and to memory; errors call the bytes `name`.
Tensor parse_npy(std::string_view bytes, const std::string& name = "npy");
std::string npy_bytes(const Tensor& t);

}  // namespace xgrad::nn
