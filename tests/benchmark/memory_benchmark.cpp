// The most memory a training step holds, beside what it cannot do without: parameters, their gradients, one output a
// layer, and the cotangents of two neighbouring layers. A line of JSON a case.

#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <new>

#include <autograd/autograd.hpp>
#include <autograd/pool.hpp>
#include <nn/nn.hpp>

namespace {

std::size_t held = 0, most = 0;

void* take(std::size_t bytes, std::size_t alignment) {
  void* block = nullptr;
  if (posix_memalign(&block, alignment, std::max<std::size_t>(bytes, 1)) != 0) throw std::bad_alloc();
  held += malloc_usable_size(block);
  most = std::max(most, held);
  return block;
}

void give_back(void* block) noexcept {
  held -= malloc_usable_size(block);
  std::free(block);
}

}  // namespace

void* operator new(std::size_t bytes) { return take(bytes, alignof(std::max_align_t)); }
void* operator new(std::size_t bytes, std::align_val_t a) { return take(bytes, static_cast<std::size_t>(a)); }
void operator delete(void* block) noexcept { give_back(block); }
void operator delete(void* block, std::size_t) noexcept { give_back(block); }
void operator delete(void* block, std::align_val_t) noexcept { give_back(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { give_back(block); }

namespace {

using namespace xgrad;

void measure(const char* name, const std::vector<Index>& sizes, Index batch, const nn::Module& activation) {
  Rng rng(1);
  const Tensor x = rand({batch, sizes.front()}, rng);
  const Tensor y = zeros({batch});
  const std::size_t before = held;
  nn::Sequential net = nn::mlp(sizes, activation, rng);
  nn::Sgd sgd{net, {.lr = 0.01}};
  Tape tape;
  const auto step = [&] {
    tape.backward(cross_entropy(net(x), y));
    sgd.step();
  };
  pool::trim();  // what initialisers have left
  for (int i = 0; i < 3; ++i) step();
  most = held;
  step();
  Index parameters = 0, outputs = 0, cotangents = 0;
  for (std::size_t l = 0; l + 1 < sizes.size(); ++l) {
    parameters += (sizes[l] + 1) * sizes[l + 1];
    outputs += batch * sizes[l + 1];
    cotangents = std::max(cotangents, batch * ((l > 0 ? sizes[l] : 0) + sizes[l + 1]));
  }
  const Index live = 8 * (2 * parameters + outputs + cotangents);
  std::printf("{\"case\": \"memory/%s\", \"live\": %td, \"peak\": %zu}\n", name, live, most - before);
}

}  // namespace

int main() {
  pool::trim();
  measure("784-512-256-10 SGD batch 1024/f64", {784, 512, 256, 10}, 1024, nn::Relu{});
  pool::trim();
  measure("64-128-128-64-10 SGD batch 128/f64", {64, 128, 128, 64, 10}, 128, nn::Relu{});
  pool::trim();
  measure("2-50-2 tanh SGD batch 2000/f64", {2, 50, 2}, 2000, nn::Tanh{});
  pool::trim();
  measure("16 layers of 64 tanh SGD batch 1024/f64", std::vector<Index>(17, 64), 1024, nn::Tanh{});
}
