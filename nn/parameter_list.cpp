#include <nn/parameter_list.hpp>

#include <algorithm>

namespace xgrad::nn {

ParameterList::ParameterList(Module& module) {
  for (Parameter& p : parameters(module)) add(std::move(p));
}

ParameterList::ParameterList(const std::vector<Parameter*>& parameters) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (!parameters[i]) throw TapeError("pointer " + std::to_string(i) + " of the list of Parameters is null");
    add(parameters[i]->handle());
  }
}

void ParameterList::add(Parameter handle) {
  if (std::find(handles_.begin(), handles_.end(), handle) == handles_.end()) handles_.push_back(std::move(handle));
}

}  // namespace xgrad::nn
