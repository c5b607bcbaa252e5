#include <autograd/finite.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <autograd/kernel.hpp>

namespace xgrad {
namespace {

bool is_finite(float v) { return std::isfinite(v); }
bool is_finite(double v) { return std::isfinite(v); }
bool is_finite(const Complex& v) { return std::isfinite(v.real()) && std::isfinite(v.imag()); }

template <class T>
std::optional<Index> first_odd(const Tensor& t) {
  const T* v = elements<T>(t);
  for (Index i = 0; i < t.size(); ++i)
    if (!is_finite(v[i])) return i;
  return std::nullopt;
}

// The first element that is not finite.
std::optional<Index> first_odd(const Tensor& t) {
  return t.dtype() == f32 ? first_odd<float>(t) : t.dtype() == f64 ? first_odd<double>(t) : first_odd<Complex>(t);
}

// `nan at (0, 2)`
std::string place(const Tensor& t, Index at) {
  return number_text(t.values()[static_cast<std::size_t>(at)]) + " at " + to_string(unravel(at, t.shape()));
}

// `in [0, 3]`, over the elements that are finite.
std::string range(const Tensor& t) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  double low = inf, high = -inf;
  for (double v : t.values())
    if (std::isfinite(v)) {
      low = std::min(low, v);
      high = std::max(high, v);
    }
  if (low > high) return t.size() == 0 ? "without elements" : "without a finite element";
  return "in [" + number_text(low) + ", " + number_text(high) + "]";
}

// `a (2) in [0, 1] and b () in [3, 3]`
std::string operands(const Call& c) {
  std::string list;
  for (std::size_t i = 0; i < c.x.size(); ++i)
    list += (i == 0 ? "" : i + 1 < c.x.size() ? ", " : " and ") + c.describe(i) + " " + range(c.x[i]);
  return list;
}

}  // namespace

bool all_finite(const Tensor& t) { return !first_odd(t); }

void detail::check_finite_result(const Call& c, const Tensor& y) {
  const std::optional<Index> at = first_odd(y);
  if (!at) return;
  for (std::size_t i = 0; i < c.x.size(); ++i)
    if (const std::optional<Index> entered = first_odd(c.x[i]))
      c.numeric_error(c.describe(i) + " came with " + place(c.x[i], *entered) +
                      ": it was not finite before, no operation of this recording made it so");
  c.numeric_error("made " + place(y, *at) + " from " + operands(c));
}

void detail::check_finite_cotangent(const Pullback& c, const Tensor& d) {
  const std::optional<Index> at = first_odd(d);
  if (!at) return;
  const std::string start = "backward of " + c.op.name + ": ";
  if (const std::optional<Index> entered = first_odd(c.g))
    throw NumericError(start + "the cotangent came with " + place(c.g, *entered), c.where);
  throw NumericError(start + "made " + place(d, *at) + " for " + c.describe(c.index) + " from " + operands(c) +
                         ", result " + range(c.y) + ", cotangent " + range(c.g),
                     c.where);
}

void detail::check_finite_gradient(const char* what, const Tensor& of, const Tensor& g, const Where& where) {
  if (const std::optional<Index> at = first_odd(g))
    throw NumericError(std::string("backward: ") + what + " " + label(of) + " is " + place(g, *at), where);
}

}  // namespace xgrad
