// Vanishing gradients: how large the gradient of the first layer's weights is beside the last layer's, before the first
// step, as the net gets deeper.

#include <autograd/autograd.hpp>
#include <nn/nn.hpp>

#include <cstdio>

using namespace xgrad;

struct Norms {
  double first, last;
};

// Of the weights of a net with this many layers, each 16 wide but the last.
Norms gradient_norms(Index layers, const nn::Module& activation, const nn::Initializer& init) {
  Rng rng(0);
  auto [x, y] = nn::data::moons(200, 0.1, rng);
  std::vector<Index> sizes(static_cast<std::size_t>(layers), 16);
  sizes.front() = 2;
  sizes.push_back(1);
  nn::Sequential net = nn::mlp(sizes, activation, rng, {.init = init});
  Tape tape;
  tape.backward(binary_cross_entropy_with_logits(net(x), y));
  const auto parameters = nn::parameters(net);  // weight, bias, weight, …
  return {norm(parameters.front().grad()).item(), norm(parameters[parameters.size() - 2].grad()).item()};
}

int main() {
  const std::vector<Index> depths = {2, 4, 6, 8, 10, 20};
  const std::pair<const char*, nn::Initializer> inits[] = {
      {"normal 0.01", nn::init::normal(0.01)}, {"xavier", nn::init::xavier_normal()}, {"he", nn::init::he_normal()}};
  for (const bool first : {true, false}) {
    std::printf("%-22s L =", first ? "|dW1|, first layer" : "|dWL|, last layer");
    for (Index layers : depths) std::printf("%8td", layers);
    std::printf("\n");
    for (const char* activation : {"sigmoid", "tanh", "relu"})
      for (const auto& [name, init] : inits) {
        std::printf("  %-7s  %-15s", activation, name);
        for (Index layers : depths) {
          const Norms norms = gradient_norms(layers, nn::activation(activation), init);
          std::printf("%8.0e", first ? norms.first : norms.last);
        }
        std::printf("\n");
      }
    if (first) std::printf("\n");
  }
}
