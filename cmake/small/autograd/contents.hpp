#pragma once
// What is built in where every kilobyte counts, as in a page. It stands for autograd/contents.hpp under XGRAD_SMALL.

namespace xgrad::contents {

inline constexpr bool f32 = false;
inline constexpr bool catalogue = false;
inline constexpr bool images = false;

}  // namespace xgrad::contents
