#include <autograd/parameter.hpp>

namespace xgrad {
namespace {

// A constant of its own, under the Parameter's name.
Tensor owned(const Tensor& value, const std::string& name) { return detail::with_name(value.detach(), name); }

}  // namespace

Parameter::Parameter(const Tensor& value, std::string name, ParameterOptions options)
    : state_(std::make_shared<State>()) {
  if (!value.defined()) throw ShapeError("Parameter " + name + ": its value is an empty Tensor");
  state_->value = owned(value, name);
  state_->name = std::move(name);
  state_->trainable = options.trainable;
}

Parameter::Parameter(const Parameter& other) : Parameter(other.value(), other.name(), {other.trainable()}) {}

void Parameter::rename(std::string name) {
  state_->value = owned(state_->value, name);
  state_->name = std::move(name);
}

const Tensor& Parameter::grad() const {
  if (!has_grad())
    throw TapeError("Parameter " + name() +
                    " has no gradient: call backward on a loss that uses it first (has_grad() asks)");
  return state_->grad;
}

void Parameter::assign(const Tensor& value, const char* file, int line) {
  const Where where{file, line};
  if (!value.defined()) throw ShapeError("assign: cannot give " + name() + " an empty Tensor", where);
  if (value.shape() != shape())
    throw ShapeError(
        "assign: cannot give " + name() + " " + to_string(shape()) + " a value of shape " + to_string(value.shape()),
        where);
  if (value.dtype() != dtype())
    throw DTypeError("assign: " + name() + " is " + to_string(dtype()) + ", the value " + to_string(value.dtype()) +
                         "; convert it with .to(" + to_string(dtype()) + ")",
                     where);
  state_->value = owned(value, name());
  ++state_->version;
}

void Parameter::set_trainable(bool trainable) {
  state_->trainable = trainable;
  if (!trainable) zero_grad();
}

void ParameterOverride::set(const Tensor& value) {
  state_->value = owned(value, saved_.name);
  ++state_->version;
}

}  // namespace xgrad
