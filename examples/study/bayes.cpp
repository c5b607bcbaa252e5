#include "bayes.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace study {

xgrad::Index bayes_right(const xgrad::nn::data::Dataset& points, const xgrad::nn::data::Dataset& noiseless,
                         double noise) {
  const std::vector<double> x = points.x.values(), y = points.y.values(), centres = noiseless.x.values(),
                            classes = noiseless.y.values();
  xgrad::Index right = 0;
  std::vector<double> exponents(classes.size());
  for (std::size_t i = 0; i < y.size(); ++i) {
    for (std::size_t k = 0; k < classes.size(); ++k) {
      const double dx = x[2 * i] - centres[2 * k], dy = x[2 * i + 1] - centres[2 * k + 1];
      exponents[k] = -(dx * dx + dy * dy) / (2 * noise * noise);
    }
    const double largest = *std::max_element(exponents.begin(), exponents.end());  // far out all densities are 0
    double density[2] = {0, 0};
    for (std::size_t k = 0; k < classes.size(); ++k) density[classes[k] > 0.5] += std::exp(exponents[k] - largest);
    right += (density[1] > density[0]) == (y[i] > 0.5);
  }
  return right;
}

}  // namespace study
