#pragma once
// Initialisers: how the weights of a layer are drawn before training.

#include <functional>
#include <string>
#include <vector>

#include <autograd/random.hpp>
#include <autograd/tensor.hpp>

namespace xgrad::nn {

class Module;

/// Draws the starting values (f64) of a weight of this shape.
using Initializer = std::function<Tensor(const Shape&, Rng&)>;

/// How many values one output of a weight is summed from, and how many outputs one input reaches. A weight is
/// (out, in, …); further axes are a convolution's kernel and count in both.
struct Fans {
  double in, out;
};
/// Throws ShapeError if the weight has fewer than two axes.
Fans fans(const Shape& weight);

namespace init {

/// All units of a layer start equal and stay so: the symmetry that random weights break. For showing that.
Initializer zeros();
/// As zeros: every unit learns the same.
Initializer constant(double value);
/// N(0, std²); the articles' weights are 0.01·N(0, 1).
Initializer normal(double std = 0.01);
/// Uniform in [−bound, bound).
Initializer uniform(double bound = 0.01);
/// Variance gain²·2/(in + out), which keeps the size of signals both ways through tanh or sigmoid (Glorot and Bengio,
/// 2010).
Initializer xavier_normal(double gain = 1);
Initializer xavier_uniform(double gain = 1);
/// Variance 2/in, which keeps the size of signals through ReLU (He et al., 2015).
Initializer he_normal();
Initializer he_uniform();
/// Uniform in ±1/√in: what PyTorch's Linear and Conv2d start from.
Initializer fan_in_uniform();

/// The names that `by_name` knows: `he_normal`, …
const std::vector<std::string>& names();
/// An initialiser by its name, with its default arguments. Throws NumericError naming those there are.
Initializer by_name(const std::string& name);

}  // namespace init

/// Draws every weight of a module (Parameters of two and more axes) anew and sets its biases to 0. Scales and running
/// statistics of normalisations stay.
void initialize(Module& module, const Initializer& initializer, Rng& rng);

}  // namespace xgrad::nn
