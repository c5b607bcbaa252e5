#pragma once
// IDX, the format of MNIST: two zero bytes, type, rank, big-endian sizes, then the values.
// https://www.fon.hum.uva.nl/praat/manual/IDX_file_format.html

#include <string>
#include <string_view>

#include <autograd/tensor.hpp>

namespace xgrad::nn::data {

/// Values of any of its types (u8, i8, i16, i32, f32, f64), rank 0 to 8, as they stand: pixels from 0 to 255. Packed
/// files (.gz) are unpacked. The sizes must agree with the length of the file, and nothing is allocated before that is
/// checked. Throws IoError.
Tensor read_idx(const std::string& path, DType dtype = f64);
/// The same from bytes; `name` stands for the file in messages.
Tensor parse_idx(std::string_view bytes, DType dtype = f64, const std::string& name = "idx");

}  // namespace xgrad::nn::data
