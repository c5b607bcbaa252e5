// A training step that has found its memory asks for no more: no allocation, no page fault.

#define BOOST_TEST_MODULE steady_step
#include <boost/test/unit_test.hpp>

#include <sys/resource.h>

#include <autograd/autograd.hpp>
#include <nn/nn.hpp>

#include "allocations.hpp"

using namespace xgrad;

namespace {

long page_faults() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

// Of ten steps, after some in which the pool fills. A fault of ours comes in each ten; one that the system makes, by
// moving pages under a busy machine, does not come twenty times in turn.
template <class F>
void check_steady(const std::string& name, const F& step) {
  for (int i = 0; i < 20; ++i) step();
  std::size_t bytes = 0;
  long least = std::numeric_limits<long>::max();
  for (int turn = 0; turn < 20 && least > 0; ++turn) {
    const long before = page_faults();
    bytes += support::allocated_by([&] {
      for (int i = 0; i < 10; ++i) step();
    });
    least = std::min(least, page_faults() - before);
  }
  BOOST_TEST(bytes == 0u, name << ": " << bytes << " bytes allocated");
  BOOST_TEST(least == 0, name << ": " << least << " page faults in 10 steps");
}

// Where sanitizers are to see every block there is no pool.
bool pooled() {
  const std::size_t before = pool::statistics().system_allocations;
  for (int i = 0; i < 3; ++i) zeros({1});
  return pool::statistics().system_allocations <= before + 1;
}

}  // namespace

BOOST_AUTO_TEST_CASE(net_written_by_hand) {
  if (!pooled()) return;
  for (const DType dtype : {f32, f64})
    for (const Index hidden : {4, 50}) {
      Rng rng(1);
      const auto data = nn::data::moons(2000, 0.25, rng, dtype);
      Parameter W1{randn({hidden, 2}, rng, dtype), "W1"}, b1{zeros({hidden}, dtype), "b1"};
      Parameter W2{randn({1, hidden}, rng, dtype), "W2"}, b2{zeros({1}, dtype), "b2"};
      Tape tape;
      check_steady("2-" + std::to_string(hidden) + "-1 " + to_string(dtype), [&] {
        const Tensor A1 = tanh(matmul(data.x, transpose(W1)) + b1);
        tape.backward(binary_cross_entropy_with_logits(matmul(A1, transpose(W2)) + b2, data.y));
        for (Parameter* p : {&W1, &b1, &W2, &b2}) {
          p->assign(p->value() - 1.2 * p->grad());
          p->zero_grad();
        }
      });
    }
}

// Names that no longer fit into a std::string itself.
BOOST_AUTO_TEST_CASE(parameters_with_long_names) {
  if (!pooled()) return;
  Rng rng(1);
  Parameter w{randn({4, 2}, rng), "the third block of the second branch.weight"},
      b{zeros({4}), "the third block of the second branch.bias"};
  const Tensor x = randn({20, 2}, rng);
  nn::Adam adam(nn::ParameterList{&w, &b});
  Tape tape;
  check_steady("long names", [&] {
    tape.backward(mean(square(linear(x, w, b))));
    adam.step();
  });
}

BOOST_AUTO_TEST_CASE(nets_of_modules) {
  if (!pooled()) return;
  for (const DType dtype : {f32, f64}) {
    Rng rng(1);
    const Tensor x = randn({128, 64}, rng, dtype), y = arange(0, 128) - 10. * floor(arange(0, 128) / 10.);
    const auto train = [&](const std::string& name, nn::Sequential& net, nn::Optimizer& optimizer) {
      Tape tape;
      check_steady(name + " " + to_string(dtype), [&] {
        tape.backward(cross_entropy(net(x), y));
        optimizer.step();
      });
    };
    const auto make = [&] { return nn::mlp({64, 128, 128, 64, 10}, nn::Relu{}, rng, {.dtype = dtype}); };
    nn::Sequential a = make(), b = make(), c = make(), d = make();
    nn::Sgd sgd{a, {.lr = 0.1}}, momentum{b, {.lr = 0.1, .momentum = 0.9}};
    nn::Adam adam{c, {}};
    nn::RmsProp rmsprop{d, {}};
    train("sgd", a, sgd);
    train("momentum", b, momentum);
    train("adam", c, adam);
    train("rmsprop", d, rmsprop);
  }
}
