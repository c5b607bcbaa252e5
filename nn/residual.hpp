#pragma once
// Residual: x + f(x).

#include <concepts>
#include <type_traits>
#include <utility>

#include <nn/module.hpp>

namespace xgrad::nn {

/// `Residual{Sequential{Linear(8, 8, rng), Relu{}}}`: the body must keep the shape, else ShapeError (He et al., 2016).
/// Its Parameters are called `body.0.weight`, …
class Residual : public Module {
 public:
  template <std::derived_from<Module> M>
  requires(!std::same_as<M, Residual>) explicit Residual(M body)
      : Residual(std::unique_ptr<Module>(std::make_unique<M>(std::move(body)))) {}
  /// Throws ShapeError if it is null.
  explicit Residual(std::unique_ptr<Module> body);
  explicit Residual(const Residual& other) : Module(other), body_(other.body_->clone()) {}
  Residual(Residual&&) = default;

  Tensor forward(const Tensor& x) const override;
  void visit(Visitor& v) override { v("body", *body_); }
  std::unique_ptr<Module> clone() const override { return std::make_unique<Residual>(*this); }
  std::string label() const override { return "Residual"; }

 private:
  std::unique_ptr<Module> body_;
};

}  // namespace xgrad::nn
