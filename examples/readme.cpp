// The example of the README: a net, its training, and a gradient check of what was trained.

#include <autograd/autograd.hpp>
#include <nn/nn.hpp>

#include <iostream>

using namespace xgrad;

int main() {
  Rng rng(42);
  auto [x, y] = nn::data::moons(200, 0.1, rng);
  nn::Sequential net{nn::Linear(2, 8, rng), nn::Tanh{}, nn::Linear(8, 1, rng)};
  nn::Sgd sgd{net, {.lr = 1.0}};
  Tape tape;
  for (int i = 0; i < 500; ++i) {
    tape.backward(binary_cross_entropy_with_logits(net(x), y));
    sgd.step();
  }
  std::cout << "accuracy above 95 %: " << (nn::accuracy(net(x), y) > 0.95 ? "yes" : "no") << '\n';
  auto report = gradcheck([&, x = x, y = y] { return binary_cross_entropy_with_logits(net(x), y); }, net);
  std::cout << "gradients right to 1e-13: " << (report.passed() && report.worst() < 1e-13 ? "yes" : "no") << '\n';
}
