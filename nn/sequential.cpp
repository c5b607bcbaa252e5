#include <nn/sequential.hpp>

namespace xgrad::nn {

Sequential::Sequential(const Sequential& other) : Module(other) {
  for (const auto& module : other.modules_) add(module->clone());
}

void Sequential::add(std::unique_ptr<Module> module) {
  if (!module) throw ShapeError("Sequential: cannot add an empty module");
  modules_.push_back(std::move(module));
  parameters(*this);  // gives them their paths
}

Module& Sequential::operator[](std::size_t i) const {
  if (i >= size())
    throw ShapeError("Sequential: there is no module " + std::to_string(i) + " among " + std::to_string(size()));
  return *modules_[i];
}

Tensor Sequential::forward(const Tensor& x) const {
  Tensor y = x;
  for (const auto& module : modules_) y = module->forward(y);
  return y;
}

void Sequential::visit(Visitor& v) {
  for (std::size_t i = 0; i < size(); ++i) v(std::to_string(i), *modules_[i]);
}

}  // namespace xgrad::nn
