// A small convolutional net on 28×28 images, batch 64. No limit by hand: it is compared with libtorch.

#include <memory>

#include <autograd/autograd.hpp>
#include <nn/nn.hpp>

#include "compare.hpp"
#include "workloads.hpp"

namespace bench {

using namespace xgrad;

namespace {

// The same net as in peers/torch_peer.py.
nn::Sequential make_net(Rng& rng, DType dtype) {
  return nn::Sequential{nn::Conv2d(1, 8, 3, rng, {.padding = 1, .dtype = dtype}),
                        nn::Relu{},
                        nn::MaxPool2d(2),
                        nn::Conv2d(8, 16, 3, rng, {.padding = 1, .dtype = dtype}),
                        nn::Relu{},
                        nn::MaxPool2d(2),
                        nn::Flatten{},
                        nn::Linear(16 * 7 * 7, 10, rng, {.dtype = dtype})};
}

Work training(DType dtype) {
  struct State {
    Tensor x, y;
    nn::Sequential net;
    nn::Sgd sgd{net, {.lr = 0.01}};
    Tape tape{};
    double loss = 0;
  };
  constexpr Index batch = 64;
  Rng rng(1);
  std::vector<double> classes;
  for (Index i = 0; i < batch; ++i) classes.push_back(static_cast<double>(rng.below(10)));
  const Tensor x = rand({batch, 1, 28, 28}, rng, dtype);
  const std::shared_ptr<State> s(new State{x, tensor(classes), make_net(rng, dtype)});
  return {[s] {
            const Tensor loss = cross_entropy(s->net(s->x), s->y);
            s->loss = loss.item();
            s->tape.backward(loss);
            s->sgd.step();
          },
          [s] { return s->loss; }};
}

}  // namespace

void register_convolution() {
  alone({.workload = "conv", .name = "28x28 batch 64/f64"}, [] { return training(f64); });
  alone({.workload = "conv", .name = "28x28 batch 64/f32"}, [] { return training(f32); });
}

}  // namespace bench
