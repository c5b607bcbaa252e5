#include <autograd/parameter.hpp>

namespace xgrad {
namespace {

// A constant of its own, under the Parameter's name.
Tensor owned(Tensor value, const std::string& name) {
  return detail::with_name(value.tracked() ? value.detach() : detail::settled(std::move(value)), name);
}

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

void Parameter::check_fits(const char* what, const char* role, const Tensor& value, const Where& where) const {
  if (!value.defined()) throw ShapeError(std::string(what) + ": cannot give " + name() + " an empty Tensor", where);
  if (value.shape() != shape())
    throw ShapeError(std::string(what) + ": cannot give " + name() + " " + to_string(shape()) + " a " + role +
                         " of shape " + to_string(value.shape()),
                     where);
  if (value.dtype() != dtype())
    throw DTypeError(std::string(what) + ": " + name() + " is " + to_string(dtype()) + ", the " + role + " " +
                         to_string(value.dtype()) + "; convert it with .to(" + to_string(dtype()) + ")",
                     where);
}

void Parameter::assign(Tensor value, const char* file, int line) {
  check_fits("assign", "value", value, {file, line});
  state_->value = owned(std::move(value), name());
  ++state_->version;
}

void Parameter::set_grad(const Tensor& grad, const char* file, int line) {
  const Where where{file, line};
  check_fits("set_grad", "gradient", grad, where);
  if (!trainable()) throw TapeError("set_grad: " + name() + " is frozen, so it takes no gradient", where);
  state_->grad = grad.detach();
}

void Parameter::set_trainable(bool trainable) {
  state_->trainable = trainable;
  if (!trainable) zero_grad();
}

}  // namespace xgrad
