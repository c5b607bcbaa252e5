#include <autograd/subject.hpp>

#include <algorithm>

#include <autograd/ops.hpp>

namespace xgrad::detail {

Tensor Subject::evaluate() {
  Tensor y = call();
  if (!y.defined()) throw ShapeError(what + ": the function returned an empty Tensor", where);
  return y;
}

std::vector<Tensor> Subject::pull(Tape& tape, const Tensor& y, const GradientOptions& options) const {
  std::vector<Arg> used;
  std::vector<char> is_used(at.size(), 0);
  for (std::size_t i = 0; tape.owns(y) && i < at.size(); ++i) {
    if (!tape.depends(leaf(i), leaf(i))) continue;  // a Parameter that the function does not read
    is_used[i] = 1;
    used.push_back(leaf(i));
  }
  std::vector<Tensor> found;
  if (!used.empty()) found = tape.gradients(Arg(y, where.file, where.line), Args(used), options);
  std::vector<Tensor> result;
  std::size_t next = 0;
  for (std::size_t i = 0; i < at.size(); ++i)
    result.push_back(is_used[i] ? std::move(found[next++]) : zeros_like(value_of(what.c_str(), leaf(i))));
  return result;
}

OfTensors::OfTensors(std::string what_, const Function& f, const std::vector<Tensor>& inputs, const Where& where_)
    : Subject(std::move(what_), where_), f_(f) {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i].defined()) throw ShapeError(what + ": input " + std::to_string(i) + " is an empty Tensor", where);
    names.push_back(inputs[i].name().empty() ? "x" + std::to_string(i) : inputs[i].name());
    at.push_back(inputs[i].detach());
  }
  point_ = at;
}

Tensor OfTensors::call() {
  leaves_.clear();
  for (std::size_t i = 0; i < point_.size(); ++i)
    leaves_.push_back(named(names[i], Tape::recording()->variable(point_[i], where.file, where.line)));
  return f_(leaves_);
}

OfParameters::OfParameters(std::string what_, const std::function<Tensor()>& f,
                           const std::vector<Parameter*>& parameters, const Where& where_)
    : Subject(std::move(what_), where_), f_(f) {
  for (const Parameter* p : parameters) {
    if (!p) throw TapeError(what + ": a Parameter is null", where);
    if (!p->trainable()) throw TapeError(what + ": Parameter " + p->name() + " is frozen", where);
    if (std::find(handles_.begin(), handles_.end(), *p) != handles_.end())
      throw TapeError(what + ": Parameter " + p->name() + " is listed twice", where);
    names.push_back(p->name());
    at.push_back(p->value());
    handles_.push_back(p->handle());
  }
}

void OfParameters::move_to(const std::vector<Tensor>& point) {
  if (overrides_.empty())
    for (const Parameter& p : handles_) overrides_.push_back(std::make_unique<ParameterOverride>(p));
  for (std::size_t i = 0; i < point.size(); ++i) overrides_[i]->set(point[i]);
}

}  // namespace xgrad::detail
