#include <nn/embedding.hpp>

#include <autograd/ops.hpp>
#include <nn/layer.hpp>

namespace xgrad::nn {

Embedding::Embedding(Index count, Index size, Rng& rng, const EmbeddingOptions& options)
    : weight((
          detail::check_sizes("Embedding", {count, size}),
          detail::starting_weight({count, size}, rng, options.init ? options.init : init::normal(1), options.dtype))) {}

Tensor Embedding::forward(const Tensor& index) const { return embedding(weight, index); }

std::string Embedding::label() const {
  return "Embedding(" + std::to_string(weight.shape()[0]) + ", " + std::to_string(weight.shape()[1]) + ")";
}

}  // namespace xgrad::nn
