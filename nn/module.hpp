#pragma once
// Module: a function with named Parameters, listed once, in visit().

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <autograd/op.hpp>
#include <autograd/parameter.hpp>

namespace xgrad::nn {

class Module;

/// What visit() is given: it is called with each Parameter and each child under its name.
class Visitor {
 public:
  virtual ~Visitor() = default;
  virtual void operator()(const std::string& name, Parameter& parameter) = 0;
  virtual void operator()(const std::string& name, Module& child) = 0;
};

/// Derive, keep Parameters and other modules as members, list them in visit(), and compute in forward().
/// forward() must not change anything, since threads share a model; in training mode Dropout draws from its generator
/// and BatchNorm moves its running statistics, so a net with those is shared in evaluation only.
class Module {
 public:
  virtual ~Module() = default;

  /// forward(x); errors inside name the caller's line.
  Tensor operator()(const Arg& x) const;
  virtual Tensor forward(const Tensor& x) const = 0;
  /// v("weight", weight); v("hidden", hidden); …
  virtual void visit(Visitor&) {}
  /// A copy with Parameters of its own: `return std::make_unique<MyNet>(*this);`
  virtual std::unique_ptr<Module> clone() const = 0;
  /// What it is called in a printed table: `Linear(2, 4)`.
  virtual std::string label() const = 0;

  /// Training or evaluation, for modules that behave differently (dropout, batch normalisation); children follow.
  void train(bool training = true);
  void eval() { train(false); }
  bool training() const { return training_; }

 protected:
  Module() = default;
  Module(const Module&) = default;
  Module(Module&&) = default;
  Module& operator=(Module&&) = default;

 private:
  bool training_ = true;
};

/// All Parameters of a module in visiting order, each renamed to its path as PyTorch has it: `0.weight`, `hidden.bias`.
std::vector<Parameter> parameters(Module& module);
/// The trainable ones.
std::vector<Parameter> trainable_parameters(Module& module);
/// Number of entries of all Parameters.
Index parameter_count(Module& module);
/// Freezes or thaws every Parameter of the module.
void set_trainable(Module& module, bool trainable);

}  // namespace xgrad::nn
