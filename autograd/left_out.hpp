#pragma once
// Part: what an operation has in some builds only.

#include <functional>
#include <type_traits>

#include <autograd/contents.hpp>

namespace xgrad {

/// Stands for what a build leaves out (contents.hpp): made from anything, it holds nothing.
template <class R, class... A>
struct LeftOut {
  LeftOut() = default;
  template <class Anything>
  LeftOut(const Anything&) {}
  explicit operator bool() const { return false; }
  R operator()(A...) const { throw std::bad_function_call(); }
};
template <bool BuiltIn, class R, class... A>
using Part = std::conditional_t<BuiltIn, std::function<R(A...)>, LeftOut<R, A...>>;

}  // namespace xgrad
