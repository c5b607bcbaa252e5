// Gradcheck and derivatives by a module's Parameters.

#include <autograd/derivatives.hpp>
#include <autograd/gradcheck.hpp>
#include <nn/module.hpp>

namespace xgrad {
namespace {

// The trainable Parameters, as the list that the functions of Parameters take. It lives for one call, and leaves
// running statistics, which a forward pass in training mode moves, as they were.
class Trainable {
 public:
  explicit Trainable(nn::Module& module) {
    for (Parameter& p : nn::parameters(module)) {
      if (p.trainable())
        handles_.push_back(std::move(p));
      else
        others_.push_back({p.handle(), p.value(), p.version()});
    }
    for (Parameter& p : handles_) pointers_.push_back(&p);
  }
  Trainable(const Trainable&) = delete;
  Trainable& operator=(const Trainable&) = delete;
  ~Trainable() {
    for (Other& other : others_)  // threads may share a model: what nobody changed is not touched
      if (other.parameter.version() != other.version) other.parameter.assign(other.value);
  }
  operator const std::vector<Parameter*>&() const { return pointers_; }

 private:
  struct Other {
    Parameter parameter;
    Tensor value;
    std::uint64_t version;
  };
  std::vector<Parameter> handles_;
  std::vector<Other> others_;
  std::vector<Parameter*> pointers_;
};

}  // namespace

GradcheckReport gradcheck(const std::function<Tensor()>& loss, nn::Module& module, const GradcheckOptions& options) {
  return gradcheck(loss, Trainable(module), options);
}

VjpResult vjp(const std::function<Tensor()>& f, nn::Module& module, const Tensor& u, const Where& where) {
  return vjp(f, Trainable(module), u, where);
}

JvpResult jvp(const std::function<Tensor()>& f, nn::Module& module, const std::vector<Tensor>& v, const Where& where) {
  return jvp(f, Trainable(module), v, where);
}

std::vector<Tensor> jacobian(const std::function<Tensor()>& f, nn::Module& module, const Where& where) {
  return jacobian(f, Trainable(module), where);
}

std::vector<Tensor> hvp(const std::function<Tensor()>& f, nn::Module& module, const std::vector<Tensor>& v,
                        const Where& where) {
  return hvp(f, Trainable(module), v, where);
}

Hessian hessian(const std::function<Tensor()>& f, nn::Module& module, const Where& where) {
  return hessian(f, Trainable(module), where);
}

std::vector<Tensor> per_example_gradients(const Function& loss, nn::Module& module, const std::vector<Tensor>& batch,
                                          const Where& where) {
  return per_example_gradients(loss, Trainable(module), batch, where);
}

}  // namespace xgrad
