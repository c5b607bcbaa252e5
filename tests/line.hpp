#pragma once
// A straight line through a handful of points: the smallest loss with two Parameters.

#include "support.hpp"

namespace support {

/// Its loss is the mean of (x·w + b − y)² over some of the points.
struct Line {
  xgrad::Parameter w{xgrad::tensor({0.5}), "w"}, b{xgrad::tensor({0.1}), "b"};
  xgrad::Tensor x = xgrad::tensor({1., 2., 3., 4.}), y = xgrad::tensor({2., 3., 5., 9.});
  xgrad::Tensor loss(xgrad::Index from = 0, xgrad::Index to = 4) const {
    return mean(square(slice(x, 0, from, to) * w + b - slice(y, 0, from, to)));
  }
};

}  // namespace support
