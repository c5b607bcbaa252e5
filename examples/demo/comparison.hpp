#pragma once
// Four ways to the same gradients: the tape, the hand-derived equations, the central difference, the complex step.

#include <iosfwd>
#include <string>
#include <vector>

#include "net.hpp"

namespace demo {

/// One gradient. Differences are the tape's from each of the others, the largest over all entries, relative to the
/// largest sum of magnitudes of terms in an entry.
struct Compared {
  std::string name, shape, entry;  ///< the entry shown is the one of largest magnitude
  double tape = 0, hand = 0, central = 0, complex_step = 0;
  double from_hand = 0, from_central = 0, from_complex_step = 0;
};

/// dZ2, dW2, db2, dZ1, dW1, db1 on these examples (the dZ rows: the tape's times m).
std::vector<Compared> compare(Net& net, const xgrad::Tensor& x, const xgrad::Tensor& y);

/// As a text table.
void print(std::ostream& out, const std::vector<Compared>& rows);

}  // namespace demo
