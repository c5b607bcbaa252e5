// What a node costs, whether cost is linear in the length of a tape, and what the articles' training steps take.
// OPENBLAS_* variables are left as they are.

#include <benchmark/benchmark.h>

#include <autograd/autograd.hpp>
#include <nn/data.hpp>

using namespace xgrad;

namespace {

// Record, differentiate and forget a chain of operations on 8 elements: time a node.
void chain(benchmark::State& state) {
  const auto length = static_cast<int>(state.range(0));
  Parameter w{full({8}, 0.5), "w"};
  for (auto _ : state) {
    Tape tape;
    Tensor y = w * 1.;
    for (int i = 0; i < length; i += 3) y = tanh(y) * w + w;
    tape.backward(sum(y));
    w.zero_grad();
  }
  state.counters["ns_a_node"] = benchmark::Counter(
      static_cast<double>(length) * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(chain)->Arg(1000)->Arg(10000)->Arg(100000)->Arg(1000000)->Unit(benchmark::kMillisecond);

// One step of the two-layer net, 2000 points, tanh, full batch, by hand.
void two_layer_step(benchmark::State& state) {
  const Index hidden = state.range(0);
  const DType dtype = state.range(1) == 32 ? f32 : f64;
  Rng rng(1);
  const auto [x, y] = nn::data::moons(2000, 0.25, rng, dtype);
  Parameter W1{(0.01 * randn({hidden, 2}, rng)).to(dtype), "W1"}, b1{zeros({hidden}, dtype), "b1"};
  Parameter W2{(0.01 * randn({1, hidden}, rng)).to(dtype), "W2"}, b2{zeros({1}, dtype), "b2"};
  Tape tape;
  for (auto _ : state) {
    tape.backward(binary_cross_entropy_with_logits(matmul(tanh(matmul(x, transpose(W1)) + b1), transpose(W2)) + b2, y));
    for (Parameter* p : {&W1, &b1, &W2, &b2}) {
      p->assign(p->value() - 1.2 * p->grad());
      p->zero_grad();
    }
  }
}
BENCHMARK(two_layer_step)->ArgsProduct({{4, 50}, {64, 32}})->Unit(benchmark::kMicrosecond);

void elementwise_kernel(benchmark::State& state, Tensor (*f)(const Arg&)) {
  Rng rng(1);
  const Tensor x = rand({100000}, rng, state.range(0) == 32 ? f32 : f64) + 0.5;
  for (auto _ : state) benchmark::DoNotOptimize(f(x));
  state.counters["ns_an_element"] =
      benchmark::Counter(1e5 * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK_CAPTURE(elementwise_kernel, tanh, tanh)->Arg(64)->Arg(32)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(elementwise_kernel, exp, exp)->Arg(64)->Arg(32)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(elementwise_kernel, log, log)->Arg(64)->Arg(32)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(elementwise_kernel, sigmoid, sigmoid)->Arg(64)->Arg(32)->Unit(benchmark::kMicrosecond);

}  // namespace
