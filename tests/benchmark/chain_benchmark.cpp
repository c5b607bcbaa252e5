// W5: what an operation costs to record and to go back over, on 8 elements; and whether that depends on the length of
// the tape.

#include <memory>

#include <autograd/autograd.hpp>

#include "compare.hpp"
#include "limit/chain.hpp"
#include "workloads.hpp"

namespace bench {

using namespace xgrad;

namespace {

std::vector<double> eight(double first, double step) {
  std::vector<double> v;
  for (int i = 0; i < 8; ++i) v.push_back(first + step * i);
  return v;
}

// tanh, times b, plus a in turn, then a sum and its gradient.
Work ours(int length) {
  struct State {
    Parameter x{tensor(eight(0.1, 0.1)), "x"}, a{tensor(eight(0.01, 0.01)), "a"}, b{tensor(eight(1, -0.01)), "b"};
    Tape tape{};
    Tensor start;
    double gradients = 0;
  };
  const auto s = std::make_shared<State>();
  return {[s, length] {
            s->tape.clear();
            const Tensor start = s->tape.variable(s->x.value());
            Tensor y = start;
            for (int i = 0; i < length; ++i) y = i % 3 == 0 ? tanh(y) : i % 3 == 1 ? y * s->b : y + s->a;
            s->tape.backward(sum(y));
            s->a.zero_grad();
            s->b.zero_grad();
          },
          [s, length] {
            s->tape.clear();
            Tensor y = s->x * 1.;
            for (int i = 0; i < length; ++i) y = i % 3 == 0 ? tanh(y) : i % 3 == 1 ? y * s->b : y + s->a;
            s->tape.backward(sum(y));
            double total = 0;
            for (Parameter* p : {&s->x, &s->a, &s->b}) {
              for (const double g : p->grad().values()) total += g;
              p->zero_grad();
            }
            return total;
          }};
}

Work by_hand(int length) {
  struct State {
    limit::ChainTape tape;
    limit::ChainTape::Id x = 0, a = 0, b = 0;
  };
  const auto s = std::make_shared<State>();
  const auto run = [s, length] {
    limit::ChainTape& t = s->tape;
    t.clear();
    s->x = t.leaf(eight(0.1, 0.1));
    s->a = t.leaf(eight(0.01, 0.01));
    s->b = t.leaf(eight(1, -0.01));
    limit::ChainTape::Id y = s->x;
    for (int i = 0; i < length; ++i) y = i % 3 == 0 ? t.tanh(y) : i % 3 == 1 ? t.multiply(y, s->b) : t.add(y, s->a);
    t.backward(t.sum(y));
  };
  return {run, [s] { return s->tape.gradient(s->x) + s->tape.gradient(s->a) + s->tape.gradient(s->b); }};
}

}  // namespace

void register_chain() {
  const auto chain = [](Case c, int length) {
    c.name += std::to_string(length) + " operations on 8/f64";
    c.unit = "operation";
    c.units = length;
    c.agree_after = 1;
    compare(
        c, [=] { return by_hand(length); }, [=] { return ours(length); });
  };
  chain({.workload = "W5", .name = "", .must_ns = 120}, 1000);
  for (const int length : {10, 100, 1000, 10'000, 100'000, 1'000'000})
    chain({.workload = "length", .name = ""}, length);
}

}  // namespace bench
