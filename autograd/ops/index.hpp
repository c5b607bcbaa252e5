#pragma once
// Operands that are indices: f64 whole numbers, checked before a kernel reads them.

#include <autograd/kernel.hpp>
#include <autograd/ops/axis.hpp>

namespace xgrad::ops {

/// Throws unless operand i holds whole numbers from 0 to size − 1.
inline void check_indices(const Call& c, std::size_t i, Index size) {
  if (c.x[i].dtype() != f64)
    throw DTypeError(c.op.name + ": " + c.describe(i) + " is " + to_string(c.x[i].dtype()) + "; indices are f64",
                     c.where);
  const double* index = elements<double>(c.x[i]);
  for (Index k = 0; k < c.x[i].size(); ++k)
    if (!(index[k] >= 0 && index[k] < static_cast<double>(size) &&
          index[k] == static_cast<double>(static_cast<Index>(index[k]))))
      c.value_error(i, k, index[k],
                    size == 0 ? "an index: the axis is empty" : "a whole number from 0 to " + std::to_string(size - 1));
}

/// Operand 1 indexes the axis of operand 0.
inline void check_along_axis(const Call& c) { check_indices(c, 1, c.x[0].shape()[axis_of(c)]); }

/// Element k of operand 1, which is checked.
inline Index index_at(const Call& c, Index k) { return static_cast<Index>(elements<double>(c.x[1])[k]); }

inline Attributes along(Index axis) { return {{"axis", static_cast<double>(axis)}}; }

/// Sample kinds that do not apply.
inline const std::vector<SampleKind> not_for_indices = {SampleKind::rank0, SampleKind::broadcast_left,
                                                        SampleKind::broadcast_right, SampleKind::ties};

}  // namespace xgrad::ops
