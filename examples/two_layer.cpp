// The two-layer net by hand: forward, backward and update in operations on Tensors, and dZ2 = A2 − Y seen to hold.

#include <autograd/autograd.hpp>
#include <nn/data.hpp>
#include <nn/metrics.hpp>

#include <cstdio>

using namespace xgrad;

int main() {
  Rng rng(5);
  auto [x, y] = nn::data::moons(400, 0.2, rng);
  Parameter W1{0.01 * randn({4, 2}, rng), "W1"}, b1{zeros({4}), "b1"}, W2{0.01 * randn({1, 4}, rng), "W2"},
      b2{zeros({1}), "b2"};
  const auto forward = [&](const Tensor& in) {
    Tensor A1 = named("A1", tanh(matmul(in, transpose(W1)) + b1));
    return named("Z2", matmul(A1, transpose(W2)) + b2);
  };

  Tape tape;
  for (int i = 0; i <= 2000; ++i) {
    Tensor Z2 = forward(x);
    Tensor loss = binary_cross_entropy_with_logits(Z2, y);
    if (i % 500 == 0) std::printf("iteration %4d  cost %.2f\n", i, loss.item());
    tape.backward(loss);
    for (Parameter* p : {&W1, &b1, &W2, &b2}) {
      p->assign(p->value() - 1.2 * p->grad());
      p->zero_grad();
    }
  }

  Tensor Z2 = forward(x);
  Tensor dZ2 = tape.gradient(binary_cross_entropy_with_logits(Z2, y, Reduction::sum), Z2);
  std::printf("dZ2 = A2 - Y to the last bit: %s\n", dZ2.values() == (sigmoid(Z2) - y).values() ? "yes" : "no");
  NoGrad off;
  std::printf("accuracy: %.0f %%\n", 100 * nn::accuracy(forward(x), y));
}
