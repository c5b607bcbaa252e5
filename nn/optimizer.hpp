#pragma once
// Optimisers: they change Parameters by their gradients.

#include <map>
#include <string>
#include <vector>

#include <nn/module.hpp>

namespace xgrad::nn {

/// Tensors by name: what a run needs to go on as if it had not stopped.
using State = std::map<std::string, Tensor>;

/// Holds the Parameters' state, so the model may be moved after the optimiser was made.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  /// Updates every Parameter that has a gradient, then clears the gradients.
  /// Throws TapeError if none has one: backward has not run, or it did not reach them.
  void step();
  /// Forgets the gradients without a step.
  void zero_grad();

  /// What the optimiser remembers between steps, by Parameter: `0.weight.exp_avg`. Empty if it remembers nothing.
  virtual State state() const { return {}; }
  /// Takes over a state() of the same optimiser on the same Parameters. Throws IoError naming what is missing, too much
  /// or of another shape or dtype; then nothing has changed.
  virtual void load_state(const State& state);

 protected:
  /// Throws TapeError if there is no trainable Parameter.
  explicit Optimizer(std::vector<Parameter> parameters);
  /// The new value of one Parameter; runs under NoGrad.
  virtual Tensor updated(const Parameter& p) = 0;

 private:
  std::vector<Parameter> parameters_;
};

struct SgdOptions {
  double lr = 0.01;  ///< learning rate
};

/// p ← p − lr · ∂loss/∂p
class Sgd : public Optimizer {
 public:
  explicit Sgd(Module& module, const SgdOptions& options = {});
  explicit Sgd(const std::vector<Parameter*>& parameters, const SgdOptions& options = {});

  double lr() const { return options_.lr; }
  /// Throws NumericError unless it is a finite number above 0.
  void set_lr(double lr);

 protected:
  Tensor updated(const Parameter& p) override;

 private:
  SgdOptions options_;
};

}  // namespace xgrad::nn
