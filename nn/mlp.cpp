#include <nn/mlp.hpp>

#include <nn/linear.hpp>

namespace xgrad::nn {

Sequential mlp(const std::vector<Index>& sizes, const Module& activation, Rng& rng, const MlpOptions& options) {
  if (sizes.size() < 2)
    throw ShapeError("mlp: needs at least the number of inputs and of outputs, not " + std::to_string(sizes.size()) +
                     (sizes.size() == 1 ? " size" : " sizes"));
  Sequential net;
  for (std::size_t l = 1; l < sizes.size(); ++l) {
    if (l > 1) net.add(activation.clone());
    net.add(std::make_unique<Linear>(sizes[l - 1], sizes[l], rng,
                                     LinearOptions{.init = options.init, .dtype = options.dtype}));
  }
  return net;
}

}  // namespace xgrad::nn
