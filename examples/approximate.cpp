// Universal approximation: a sum of tanh units takes on the form of any curve, the closer the more units there are.

#include <autograd/autograd.hpp>
#include <nn/nn.hpp>

#include <cmath>
#include <cstdio>

using namespace xgrad;

int main() {
  const Tensor x = linspace(-2, 2, 200);
  const Tensor y = sin(3. * x) + 0.5 * cos(8. * x);
  const Tensor inputs = reshape(x, {-1, 1}), targets = reshape(y, {-1, 1});

  std::printf("units  root mean squared error\n");
  for (Index units : {2, 5, 10, 20, 50}) {
    Rng rng(1);
    nn::Sequential net = nn::mlp({1, units, 1}, nn::Tanh{}, rng);
    for (Parameter& p : nn::parameters(net))  // steeper units, spread over the interval
      if (p.name().starts_with("0.")) p.assign(4. * p.value());
    const Index steps = 3000;
    nn::Adam adam{net, {.lr = 0.02}};
    const nn::Schedule rate = nn::schedule::cosine(0.02, {.T_max = steps});
    Tape tape;
    for (Index step = 0; step < steps; ++step) {
      tape.backward(mse(net(inputs), targets));
      adam.set_lr(rate(step));
      adam.step();
    }
    NoGrad off;
    std::printf("%5td  %.3f\n", units, std::sqrt(mse(net(inputs), targets).item()));
  }
}
