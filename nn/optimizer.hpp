#pragma once
// Optimizer: what all of them share. Rules are in sgd.hpp, rmsprop.hpp, adagrad.hpp and adam.hpp.

#include <string>
#include <vector>

#include <nn/parameter_list.hpp>
#include <nn/state.hpp>

namespace xgrad::nn {

/// A Parameter's value, and what an optimiser remembers of it.
struct Slot {
  Tensor value;
  pool::Vector<Tensor> memory;  ///< each of the value's shape and dtype
};

/// One thing that an optimiser remembers of each Parameter.
struct Memory {
  std::string name;  ///< as PyTorch's `state_dict` has it: `exp_avg`
  double start = 0;  ///< every entry before the first step
};

/// Holds the Parameters' state, so the model may be moved after the optimiser was made. Parameters that are frozen when
/// it is made are never updated; one that is frozen later is passed over while it is.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  /// Updates every Parameter that has a gradient, then clears the gradients. One without is passed over: its memory and
  /// its count of steps stay. Throws TapeError if none has one: backward has not run, or it did not reach them. If
  /// anything throws, no Parameter and no memory has changed.
  void step();
  /// Forgets the gradients without a step.
  void zero_grad();

  double lr() const { return lr_; }
  /// Throws NumericError unless it is a finite number of at least 0.
  void set_lr(double lr);

  /// What the optimiser remembers, by Parameter as it was called when the optimiser was made: `0.weight.exp_avg`, and
  /// the steps that it has made, `0.weight.step`. Empty if the rule remembers nothing. Options are not in it, nor is
  /// lr. Throws IoError if two Parameters have one name.
  State state() const;
  /// Takes over a state() of the same optimiser on the same Parameters, and goes on bit for bit as that one would have.
  /// Throws IoError naming what is missing, too much, or of another shape or dtype; then nothing has changed.
  void load_state(const State& state);

 protected:
  /// `name` is what errors call it. Throws TapeError if there is no trainable Parameter, NumericError for a bad rate.
  Optimizer(const char* name, ParameterList parameters, double lr, const std::vector<Memory>& memory);

  /// The rule: value and memory of one Parameter after a step, of the same shapes and dtypes. `step` counts the
  /// Parameter's updates, this one included: 1 in the first. `entrywise` (entrywise.hpp) helps. Runs under NoGrad.
  virtual Slot updated(const Slot& old, const Tensor& grad, Index step) const = 0;

 private:
  struct Held {
    Parameter parameter;
    std::string name;
    pool::Vector<Tensor> memory;
    Index step = 0;
  };
  void check(const Held& held, const Slot& made) const;
  void check_names() const;

  const char* name_;
  double lr_;
  std::vector<std::string> memory_;
  std::vector<Held> held_;
};

}  // namespace xgrad::nn
