#include <nn/layer.hpp>

#include <algorithm>
#include <cmath>

namespace xgrad::nn::detail {

void check_sizes(const char* layer, std::initializer_list<Index> sizes) {
  if (std::all_of(sizes.begin(), sizes.end(), [](Index size) { return size >= 1; })) return;
  std::string given;
  for (const Index* size = sizes.begin(); size != sizes.end(); ++size)
    given += (size == sizes.begin() ? "" : size + 1 == sizes.end() ? " and " : ", ") + std::to_string(*size);
  throw ShapeError(std::string(layer) + ": needs sizes of at least 1, not " + given);
}

Parameter starting_weight(const Shape& shape, Rng& rng, const Initializer& init, DType dtype) {
  return {(init ? init : init::fan_in_uniform())(shape, rng).to(dtype), "weight"};
}

Parameter starting_bias(const Shape& weight, Rng& rng, const Initializer& init, DType dtype, bool used) {
  const Shape shape{weight[0]};
  const Tensor value =
      used && !init ? init::uniform(1 / std::sqrt(fans(weight).in))(shape, rng).to(dtype) : zeros(shape, dtype);
  return {value, "bias", {.trainable = used}};
}

}  // namespace xgrad::nn::detail
