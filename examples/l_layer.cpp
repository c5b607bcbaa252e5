// The L-layer net on nn modules: its table, its training, the formula that the tape records, and the equations of its
// backward pass, derived by hand, beside what the tape gives.

#include <autograd/autograd.hpp>
#include <autograd/explain.hpp>
#include <nn/nn.hpp>

#include <cstdio>
#include <iostream>

using namespace xgrad;

int main() {
  Rng rng(3);
  const auto [x, y] = nn::data::circles(300, 0.05, rng, 0.5);
  nn::Sequential net = nn::mlp({2, 16, 8, 1}, nn::Relu{}, rng, {.init = nn::init::he_normal()});
  std::cout << net;

  nn::Sgd sgd{net, {.lr = 0.5}};
  Tape tape;
  for (int i = 0; i < 600; ++i) {
    tape.backward(binary_cross_entropy_with_logits(net(x), y));
    sgd.step();
  }
  const Tensor logits = net(named("X", x));
  std::cout << "logits = " << formula(tape, logits) << '\n';
  std::printf("accuracy: %.0f %%\n\n", 100 * nn::accuracy(logits, y));

  tape.backward(binary_cross_entropy_with_logits(logits, y));
  NoGrad off;
  const auto p = nn::parameters(net);  // W1, b1, W2, b2, …; examples are rows, so Zl = A(l−1)·Wlᵀ + bl
  const auto L = p.size() / 2;
  std::vector<Tensor> A{x};
  for (std::size_t l = 1; l <= L; ++l) {
    const Tensor Z = matmul(A[l - 1], transpose(p[2 * l - 2])) + p[2 * l - 1];
    A.push_back(l < L ? relu(Z) : sigmoid(Z));
  }
  Tensor dZ = A[L] - y;
  const double m = static_cast<double>(x.shape()[0]);
  for (std::size_t l = L; l >= 1; --l) {
    const Tensor dW = matmul(transpose(dZ), A[l - 1]) / m, db = sum(dZ, {0}) / m;
    const double apart = std::max(max(abs(dW - p[2 * l - 2].grad())).item(), max(abs(db - p[2 * l - 1].grad())).item());
    std::printf("layer %zu: dW and db by hand are the tape's to 1e-15: %s\n", l, apart < 1e-15 ? "yes" : "no");
    dZ = matmul(dZ, p[2 * l - 2]) * (A[l - 1] > 0.);  // dA(l−1) ⊙ relu'(Z(l−1))
  }
}
