// Two tapes on two threads share one model: Parameters are only read while gradients are computed.

#define BOOST_TEST_MODULE threads
#include "support.hpp"

#include <thread>

#include <autograd/pool.hpp>
#include <nn/nn.hpp>

using namespace xgrad;

BOOST_AUTO_TEST_CASE(two_tapes_one_model) {
  Rng rng(3);
  nn::Sequential net{nn::Linear(2, 16, rng), nn::Tanh{}, nn::Linear(16, 1, rng)};
  const std::vector<Parameter> parameters = nn::parameters(net);
  const Tensor x[2] = {randn({64, 2}, rng), randn({64, 2}, rng)};
  const Tensor y[2] = {rand({64, 1}, rng) > 0.5, rand({64, 1}, rng) > 0.5};
  const auto gradients = [&](int part) {
    std::vector<double> result;
    Tape tape;
    const Tensor loss = binary_cross_entropy_with_logits(net(x[part]), y[part]);
    std::vector<Arg> by(parameters.begin(), parameters.end());
    for (const Tensor& g : tape.gradients(loss, Args(std::move(by))))
      for (double v : g.values()) result.push_back(v);
    return result;
  };
  const std::vector<double> serial[2] = {gradients(0), gradients(1)};
  std::vector<double> found[2];
  std::thread threads[2];
  for (int part : {0, 1})
    threads[part] = std::thread([&, part] {
      for (int i = 0; i < 50; ++i) found[part] = gradients(part);
    });
  for (std::thread& t : threads) t.join();
  for (int part : {0, 1}) BOOST_TEST(found[part] == serial[part]);
  for (const Parameter& p : parameters) BOOST_TEST(!p.has_grad());
}

BOOST_AUTO_TEST_CASE(a_transpose_first_read_by_two_threads) {
  Rng rng(4);
  for (int i = 0; i < 200; ++i) {
    const Tensor m = randn({7, 5}, rng), t = transpose(m);
    std::vector<double> a, b;
    std::thread one([&] { a = t.values(); }), two([&] { b = t.values(); });
    one.join();
    two.join();
    BOOST_TEST(a == b);
    BOOST_TEST(a[1] == m.at(1, 0));
  }
}

BOOST_AUTO_TEST_CASE(values_made_here_and_freed_there) {
  for (int i = 0; i < 20; ++i) {
    std::vector<Tensor> made;
    std::thread([&] {
      for (int k = 0; k < 100; ++k) made.push_back(full({k}, k));
    }).join();
    for (int k = 1; k < 100; ++k) BOOST_TEST(made[static_cast<std::size_t>(k)].at(k - 1) == k);
    made.clear();
    pool::trim();
    BOOST_TEST(pool::statistics().cached_bytes == 0u);
  }
}

BOOST_AUTO_TEST_CASE(each_thread_has_its_own_newest_tape) {
  Parameter w{scalar(3), "w"};
  Tape here;
  std::thread([&] { BOOST_TEST(!square(w).tracked()); }).join();
  BOOST_TEST(square(w).tracked());
}
