#pragma once
// What is built in. A build that has to be small (cmake/small) puts another header of this name before this one.

namespace xgrad::contents {

/// Kernels of f32. Without them a Tensor of f32 cannot be made.
inline constexpr bool f32 = true;
/// The list of all operations, with samples, misuses and examples: tests and the op reference need it, programs do not.
/// Without it catalogue() is empty, and operations that nothing calls are not linked.
inline constexpr bool catalogue = true;
/// Layers that look at images, in programs that make nets by description.
inline constexpr bool images = true;

}  // namespace xgrad::contents
