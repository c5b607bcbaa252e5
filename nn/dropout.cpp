#include <nn/dropout.hpp>

namespace xgrad::nn {

Dropout::Dropout(double p, Rng& rng) : p_(p), rng_(&rng) {
  if (!(p >= 0 && p <= 1)) throw NumericError("Dropout: the probability must be in [0, 1], not " + number_text(p));
}

}  // namespace xgrad::nn
