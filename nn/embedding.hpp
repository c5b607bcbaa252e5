#pragma once
// Embedding: a row of a table for each index.

#include <nn/init.hpp>
#include <nn/module.hpp>

namespace xgrad::nn {

struct EmbeddingOptions {
  Initializer init = {};  ///< missing: N(0, 1), as PyTorch's
  DType dtype = f64;
};

/// Indices (…), whole numbers below `count`, to rows (…, size) of a weight (count, size).
class Embedding : public Module {
 public:
  /// Throws ShapeError unless both sizes are at least 1.
  Embedding(Index count, Index size, Rng& rng, const EmbeddingOptions& options = {});
  explicit Embedding(const Embedding&) = default;
  Embedding(Embedding&&) = default;

  Tensor forward(const Tensor& index) const override;
  void visit(Visitor& v) override { v("weight", weight); }
  std::unique_ptr<Module> clone() const override { return std::make_unique<Embedding>(*this); }
  std::string label() const override;

  Parameter weight;
};

}  // namespace xgrad::nn
