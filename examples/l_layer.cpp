// An L-layer net on nn modules: its table, its training, and the formula that the tape has recorded.

#include <autograd/autograd.hpp>
#include <autograd/explain.hpp>
#include <nn/nn.hpp>

#include <cstdio>
#include <iostream>

using namespace xgrad;

int main() {
  Rng rng(3);
  auto [x, y] = nn::data::circles(300, 0.05, rng, 0.5);
  nn::Sequential net{nn::Linear(2, 16, rng), nn::Relu{}, nn::Linear(16, 8, rng), nn::Relu{}, nn::Linear(8, 1, rng)};
  std::cout << net;

  nn::Sgd sgd{net, {.lr = 0.5}};
  Tape tape;
  for (int i = 0; i < 600; ++i) {
    tape.backward(binary_cross_entropy_with_logits(net(x), y));
    sgd.step();
  }
  Tensor logits = net(named("X", x));
  std::cout << "logits = " << formula(tape, logits) << '\n';
  NoGrad off;
  std::printf("accuracy: %.0f %%\n", 100 * nn::accuracy(net(x), y));
}
