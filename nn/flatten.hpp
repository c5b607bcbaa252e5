#pragma once
// Flatten: all axes but the first in one.

#include <nn/module.hpp>

namespace xgrad::nn {

/// x (n, a, b, …) to (n, a·b·…). Throws ShapeError for a scalar.
class Flatten : public Module {
 public:
  Tensor forward(const Tensor& x) const override;
  std::unique_ptr<Module> clone() const override { return std::make_unique<Flatten>(*this); }
  std::string label() const override { return "Flatten"; }
};

}  // namespace xgrad::nn
