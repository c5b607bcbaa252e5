// Gradcheck over a module's Parameters.

#include <autograd/gradcheck.hpp>
#include <nn/module.hpp>

namespace xgrad {

GradcheckReport gradcheck(const std::function<Tensor()>& loss, nn::Module& module, const GradcheckOptions& options) {
  std::vector<Parameter> trainable = nn::trainable_parameters(module);
  std::vector<Parameter*> pointers;
  pointers.reserve(trainable.size());
  for (Parameter& p : trainable) pointers.push_back(&p);
  return gradcheck(loss, pointers, options);
}

}  // namespace xgrad
