// Two tapes on two threads share one model: Parameters are only read while gradients are computed.

#define BOOST_TEST_MODULE threads
#include "support.hpp"

#include <atomic>
#include <cstring>
#include <functional>
#include <memory>
#include <latch>
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
    std::latch start(2);  // so that they meet
    const auto read = [&](std::vector<double>& values) {
      start.arrive_and_wait();
      values = t.values();
    };
    std::thread one([&] { read(a); }), two([&] { read(b); });
    one.join();
    two.join();
    BOOST_TEST(a == b);
    BOOST_TEST(a[1] == m.at(1, 0));
  }
}

BOOST_AUTO_TEST_CASE(a_layer_first_read_by_three_threads) {
  Rng rng(4);
  const Tensor x = randn({7, 5}, rng), w = randn({5, 4}, rng), b = randn({4}, rng), expected = matmul(x, w) + b;
  for (int i = 0; i < 200; ++i) {
    Tape tape;
    const Tensor p = matmul(x, tape.variable(w)), z = p + b;
    std::vector<double> of_z, of_p, of_tanh;
    std::latch start(3);
    const auto read = [&](std::vector<double>& values, const auto& of) {
      start.arrive_and_wait();
      values = of().values();
    };
    std::thread one([&] { read(of_z, [&] { return z; }); }), two([&] { read(of_p, [&] { return p; }); }),
        three([&] { read(of_tanh, [&] { return tanh(z); }); });
    for (std::thread* t : {&one, &two, &three}) t->join();
    BOOST_TEST(of_z == expected.values());
    BOOST_TEST(of_p == matmul(x, w).values());
    BOOST_TEST(of_tanh == tanh(expected).values());
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

// Sizes whose parts do not come out even, batches, images: the bits of one thread, on any number of them.
BOOST_AUTO_TEST_CASE(more_hands_give_the_same_bits) {
  Rng rng(5);
  const Tensor a = randn({301, 257}, rng), b = randn({257, 403}, rng), stack = randn({70, 40, 90}, rng),
               stacked = randn({70, 90, 30}, rng), images = randn({9, 3, 41, 37}, rng),
               kernels = randn({8, 3, 5, 5}, rng);
  const auto all = [&] {
    std::vector<double> result;
    Tape tape;
    const Tensor x = tape.variable(a), w = tape.variable(kernels);
    for (const Tensor& t :
         {matmul(x, b), matmul(transpose(b), transpose(x)), matmul(stack, stacked),
          max_pool2d(conv2d(images, w, {.padding = 2}), {2, 2}), tanh(x), x * sum(x, {0}), x / sum(x, {1}, true)}) {
      for (double v : t.values()) result.push_back(v);
      if (t.tracked())
        for (const Tensor& g : tape.gradients(t, {x, w}, {.cotangent = t.detach()}))
          for (double v : g.values()) result.push_back(v);
    }
    return result;
  };
  const std::vector<double> alone = all();
  for (int count : {1, 2, 3, 8}) {
    const Threads hands(count);
    BOOST_TEST((all() == alone));
  }
  const Threads outer(2);
  {
    const Threads inner(3);
    BOOST_TEST((all() == alone));
  }
  BOOST_TEST((all() == alone));
}

namespace {

std::vector<double> values_of(const std::vector<Tensor>& tensors) {
  std::vector<double> result;
  for (const Tensor& t : tensors) {
    const std::vector<double> values = t.values();
    result.insert(result.end(), values.begin(), values.end());
  }
  return result;
}

// f() without other hands, and with so many: bit by bit.
template <class F>
void check_same_bits(const std::string& what, F f) {
  const std::vector<double> alone = values_of(f());
  for (int count : {2, 5}) {
    const Threads hands(count);
    const std::vector<double> together = values_of(f());
    BOOST_TEST((alone.size() == together.size() &&
                std::memcmp(alone.data(), together.data(), alone.size() * sizeof(double)) == 0),
               what << " on " << count << " threads");
  }
}

}  // namespace

// What is cut has the bits of its pieces, each too small to be cut.
BOOST_AUTO_TEST_CASE(rows_are_like_their_pieces) {
  using F = Tensor (*)(const Tensor&);
  const std::vector<std::pair<const char*, F>> functions = {
      {"softmax", [](const Tensor& x) { return softmax(x, -1); }},
      {"softmax_backward", [](const Tensor& x) { return softmax_backward(x, softmax(x, -1), -1); }},
      {"sum", [](const Tensor& x) { return sum(x, {-1}); }},
      {"max", [](const Tensor& x) { return max(x, {-1}); }},
      {"permute",
       [](const Tensor& x) {
         return permute(reshape(x, {-1, 27, 19}), {0, 2, 1});
       }},
      {"cross_entropy", [](const Tensor& x) { return cross_entropy(x, zeros({x.shape()[0]}), Reduction::none); }}};
  Rng rng(8);
  for (const DType dtype : {f64, f32}) {
    const Tensor x = randn({1030, 513}, rng, dtype);
    for (const auto& [name, f] : functions) {
      std::vector<Tensor> pieces;
      for (Index row = 0; row < 1030; row += 10) pieces.push_back(f(slice(x, 0, row, row + 10)));
      BOOST_TEST((f(x).values() == values_of(pieces)), name);
    }
    std::vector<Parameter> parts;
    for (Index row = 0; row < 1030; row += 10) parts.emplace_back(slice(x, 0, row, row + 10), "piece");
    Parameter whole{x, "whole"};
    const auto updated = [](auto made, const std::vector<Parameter*>& parameters) {
      Tape tape;
      auto optimizer = made(nn::ParameterList(parameters));
      for (int step = 0; step < 2; ++step) {
        for (Parameter* p : parameters) tape.backward(sum(square(*p)));
        optimizer.step();
      }
      std::vector<Tensor> values;
      for (Parameter* p : parameters) values.push_back(p->value());
      return values_of(values);
    };
    std::vector<Parameter*> pointers;
    for (Parameter& p : parts) pointers.push_back(&p);
    const auto sgd = [](nn::ParameterList p) { return nn::Sgd(std::move(p), {.lr = 0.1, .momentum = 0.9}); };
    const auto adam = [](nn::ParameterList p) { return nn::Adam(std::move(p), {.lr = 0.1, .amsgrad = true}); };
    BOOST_TEST((updated(sgd, {&whole}) == updated(sgd, pointers)));
    BOOST_TEST((updated(adam, {&whole}) == updated(adam, pointers)));
  }
}

// Rows that are too few to share, and more: short, long, not even.
BOOST_AUTO_TEST_CASE(rows_have_the_same_bits) {
  using F = std::function<Tensor(const Tensor&)>;
  const std::vector<std::pair<const char*, F>> functions = {
      {"softmax", [](const Tensor& x) { return softmax(x, -1); }},
      {"softmax of columns", [](const Tensor& x) { return softmax(x, 0); }},
      {"log_softmax", [](const Tensor& x) { return log_softmax(x, -1); }},
      {"sum", [](const Tensor& x) { return sum(x, {-1}); }},
      {"sum of columns", [](const Tensor& x) { return sum(x, {0}); }},
      {"sum of all", [](const Tensor& x) { return sum(x); }},
      {"prod", [](const Tensor& x) { return prod(x, {-1}); }},
      {"max", [](const Tensor& x) { return max(x, {-1}); }},
      {"min of columns", [](const Tensor& x) { return min(x, {0}); }},
      {"logsumexp", [](const Tensor& x) { return logsumexp(x, {-1}); }},
      {"var", [](const Tensor& x) { return var(x, {-1}); }},
      {"a transpose", [](const Tensor& x) { return transpose(x) + 0.; }},
      {"cross_entropy", [](const Tensor& x) { return cross_entropy(x, zeros({x.shape()[0]}), Reduction::none); }}};
  Rng rng(6);
  for (const Shape& shape :
       {Shape{61, 67}, Shape{301, 257}, Shape{70'001, 3}, Shape{2'001, 65}, Shape{1030, 513}, Shape{3, 70'001}})
    for (const DType dtype : {f64, f32}) {
      const Tensor x = randn(shape, rng, dtype);
      for (const auto& [name, f] : functions) {
        check_same_bits(name + (" of " + to_string(shape)), [&, f = f] {
          Tape tape;
          const Tensor v = tape.variable(x), y = f(v);
          return std::vector{y.detach(), tape.gradient(y, v, {.cotangent = y.detach()})};
        });
      }
    }
  const Tensor stack = randn({65, 70, 131}, rng);
  for (const Axes& axes : {Axes{1}, Axes{0, 2}, Axes{1, 2}, Axes{0, 1}})
    check_same_bits("sum over " + to_string(axes), [&] { return std::vector{sum(stack, axes)}; });
  check_same_bits("permute", [&] { return std::vector{permute(stack, {2, 0, 1}), permute(stack, {1, 0, 2})}; });
}

BOOST_AUTO_TEST_CASE(updates_have_the_same_bits) {
  const auto trained = [](auto optimizer_of, DType dtype) {
    Rng rng(7);
    Parameter small{randn({61, 67}, rng, dtype), "small"}, large{randn({1030, 257}, rng, dtype), "large"};
    auto optimizer = optimizer_of(nn::ParameterList{&small, &large});
    Tape tape;
    for (int step = 0; step < 3; ++step) {
      tape.backward(sum(square(small)) + sum(tanh(large)));
      optimizer.step();
    }
    return std::vector{small.value(), large.value()};
  };
  for (const DType dtype : {f64, f32}) {
    const auto check = [&](const char* name, auto optimizer_of) {
      check_same_bits(name, [&] { return trained(optimizer_of, dtype); });
    };
    check("Sgd", [](nn::ParameterList p) { return nn::Sgd(std::move(p), {.lr = 0.1, .weight_decay = 0.01}); });
    check("momentum", [](nn::ParameterList p) { return nn::Sgd(std::move(p), {.lr = 0.1, .momentum = 0.9}); });
    check("Adam", [](nn::ParameterList p) { return nn::Adam(std::move(p), {.lr = 0.1}); });
    check("AMSGrad", [](nn::ParameterList p) { return nn::Adam(std::move(p), {.lr = 0.1, .amsgrad = true}); });
    check("AdamW", [](nn::ParameterList p) { return nn::AdamW(std::move(p), {.lr = 0.1}); });
  }
}

// It may count its calls, or throw.
BOOST_AUTO_TEST_CASE(a_function_of_ones_own_is_called_in_order) {
  const Tensor x = arange(0, 100'000);
  const Op op({.name = "in_order", .kernel = elementwise([]<std::floating_point T>(T v) {
                                     static T next = 0;
                                     if (v != next++) throw NumericError("out of order");
                                     return v;
                                   })});
  const Threads hands(4);
  BOOST_TEST(op(x).size() == 100'000);
  BOOST_CHECK_THROW(op(x), NumericError);
}

BOOST_AUTO_TEST_CASE(every_number_comes_once) {
  for (int count : {1, 2, 5}) {
    const Threads hands(count);
    for (Index n : {0, 1, 2, 100}) {
      std::vector<std::atomic<int>> seen(static_cast<std::size_t>(n));
      for (int round = 0; round < 50; ++round) parallel(n, [&](Index i) { ++seen[static_cast<std::size_t>(i)]; });
      for (const std::atomic<int>& times : seen) BOOST_TEST(times == 50);
    }
  }
}

// Three parts that wait for each other, so that each of three threads has one.
class Together {
 public:
  void wait() const {
    for (++there_; there_ < 3;) std::this_thread::yield();
  }

 private:
  mutable std::atomic<int> there_{0};
};

// A part may have parts of its own, which stay where it is.
BOOST_AUTO_TEST_CASE(parts_of_parts) {
  const Threads hands(3);
  std::atomic<int> seen{0};
  const Together together;
  parallel(3, [&](Index) {
    together.wait();
    const auto here = std::this_thread::get_id();
    parallel(7, [&](Index) { seen += std::this_thread::get_id() == here ? 1 : 100; });
  });
  BOOST_TEST(seen == 21);
  BOOST_TEST(Threads::count() == 3);
}

BOOST_AUTO_TEST_CASE(an_exception_comes_out_of_any_part) {
  const Threads hands(3);
  const auto owner = std::this_thread::get_id();
  for (const bool of_owner : {true, false}) {
    const Together together;
    CHECK_MESSAGE(parallel(3,
                           [&](Index) {
                             together.wait();
                             if ((std::this_thread::get_id() == owner) == of_owner) throw NumericError("part");
                           }),
                  "part");
  }
  BOOST_TEST(Threads::count() == 3);
  std::atomic<int> all{0};
  parallel(5, [&](Index) { ++all; });
  BOOST_TEST(all == 5);
}

BOOST_AUTO_TEST_CASE(they_end_in_any_order) {
  auto first = std::make_unique<Threads>(2), second = std::make_unique<Threads>(3);
  first.reset();
  int seen = 0;
  parallel(1, [&](Index) { ++seen; });
  second.reset();
  std::atomic<int> all{0};
  parallel(5, [&](Index) { ++all; });
  BOOST_TEST(seen == 1);
  BOOST_TEST(all == 5);
}

BOOST_AUTO_TEST_CASE(counts_that_cannot_be) {
  CHECK_MESSAGE(Threads(0), "Threads: the count must be from 1 to 1024, not 0");
  CHECK_MESSAGE(Threads(5000), "Threads: the count must be from 1 to 1024, not 5000");
}
