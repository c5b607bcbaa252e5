#pragma once
// Linear: x·Wᵀ + b.

#include <nn/init.hpp>
#include <nn/module.hpp>

namespace xgrad::nn {

struct LinearOptions {
  bool bias = true;
  /// Of the weight; the bias is then 0. Missing: both uniform in ±1/√in, as PyTorch's.
  Initializer init = {};
  DType dtype = f64;
};

/// x (…, in) to (…, out) by a weight (out, in) and a bias (out).
class Linear : public Module {
 public:
  /// Throws ShapeError unless both sizes are at least 1.
  Linear(Index in, Index out, Rng& rng, const LinearOptions& options = {});
  explicit Linear(const Linear&) = default;
  Linear(Linear&&) = default;

  Tensor forward(const Tensor& x) const override;
  void visit(Visitor& v) override;
  std::unique_ptr<Module> clone() const override { return std::make_unique<Linear>(*this); }
  std::string label() const override;

  Parameter weight;
  Parameter bias;  ///< frozen at zero and not visited without a bias

 private:
  bool has_bias_;
};

}  // namespace xgrad::nn
