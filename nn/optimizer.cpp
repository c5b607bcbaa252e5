#include <nn/optimizer.hpp>

#include <set>

#include <autograd/tape.hpp>
#include <nn/options.hpp>

namespace xgrad::nn {
namespace {

constexpr const char* step_name = "step";

std::string entry(const std::string& parameter, const std::string& memory) { return parameter + "." + memory; }

bool alike(const Tensor& a, const Tensor& b) { return a.defined() && a.shape() == b.shape() && a.dtype() == b.dtype(); }

}  // namespace

Optimizer::Optimizer(const char* name, ParameterList parameters, double lr, const std::vector<Memory>& memory)
    : name_(name), lr_(detail::not_negative(name, "lr", lr)) {
  for (const Memory& m : memory) memory_.push_back(m.name);
  for (Parameter& p : parameters) {
    if (!p.trainable()) continue;
    pool::Vector<Tensor> start;
    for (const Memory& m : memory) start.push_back(full(p.shape(), m.start, p.dtype()));
    std::string called = p.name();
    held_.push_back({std::move(p), std::move(called), std::move(start)});
  }
  if (held_.empty()) throw TapeError(std::string(name) + ": there is no trainable Parameter to update");
}

void Optimizer::set_lr(double lr) { lr_ = detail::not_negative(name_, "lr", lr); }

void Optimizer::step() {
  const NoGrad off;
  pool::Vector<std::pair<Held*, Slot>> updates;  // all made and checked before the first is stored
  updates.reserve(held_.size());
  for (Held& held : held_) {
    const Parameter& p = held.parameter;
    if (!p.has_grad()) continue;  // a frozen one has none
    updates.emplace_back(&held, updated({p.value(), held.memory}, p.grad(), held.step + 1));
    check(held, updates.back().second);
  }
  if (updates.empty())
    throw TapeError("step: no Parameter has a gradient; call backward on a loss that uses them first");
  for (auto& [held, made] : updates) {
    held->parameter.assign(std::move(made.value));
    held->memory = std::move(made.memory);
    ++held->step;
  }
  zero_grad();
}

void Optimizer::check(const Held& held, const Slot& made) const {
  bool fits = made.memory.size() == memory_.size() && alike(made.value, held.parameter.value());
  for (const Tensor& m : made.memory) fits = fits && alike(m, held.parameter.value());
  if (!fits)
    throw ShapeError(std::string(name_) + ": its rule must give " + held.name + " a value and " +
                     std::to_string(memory_.size()) + " of memory, each " + to_string(held.parameter.dtype()) + " " +
                     to_string(held.parameter.shape()));
}

void Optimizer::zero_grad() {
  for (Held& held : held_) held.parameter.zero_grad();
}

void Optimizer::check_names() const {
  std::set<std::string> names;
  for (const Held& held : held_)
    if (!names.insert(held.name).second)
      throw IoError(std::string(name_) + ": two Parameters are called " + held.name +
                    "; give each a name of its own to save what is remembered of it");
}

State Optimizer::state() const {
  State result;
  if (memory_.empty()) return result;
  check_names();
  for (const Held& held : held_) {
    for (std::size_t m = 0; m < memory_.size(); ++m) result[entry(held.name, memory_[m])] = held.memory[m];
    result[entry(held.name, step_name)] = scalar(static_cast<double>(held.step));
  }
  return result;
}

void Optimizer::load_state(const State& state) {
  std::vector<std::pair<pool::Vector<Tensor>, Index>> taken;
  detail::StateReader reader(name_, state);
  if (!memory_.empty()) {
    check_names();
    for (const Held& held : held_) {
      pool::Vector<Tensor> memory;
      for (const std::string& name : memory_)
        memory.push_back(reader.take(entry(held.name, name), held.parameter.shape(), held.parameter.dtype()));
      taken.emplace_back(std::move(memory), reader.take_whole(entry(held.name, step_name), 0));
    }
  }
  reader.finish();
  for (std::size_t i = 0; i < taken.size(); ++i) {
    held_[i].memory = std::move(taken[i].first);
    held_[i].step = taken[i].second;
  }
}

}  // namespace xgrad::nn
