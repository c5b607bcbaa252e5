#pragma once
// Internal. Another value in a Parameter for a while: what gradcheck and the derivatives evaluate a function at.

#include <memory>

#include <autograd/parameter.hpp>

namespace xgrad {

/// Restores value, gradient and version at its end.
class ParameterOverride {
 public:
  explicit ParameterOverride(const Parameter& p) : state_(p.state_), saved_(*p.state_) {}
  ~ParameterOverride() { *state_ = saved_; }
  ParameterOverride(const ParameterOverride&) = delete;
  ParameterOverride& operator=(const ParameterOverride&) = delete;
  void set(const Tensor& value) {
    state_->value = detail::with_name(value.detach(), saved_.name);
    ++state_->version;
  }

 private:
  std::shared_ptr<Parameter::State> state_;
  Parameter::State saved_;
};

}  // namespace xgrad
