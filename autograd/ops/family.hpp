#pragma once
// How a family's file enters its operations in the catalogue: `const Op tanh_op = define({…})`.
// catalogue.cpp lists the families by name, so the linker can drop none.

#include <autograd/op.hpp>

namespace xgrad::ops {

using Family = std::vector<Op>;

Family& elementwise();
Family& trigonometry();
Family& activation();
Family& binary();
Family& comparison();
Family& reduce();
Family& statistics();
Family& scan();
Family& shape();
Family& order();
Family& join();
Family& index();
Family& gather();
Family& linalg();
Family& matrix();
Family& einsum();
Family& softmax();
Family& normalization();
Family& window();
Family& convolution();
Family& pool();
Family& cross_entropy();
Family& loss();

/// An example as it is written: `XGRAD_EXAMPLE(neg(tensor({1, -2})))`.
#define XGRAD_EXAMPLE(...)                   \
  {                                          \
#__VA_ARGS__, [] { return __VA_ARGS__; } \
  }

/// A kernel written in operations, which serve every dtype: on detached values, so that nothing of it is recorded.
inline Kernels composed(const Kernel& kernel) { return {kernel, kernel, kernel}; }

inline Op define(Family& family, OpSpec spec) {
  family.emplace_back(std::move(spec));
  return family.back();
}

}  // namespace xgrad::ops
