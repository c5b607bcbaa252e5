// W1 and W2: the articles' two-layer net on two moons, full batch, as a user writes it.

#include <memory>

#include <autograd/autograd.hpp>
#include <nn/nn.hpp>

#include "compare.hpp"
#include "data.hpp"
#include "limit/moons.hpp"
#include "workloads.hpp"

namespace bench {

using namespace xgrad;
using limit::Activation;

namespace {

constexpr double rate = 1.2;

const char* name_of(Activation a) {
  return a == Activation::tanh ? "tanh" : a == Activation::sigmoid ? "sigmoid" : "relu";
}

Work ours(Index samples, Index hidden, Activation activation, DType dtype) {
  struct State {
    Tensor x, y;
    nn::Sequential net;
    nn::Sgd sgd{net, {.lr = rate}};
    Tape tape{};
    double loss = 0;
  };
  const MoonsData data = moons(samples, hidden);
  Rng rng(1);
  nn::Sequential net = nn::mlp({2, hidden, 1}, nn::activation(name_of(activation)), rng, {.dtype = dtype});
  const auto p = nn::parameters(net);
  p[0].handle().assign(tensor(data.w1, {hidden, 2}, dtype));
  p[1].handle().assign(zeros({hidden}, dtype));
  p[2].handle().assign(tensor(data.w2, {1, hidden}, dtype));
  p[3].handle().assign(zeros({1}, dtype));
  const std::shared_ptr<State> s(new State{data.points(dtype), data.labels(dtype), std::move(net)});
  return {[s] {
            const Tensor loss = binary_cross_entropy_with_logits(s->net(s->x), s->y);
            s->loss = loss.item();
            s->tape.backward(loss);
            s->sgd.step();
          },
          [s] { return s->loss; }};
}

template <class T>
Work by_hand(Index samples, Index hidden, Activation activation) {
  struct State {
    limit::Moons<T> net;
    double loss = 0;
  };
  const MoonsData d = moons(samples, hidden);
  const std::shared_ptr<State> s(new State{limit::Moons<T>(activation, rate, d.x0, d.x1, d.y, d.w1, d.w2)});
  return {[s] { s->loss = s->net.step(); }, [s] { return s->loss; }};
}

void add(Case c, Index samples, Index hidden, Activation activation) {
  const std::string start = c.name + "2-" + std::to_string(hidden) + "-1 " + name_of(activation) +
                            (samples == 2000 ? "" : " on " + std::to_string(samples) + " points");
  c.name = start + "/f64";
  compare(
      c, [=] { return by_hand<double>(samples, hidden, activation); },
      [=] { return ours(samples, hidden, activation, f64); });
  if (c.workload == "W2") return;
  c.name = start + "/f32";
  c.tolerance = 2e-5;
  compare(
      c, [=] { return by_hand<float>(samples, hidden, activation); },
      [=] { return ours(samples, hidden, activation, f32); });
}

}  // namespace

void register_moons() {
  add({.workload = "W1", .name = "", .must = 2.0}, 2000, 4, Activation::tanh);
  add({.workload = "W1", .name = "", .must = 1.6}, 2000, 50, Activation::tanh);
  for (const Index hidden : {1, 2, 3, 4, 5, 10, 50})
    for (const Activation a : {Activation::tanh, Activation::sigmoid, Activation::relu})
      add({.workload = "W2", .name = ""}, 2000, hidden, a);
  for (const auto& [samples, hidden] : {std::pair<Index, Index>{1999, 7}, {333, 13}, {20001, 4}, {2000, 63}})
    add({.workload = "odd", .name = "moons "}, samples, hidden, Activation::tanh);
}

}  // namespace bench
