#include <nn/optimizer.hpp>

#include <cmath>

#include <autograd/ops.hpp>
#include <autograd/tape.hpp>

namespace xgrad::nn {

Optimizer::Optimizer(std::vector<Parameter> parameters) : parameters_(std::move(parameters)) {
  if (parameters_.empty()) throw TapeError("optimiser: there is no trainable Parameter to update");
}

void Optimizer::step() {
  const NoGrad off;
  std::vector<std::pair<Parameter*, Tensor>> updates;  // all made before the first is stored
  for (Parameter& p : parameters_)
    if (p.trainable() && p.has_grad()) updates.emplace_back(&p, updated(p));
  if (updates.empty())
    throw TapeError("step: no Parameter has a gradient; call backward on a loss that uses them first");
  for (auto& [p, value] : updates) p->assign(value);
  zero_grad();
}

void Optimizer::zero_grad() {
  for (Parameter& p : parameters_) p.zero_grad();
}

void Optimizer::load_state(const State& state) {
  if (!state.empty()) throw IoError("optimiser: remembers nothing, so it cannot take over " + state.begin()->first);
}

namespace {

std::vector<Parameter> handles(const std::vector<Parameter*>& parameters) {
  std::vector<Parameter> result;
  for (const Parameter* p : parameters)
    if (p->trainable()) result.push_back(p->handle());
  return result;
}

}  // namespace

Sgd::Sgd(Module& module, const SgdOptions& options) : Optimizer(trainable_parameters(module)) { set_lr(options.lr); }
Sgd::Sgd(const std::vector<Parameter*>& parameters, const SgdOptions& options) : Optimizer(handles(parameters)) {
  set_lr(options.lr);
}

void Sgd::set_lr(double lr) {
  if (!(lr > 0) || !std::isfinite(lr))
    throw NumericError("Sgd: the learning rate must be a finite number above 0, not " + number_text(lr));
  options_.lr = lr;
}

Tensor Sgd::updated(const Parameter& p) { return p.value() - options_.lr * p.grad(); }

}  // namespace xgrad::nn
