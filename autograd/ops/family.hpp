#pragma once
// How a family's file enters its operations in the catalogue: `const Op tanh_op = define({…})`.
// catalogue.cpp lists the families by name, so the linker can drop none.

#include <autograd/op.hpp>

namespace xgrad::ops {

using Family = std::vector<Op>;

Family& elementwise();
Family& binary();
Family& comparison();
Family& reduce();
Family& shape();
Family& linalg();
Family& softmax();
Family& loss();

inline Op define(Family& family, OpSpec spec) {
  family.emplace_back(std::move(spec));
  return family.back();
}

}  // namespace xgrad::ops
