// Elementwise operations on 100,000 elements: nanoseconds an element, by the instruction set that runs here;
// XGRAD_ISA=avx2 or baseline measures less.

#include <benchmark/benchmark.h>

#include <autograd/autograd.hpp>

using namespace xgrad;

namespace {

void apply(benchmark::State& state, Tensor (*f)(const Arg&), double low, double high, DType dtype) {
  constexpr Index count = 100000;
  const Tensor x = linspace(low, high, count).to(dtype);
  for (auto _ : state) benchmark::DoNotOptimize(f(x).data());
  state.counters["ns_an_element"] = benchmark::Counter(
      static_cast<double>(count) * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.SetLabel(instruction_set());
}

const bool registered = [] {
  const struct {
    const char* name;
    Tensor (*f)(const Arg&);
    double low, high;
  } functions[] = {{"tanh", tanh, -4, 4},       {"exp", exp, -4, 4},           {"log", log, 1e-3, 4},
                   {"sigmoid", sigmoid, -4, 4}, {"softplus", softplus, -4, 4}, {"expm1", expm1, -4, 4},
                   {"log1p", log1p, 0, 4},      {"relu", relu, -4, 4},         {"sin", sin, -4, 4},
                   {"square", square, -4, 4}};
  for (const auto& f : functions)
    for (const DType dtype : {f64, f32})
      benchmark::RegisterBenchmark((std::string(f.name) + "/" + to_string(dtype)).c_str(),
                                   [=](benchmark::State& state) { apply(state, f.f, f.low, f.high, dtype); });
  return true;
}();

}  // namespace
