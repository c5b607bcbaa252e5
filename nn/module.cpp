#include <nn/module.hpp>

#include <autograd/ops.hpp>
#include <autograd/tape.hpp>

namespace xgrad::nn {
namespace {

// Walks a module and all below it; modules nest as deep as their author wrote them, so recursion is bounded by the
// program.
class Walk : public Visitor {
 public:
  using OnParameter = std::function<void(const std::string& path, Parameter&)>;
  using OnModule = std::function<void(const std::string& path, Module&)>;
  Walk(OnParameter on_parameter, OnModule on_module)
      : on_parameter_(std::move(on_parameter)), on_module_(std::move(on_module)) {}

  void operator()(const std::string& name, Parameter& parameter) override {
    if (on_parameter_) on_parameter_(prefix_ + name, parameter);
  }
  void operator()(const std::string& name, Module& child) override {
    if (on_module_) on_module_(prefix_ + name, child);
    const std::string outer = prefix_;
    prefix_ += name + ".";
    child.visit(*this);
    prefix_ = outer;
  }

 private:
  OnParameter on_parameter_;
  OnModule on_module_;
  std::string prefix_;
};

}  // namespace

Tensor Module::operator()(const Arg& x) const {
  const CallSite site(x.where);
  if (x.tensor) return forward(*x.tensor);
  return forward(x.parameter ? x * 1. : scalar(x.number));
}

void Module::train(bool training) {
  training_ = training;
  Walk walk(nullptr, [training](const std::string&, Module& child) { child.training_ = training; });
  visit(walk);
}

std::vector<Parameter> parameters(Module& module) {
  std::vector<Parameter> result;
  Walk walk(
      [&](const std::string& path, Parameter& p) {
        if (p.name() != path) p.rename(path);
        result.push_back(p.handle());
      },
      nullptr);
  module.visit(walk);
  return result;
}

std::vector<Parameter> trainable_parameters(Module& module) {
  std::vector<Parameter> result;
  for (Parameter& p : parameters(module))
    if (p.trainable()) result.push_back(std::move(p));
  return result;
}

Index parameter_count(Module& module) {
  Index count = 0;
  for (const Parameter& p : parameters(module)) count += p.value().size();
  return count;
}

void set_trainable(Module& module, bool trainable) {
  for (Parameter& p : parameters(module)) p.set_trainable(trainable);
}

}  // namespace xgrad::nn
