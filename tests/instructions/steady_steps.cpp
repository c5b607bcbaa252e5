// steady_steps WORKLOAD COUNT: takes so many steps of a workload; instructions/limits counts what one costs.

#include <cstdlib>
#include <cstring>

#include <autograd/autograd.hpp>
#include <nn/nn.hpp>

using namespace xgrad;

namespace {

// 1,000 operations on 8 elements, recorded and gone back over.
void chain(int steps) {
  Parameter x{arange(1, 9) / 10., "x"}, a{arange(1, 9) / 100., "a"}, b{1. - arange(0, 8) / 100., "b"};
  Tape tape;
  for (int s = 0; s < steps; ++s) {
    Tensor y = x * 1.;
    for (int i = 0; i < 1000; ++i) y = i % 3 == 0 ? tanh(y) : i % 3 == 1 ? y * b : y + a;
    tape.backward(sum(y));
    for (Parameter* p : {&x, &a, &b}) p->zero_grad();
  }
}

// A net of 2, 4 and 1 units on so many points.
void moons(int steps, Index points, DType dtype) {
  Rng rng(1);
  const auto [x, y] = nn::data::moons(points, 0.2, rng, dtype);
  nn::Sequential net = nn::mlp({2, 4, 1}, nn::Tanh{}, rng, {.dtype = dtype});
  nn::Adam adam(net, {.lr = 0.01});
  Tape tape;
  for (int s = 0; s < steps; ++s) {
    tape.backward(binary_cross_entropy_with_logits(net(x), y));
    adam.step();
  }
}

// Sums and broadcasts over the axes of one tensor.
void axes(int steps) {
  Rng rng(1);
  const Tensor x = randn({50, 7, 30}, rng);
  for (int s = 0; s < steps; ++s)
    for (const Axes& over : {Axes{0}, Axes{1}, Axes{2}, Axes{0, 2}}) x - mean(x, over, true);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return EXIT_FAILURE;
  const int steps = std::atoi(argv[2]);
  const auto is = [&](const char* name) { return std::strcmp(argv[1], name) == 0; };
  if (is("chain"))
    chain(steps);
  else if (is("two_points"))
    moons(steps, 2, f64);
  else if (is("moons_f64"))
    moons(steps, 2000, f64);
  else if (is("moons_f32"))
    moons(steps, 2000, f32);
  else if (is("axes"))
    axes(steps);
  else
    return EXIT_FAILURE;
}
