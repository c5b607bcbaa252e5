// What a user's first program does with an installed xgrad.
#include <autograd/autograd.hpp>
#include <nn/nn.hpp>

#include <iostream>

int main() {
  using namespace xgrad;
  Rng rng(1);
  nn::Sequential net{nn::Linear(2, 3, rng), nn::Tanh{}, nn::Linear(3, 1, rng)};
  nn::Sgd sgd{net, {.lr = 0.5}};
  const auto [x, y] = nn::data::moons(100, 0.1, rng);
  Tape tape;
  double first = 0, last = 0;
  for (int i = 0; i < 50; ++i) {
    const Tensor loss = binary_cross_entropy_with_logits(net(x), y);
    (i == 0 ? first : last) = loss.item();
    tape.backward(loss);
    sgd.step();
  }
  const Hessian h = hessian([&, x = x, y = y] { return binary_cross_entropy_with_logits(net(x), y); }, net);
  try {
    std::cout << "flattest curvature: " << h.eigenvalues().at(0) << '\n';  // LAPACK is linked
  } catch (const NumericError& e) {
    std::cout << e.what() << '\n';  // a build without it says so
  }
  try {
    nn::data::read_table("nowhere.csv.gz");  // zlib is linked
  } catch (const IoError& e) {
    std::cout << e.what() << '\n';
  }
  std::cout << first << " -> " << last << ", " << catalogue().size() << " operations\n";
  return last < first && !catalogue().empty() ? 0 : 1;
}
