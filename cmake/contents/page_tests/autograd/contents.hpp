#pragma once
// What the tests of the page's core need: its loops, and everything else, since they look at all of it. It stands for
// autograd/contents.hpp with -DXGRAD_CONTENTS=page_tests.

namespace xgrad::contents {

inline constexpr bool f32 = true;
inline constexpr bool catalogue = true;
inline constexpr bool fast_loops = false;
inline constexpr bool fused_rules = false;
inline constexpr bool every_layer = true;

}  // namespace xgrad::contents
