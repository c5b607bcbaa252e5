// A small convolutional net on the 8×8 digits that `./dev data` fetches.

#include <autograd/autograd.hpp>
#include <nn/nn.hpp>

#include <cstdio>
#include <iostream>

using namespace xgrad;

int run() {
  Rng rng(0);
  const nn::data::Task task = nn::data::load("digits", rng, {.dtype = f32});
  const auto images = [&](const nn::data::Dataset& part) {
    return nn::data::Dataset{reshape(part.x, {-1, 1, 8, 8}), part.y};
  };
  const auto [train, dev] = nn::data::stratified_split(images(task.data), 0.8, rng);

  nn::Sequential net{nn::Conv2d(1, 16, 3, rng, {.padding = 1, .dtype = f32}),
                     nn::Relu{},
                     nn::MaxPool2d(2),
                     nn::Conv2d(16, 32, 3, rng, {.padding = 1, .dtype = f32}),
                     nn::Relu{},
                     nn::MaxPool2d(2),
                     nn::Flatten{},
                     nn::Linear(128, 10, rng, {.dtype = f32})};
  std::cout << nn::summary(net, {1, 8, 8});

  nn::Adam adam{net, {.lr = 3e-3}};
  Tape tape;
  for (int epoch = 0; epoch < 10; ++epoch)
    for (const auto& [x, y] : nn::data::batches(train, 64, rng)) {
      tape.backward(cross_entropy(net(x), y));
      adam.step();
    }
  NoGrad off;
  const double accuracy = nn::accuracy(net(dev.x), dev.y);
  std::printf("%td digits never seen: more than 97 %% right: %s\n", dev.x.shape()[0], accuracy > 0.97 ? "yes" : "no");
  return 0;
}

int main() {
  try {
    return run();
  } catch (const IoError& e) {
    std::printf("%s\n", e.what());
    return 77;  // what tests take for skipped
  }
}
