#pragma once
// How a family's file enters its operations in the catalogue: `const Entry tanh_op([] { return define({…}); })`.
// catalogue.cpp lists the families by name, so the linker can drop none.

#include <autograd/op.hpp>

namespace xgrad::ops {

using Family = std::vector<Op>;

Family& elementwise();
Family& trigonometry();
Family& activation();
Family& backward();
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
Family& linear();
Family& matrix();
Family& einsum();
Family& softmax();
Family& normalization();
Family& window();
Family& convolution();
Family& pool();
Family& cross_entropy();
Family& loss();
Family& loss_backward();

/// An example as it is written: `XGRAD_EXAMPLE(neg(tensor({1, -2})))`.
#define XGRAD_EXAMPLE(...) [] { return Example{#__VA_ARGS__, [] { return __VA_ARGS__; }}; }

/// A kernel written in operations, which serve every dtype: on detached values, so that nothing of it is recorded.
inline Kernels composed(const Kernel& kernel) { return {kernel, kernel, kernel}; }

/// Loops of an operation's own, where a build is to be fast; else, in less code, what operations make of it.
template <class Loops>
Kernels fused(Loops loops, const Kernel& composition) {
  if constexpr (contents::fast_loops)
    return loops();
  else
    return composed(composition);
}

/// The family keeps it for the catalogue, if there is one.
inline Op define(Family& family, OpSpec spec) {
  Op op = Op::permanent(std::move(spec));
  if constexpr (contents::catalogue) family.push_back(op);
  return op;
}

/// An operation and what defines it. It enters its family when the program starts; without a catalogue it is made when
/// it is first called, and the linker can drop it where nothing does.
template <class Define>
class Entry {
 public:
  constexpr explicit Entry(Define) {
    if constexpr (contents::catalogue) get();
  }
  operator const Op&() const { return get(); }
  const OpSpec& operator*() const { return *get(); }
  Tensor operator()(const Arg& a, const Attributes& attributes = {}) const { return get()(a, attributes); }
  Tensor operator()(const Arg& a, const Arg& b, const Attributes& attributes = {}) const {
    return get()(a, b, attributes);
  }
  Tensor operator()(const Arg& a, const Arg& b, const Arg& c, const Attributes& attributes = {}) const {
    return get()(a, b, c, attributes);
  }
  Tensor operator()(const Args& operands, const Attributes& attributes = {}) const {
    return get()(operands, attributes);
  }

 private:
  static const Op& get() {
    static const Op op = Define{}();
    return op;
  }
};

}  // namespace xgrad::ops
