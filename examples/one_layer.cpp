// Where a straight line fails: logistic regression, a net of one layer, beside a two-layer net on moons and circles.

#include <autograd/autograd.hpp>
#include <nn/nn.hpp>

#include <cstdio>
#include <string>

using namespace xgrad;

nn::Sequential trained(const nn::data::Dataset& data, const std::vector<Index>& sizes) {
  Rng rng(1);
  nn::Sequential net = nn::mlp(sizes, nn::Tanh{}, rng);
  nn::Sgd sgd{net, {.lr = 1.0}};
  Tape tape;
  for (int i = 0; i < 1000; ++i) {
    tape.backward(binary_cross_entropy_with_logits(net(data.x), data.y));
    sgd.step();
  }
  return net;
}

// One line of a map of the plane: # where the net says 1, over x from −1.5 to 1.5.
std::string map_line(const nn::Sequential& net, double y) {
  std::string line;
  for (int i = 0; i < 31; ++i) line += net(tensor({-1.5 + 0.1 * i, y}, {1, 2})).item() > 0 ? '#' : '.';
  return line;
}

int main() {
  Rng rng(7);
  const auto moons = nn::data::moons(400, 0.15, rng), circles = nn::data::circles(400, 0.08, rng, 0.4);

  std::printf("accuracy    one layer  two layers, 8 units\n");
  for (const auto& [name, data] : {std::pair{"moons", moons}, std::pair{"circles", circles}})
    std::printf("%-10s  %7.0f %%  %10.0f %%\n", name, 100 * nn::accuracy(trained(data, {2, 1})(data.x), data.y),
                100 * nn::accuracy(trained(data, {2, 8, 1})(data.x), data.y));

  std::printf("\nWhere each takes a point for one of the inner circle (#):\n");
  const nn::Sequential line = trained(circles, {2, 1}), curve = trained(circles, {2, 8, 1});
  for (int i = 0; i < 11; ++i) {
    const double y = 1.25 - 0.25 * i;
    std::printf("%s   %s\n", map_line(line, y).c_str(), map_line(curve, y).c_str());
  }
}
