#pragma once
// ParameterList: which Parameters an optimiser updates, or a clip looks at.

#include <initializer_list>
#include <vector>

#include <nn/module.hpp>

namespace xgrad::nn {

/// Made from a module, which gives all of its Parameters, or from pointers: `{&w, &b}`. Holds their state, so that both
/// may be moved or go. One that is listed twice counts once.
class ParameterList {
 public:
  ParameterList(Module& module);
  /// Throws TapeError if a pointer is null.
  ParameterList(const std::vector<Parameter*>& parameters);
  ParameterList(std::initializer_list<Parameter*> parameters) : ParameterList(std::vector<Parameter*>(parameters)) {}

  std::vector<Parameter>::iterator begin() { return handles_.begin(); }
  std::vector<Parameter>::iterator end() { return handles_.end(); }

 private:
  void add(Parameter handle);
  std::vector<Parameter> handles_;
};

}  // namespace xgrad::nn
