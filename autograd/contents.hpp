#pragma once
// What is built in. A build that has to be small puts another header of this name before this one
// (XGRAD_CONTENTS, cmake/contents/).

namespace xgrad::contents {

/// Kernels of f32. Without them a Tensor of f32 cannot be made.
inline constexpr bool f32 = true;
/// The list of all operations, with samples, misuses and examples: tests and the op reference need it, programs do not.
/// Without it catalogue() is empty, and operations that nothing calls are not linked.
inline constexpr bool catalogue = true;
/// Kernels in SIMD lanes, with loops of their own for ways to broadcast, for thin products and for softmax by rows;
/// else one loop, element by element, and compositions.
inline constexpr bool fast_loops = true;
/// Derivatives of losses, of softmax and of max_pool2d as one operation each; else as compositions.
inline constexpr bool fused_rules = true;
/// Layers besides linear ones and activations, in programs that make nets by description.
inline constexpr bool every_layer = true;

}  // namespace xgrad::contents
