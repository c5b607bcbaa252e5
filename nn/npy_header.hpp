#pragma once
// The header of a .npy file, checked before anybody acts on it.

#include <string>
#include <string_view>

#include <autograd/shape.hpp>

namespace xgrad::nn::detail {

struct NpyHeader {
  std::string descr;   ///< byte order, kind and bytes of an element: `<f8`; any text, as far as the header goes
  bool fortran_order;  ///< the first index runs fastest
  Shape shape;
  std::string_view values;  ///< what follows the header, however much that is
};

/// Throws IoError, beginning with `name`, at the first thing that is not as the format has it.
NpyHeader parse_npy_header(std::string_view bytes, const std::string& name);
/// The same header in the form that numpy gives it, which xtensor reads.
std::string npy_header(const NpyHeader& header);

}  // namespace xgrad::nn::detail
