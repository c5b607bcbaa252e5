#pragma once
// Derivatives of functions: products with the Jacobian and the Hessian, both of them whole, and gradients by example.
//
// A function is of Tensors, `[](Inputs in) { return tanh(in[0]); }`, or of Parameters that it reads itself,
// `[&] { return binary_cross_entropy_with_logits(net(x), y); }`; a module stands for its trainable Parameters. It runs
// once, on a tape of its own, also inside NoGrad. No Parameter and no other tape changes, whatever throws. Inputs are
// taken by their values and results are constants; an input that the function does not depend on gets zeros.
// `where`, the caller's line for errors, is left to its default.

#include <functional>
#include <string>
#include <vector>

#include <autograd/op.hpp>
#include <autograd/parameter.hpp>

namespace xgrad {

namespace nn {
class Module;
}

struct VjpResult {
  Tensor y;
  std::vector<Tensor> gradients;  ///< one an input
};
/// uᵀJ, the cotangent u of the result pulled back to every input: `auto [y, g] = vjp(f, {x}, u)`.
VjpResult vjp(const Function& f, const std::vector<Tensor>& inputs, const Tensor& u,
              const Where& where = Where::here());
VjpResult vjp(const std::function<Tensor()>& f, const std::vector<Parameter*>& parameters, const Tensor& u,
              const Where& where = Where::here());
VjpResult vjp(const std::function<Tensor()>& f, nn::Module& module, const Tensor& u,
              const Where& where = Where::here());

struct JvpResult {
  Tensor y;
  Tensor derivative;  ///< of y's shape
};
/// Jv, the derivative in the direction v, a Tensor an input: `auto [y, dy] = jvp(f, {x}, {v})`.
/// uᵀJ is linear in u, and Jv is the derivative of uᵀJv by u: no rule is needed but those of the backward pass.
JvpResult jvp(const Function& f, const std::vector<Tensor>& inputs, const std::vector<Tensor>& v,
              const Where& where = Where::here());
JvpResult jvp(const std::function<Tensor()>& f, const std::vector<Parameter*>& parameters, const std::vector<Tensor>& v,
              const Where& where = Where::here());
JvpResult jvp(const std::function<Tensor()>& f, nn::Module& module, const std::vector<Tensor>& v,
              const Where& where = Where::here());

/// All first derivatives, a Tensor an input: the result's axes, then the input's. One backward pass an element of the
/// result. Throws ShapeError where that makes more than 8 axes.
std::vector<Tensor> jacobian(const Function& f, const std::vector<Tensor>& inputs, const Where& where = Where::here());
std::vector<Tensor> jacobian(const std::function<Tensor()>& f, const std::vector<Parameter*>& parameters,
                             const Where& where = Where::here());
std::vector<Tensor> jacobian(const std::function<Tensor()>& f, nn::Module& module, const Where& where = Where::here());

/// Hv of a scalar, a Tensor an input, without making H: the derivative of its gradient along v.
std::vector<Tensor> hvp(const Function& f, const std::vector<Tensor>& inputs, const std::vector<Tensor>& v,
                        const Where& where = Where::here());
std::vector<Tensor> hvp(const std::function<Tensor()>& f, const std::vector<Parameter*>& parameters,
                        const std::vector<Tensor>& v, const Where& where = Where::here());
std::vector<Tensor> hvp(const std::function<Tensor()>& f, nn::Module& module, const std::vector<Tensor>& v,
                        const Where& where = Where::here());

/// All second derivatives of a scalar, by all entries of all inputs in their order.
struct Hessian {
  static constexpr Index max_entries = 5000;  ///< 200 MB

  Tensor matrix;                     ///< (n, n), f64
  std::vector<std::string> entries;  ///< what row and column i stand for: `W1[0, 1]`

  /// (n), ascending, of (H + Hᵀ)/2. Throws NumericError if an entry is not finite, or in a build without LAPACK.
  Tensor eigenvalues(const Where& where = Where::here()) const;
};
/// The gradient is recorded once; then one backward pass over it an entry. Throws ShapeError beyond `max_entries`.
Hessian hessian(const Function& f, const std::vector<Tensor>& inputs, const Where& where = Where::here());
Hessian hessian(const std::function<Tensor()>& f, const std::vector<Parameter*>& parameters,
                const Where& where = Where::here());
Hessian hessian(const std::function<Tensor()>& f, nn::Module& module, const Where& where = Where::here());

/// The gradients of a loss of a batch by each of its examples alone, (n, p's shape…) a Parameter. `loss` is given one
/// row of every Tensor of the batch at a time: `per_example_gradients([&](Inputs one) { return mse(net(one[0]),
/// one[1]);
/// }, net, {x, y})`. One forward and one backward pass an example, memory for one.
std::vector<Tensor> per_example_gradients(const Function& loss, const std::vector<Parameter*>& parameters,
                                          const std::vector<Tensor>& batch, const Where& where = Where::here());
std::vector<Tensor> per_example_gradients(const Function& loss, nn::Module& module, const std::vector<Tensor>& batch,
                                          const Where& where = Where::here());

}  // namespace xgrad
