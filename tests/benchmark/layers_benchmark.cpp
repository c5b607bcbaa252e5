// W3 and W4: nets of fully connected layers with ReLU and softmax, SGD and Adam; and such nets of odd, deep and wide
// shapes.

#include <memory>

#include <autograd/autograd.hpp>
#include <nn/nn.hpp>

#include "compare.hpp"
#include "data.hpp"
#include "limit/layers.hpp"
#include "workloads.hpp"

namespace bench {

using namespace xgrad;
using limit::Update;
using Sizes = std::vector<std::size_t>;

namespace {

struct Training {
  Sizes sizes;
  std::size_t batch, batches;
  Update update;
  double rate;
  ClassesData data() const { return classes(sizes, batch, batches); }
};

Work ours(const Training& t, DType dtype, int threads) {
  struct State {
    std::vector<Tensor> x, y;
    nn::Sequential net;
    std::unique_ptr<nn::Optimizer> optimizer;
    std::unique_ptr<Threads> threads;
    Tape tape{};
    std::size_t steps = 0;
    double loss = 0;
  };
  const ClassesData data = t.data();
  const auto s = std::make_shared<State>();
  for (std::size_t b = 0; b < t.batches; ++b) {
    s->x.push_back(tensor(data.x[b], {static_cast<Index>(t.batch), static_cast<Index>(t.sizes[0])}, dtype));
    s->y.push_back(tensor(std::vector<double>(data.classes[b].begin(), data.classes[b].end())));
  }
  Rng rng(1);
  s->net = nn::mlp({t.sizes.begin(), t.sizes.end()}, nn::Relu{}, rng, {.dtype = dtype});
  const auto p = nn::parameters(s->net);
  for (std::size_t l = 0; l < data.weights.size(); ++l) {
    const auto in = static_cast<Index>(t.sizes[l]), out = static_cast<Index>(t.sizes[l + 1]);
    p[2 * l].handle().assign(transpose(tensor(data.weights[l], {in, out}, dtype)));
    p[2 * l + 1].handle().assign(zeros({out}, dtype));
  }
  if (t.update == Update::sgd)
    s->optimizer = std::make_unique<nn::Sgd>(s->net, nn::SgdOptions{.lr = t.rate});
  else
    s->optimizer = std::make_unique<nn::Adam>(s->net, nn::AdamOptions{.lr = t.rate});
  if (threads > 1) s->threads = std::make_unique<Threads>(threads);
  return {[s] {
            const std::size_t b = s->steps++ % s->x.size();
            const Tensor loss = cross_entropy(s->net(s->x[b]), s->y[b]);
            s->loss = loss.item();
            s->tape.backward(loss);
            s->optimizer->step();
          },
          [s] { return s->loss; }};
}

template <class T>
Work by_hand(const Training& t) {
  struct State {
    std::vector<std::vector<T>> x;
    std::vector<std::vector<int>> y;
    limit::Layers<T> net;
    std::size_t steps = 0;
    double loss = 0;
  };
  const ClassesData data = t.data();
  std::vector<std::vector<T>> x;
  for (const auto& part : data.x) x.emplace_back(part.begin(), part.end());
  const std::shared_ptr<State> s(
      new State{std::move(x), data.classes, limit::Layers<T>(t.sizes, data.weights, t.batch, t.update, t.rate)});
  return {[s] {
            const std::size_t b = s->steps++ % s->x.size();
            s->loss = s->net.step(s->x[b].data(), s->y[b].data());
          },
          [s] { return s->loss; }};
}

std::string shape(const Sizes& sizes) {
  if (sizes.size() > 8) return std::to_string(sizes.size() - 1) + " layers of " + std::to_string(sizes[1]);
  std::string text;
  for (const std::size_t n : sizes) text += (text.empty() ? "" : "-") + std::to_string(n);
  return text;
}

// Rounding grows from step to step, in Adam's quotients above all: f32 is compared to 4 digits, Adam's after 10 steps.
void add(Case c, const Training& t) {
  const std::string start = shape(t.sizes) + (t.update == Update::adam ? " Adam" : " SGD") + " batch " +
                            std::to_string(t.batch) + (c.threads > 1 ? " 2 threads" : "");
  c.name = start + "/f64";
  compare(
      c, [=] { return by_hand<double>(t); }, [=] { return ours(t, f64, c.threads); });
  c.name = start + "/f32";
  c.tolerance = 1e-4;
  if (t.update == Update::adam) c.agree_after = 10;
  compare(
      c, [=] { return by_hand<float>(t); }, [=] { return ours(t, f32, c.threads); });
}

}  // namespace

void register_layers() {
  add({.workload = "W3", .name = "", .must = 1.12}, {digits_net, 128, 14, Update::sgd, 0.1});
  add({.workload = "W3", .name = "", .must = 1.12}, {digits_net, 128, 14, Update::adam, 0.001});
  for (const int threads : {1, 2}) {
    const Case w4{.workload = "W4", .name = "", .must = 1.07, .threads = threads, .agree_after = 10};
    add(w4, {images_net, 128, 32, Update::sgd, 0.05});
    Case large = w4;
    large.must = 1.03;
    add(large, {images_net, 1024, 4, Update::sgd, 0.05});
  }
  Sizes deep(50, 8);
  deep.push_back(10);
  const Case odd{.workload = "odd", .name = "", .agree_after = 20};
  add(odd, {{37, 61, 29, 7}, 53, 5, Update::sgd, 0.1});
  add(odd, {{37, 61, 29, 7}, 1, 64, Update::sgd, 0.01});
  add(odd, {{129, 257, 3}, 131, 5, Update::adam, 0.001});
  add(odd, {{64, 4096, 10}, 32, 8, Update::sgd, 0.01});
  add(odd, {deep, 32, 8, Update::sgd, 0.01});
}

}  // namespace bench
