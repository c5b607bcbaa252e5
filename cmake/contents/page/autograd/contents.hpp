#pragma once
// What is built in where every kilobyte counts, as in a page. It stands for autograd/contents.hpp with
// -DXGRAD_CONTENTS=page.

namespace xgrad::contents {

inline constexpr bool f32 = false;
inline constexpr bool catalogue = false;
inline constexpr bool fast_loops = false;
inline constexpr bool fused_rules = false;
inline constexpr bool every_layer = false;

}  // namespace xgrad::contents
