// Long tapes and long runs: linear, without recursion, without growth.

#define BOOST_TEST_MODULE scale
#include "support.hpp"

#include <malloc.h>

#include <autograd/pool.hpp>
#include <nn/nn.hpp>

using namespace xgrad;

BOOST_AUTO_TEST_CASE(a_chain_of_a_million_nodes) {
  constexpr int length = 1000000;
  Parameter w{scalar(1), "w"};
  {
    Tape tape;
    Tensor y = w * 1.;
    for (int i = 1; i < length; ++i) y = y * 1.;
    BOOST_TEST(tape.size() == std::size_t{length} + 1);
    BOOST_TEST(tape.gradient(y, w).item() == 1);
    tape.backward(y);
  }  // and its end
  BOOST_TEST(w.grad().item() == 1);
}

BOOST_AUTO_TEST_CASE(doubling_a_thousand_times_is_linear) {
  Tape tape;
  const Tensor x = tape.variable(scalar(1));
  Tensor y = x;
  for (int i = 0; i < 1000; ++i) y = y + y;
  BOOST_TEST(tape.size() == 1001u);
  BOOST_TEST(y.item() == std::pow(2., 1000));
  BOOST_TEST(tape.gradient(y, x).item() == std::pow(2., 1000));  // 2^1000 ways, visited in 1000 steps
}

BOOST_AUTO_TEST_CASE(ten_thousand_steps_grow_by_nothing) {
  Rng rng(1);
  nn::Sequential net{nn::Linear(2, 8, rng), nn::Tanh{}, nn::Linear(8, 1, rng)};
  nn::Sgd sgd{net, {.lr = 0.1}};
  const auto [x, y] = nn::data::moons(20, 0.1, rng);
  Tape tape;
  const auto step = [&, x = x, y = y] {
    tape.backward(binary_cross_entropy_with_logits(net(x), y));
    sgd.step();
    const NoGrad off;
    nn::accuracy(net(x), y);
  };
  for (int i = 0; i < 100; ++i) step();
  const pool::Statistics before = pool::statistics();
  const std::size_t nodes = tape.size(), held = mallinfo2().uordblks;
  for (int i = 0; i < 10000; ++i) step();
  BOOST_TEST(tape.size() == nodes);
  BOOST_TEST(mallinfo2().uordblks <= held + 1024, "bytes held: " << mallinfo2().uordblks << ", before: " << held);
  if (before.cached_bytes > 0) {  // the pool is on
    BOOST_TEST(pool::statistics().system_allocations == before.system_allocations);
    BOOST_TEST(pool::statistics().cached_bytes == before.cached_bytes);
  }
}

BOOST_AUTO_TEST_CASE(a_sum_over_many_operands) {
  std::vector<Tensor> parts;
  Tape tape;
  for (int i = 0; i < 2000; ++i) parts.push_back(tape.variable(full({2}, i)));
  const Tensor y = sum(concat(parts));
  BOOST_TEST(y.item() == 2. * 2000 * 1999 / 2);
  BOOST_TEST((tape.gradient(y, parts[7]).values() == std::vector<double>{1, 1}));
}
