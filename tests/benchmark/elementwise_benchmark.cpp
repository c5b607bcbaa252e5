// Every elementwise operation on 100,000 elements: nanoseconds an element, by the instruction set that runs here;
// XGRAD_ISA=avx2 or baseline measures less.

#include <functional>

#include <benchmark/benchmark.h>

#include <autograd/autograd.hpp>

using namespace xgrad;

namespace {

constexpr Index count = 100'000;

void apply(benchmark::State& state, const std::function<Tensor()>& f) {
  for (auto _ : state) benchmark::DoNotOptimize(f().data());
  state.counters["ns_an_element"] = benchmark::Counter(
      static_cast<double>(count) * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.SetLabel(instruction_set());
}

void report(const std::string& name, DType dtype, const std::function<Tensor()>& f) {
  benchmark::RegisterBenchmark((name + "/" + to_string(dtype)).c_str(),
                               [=](benchmark::State& state) { apply(state, f); });
}

const bool registered = [] {
  const struct {
    const char* name;
    Tensor (*f)(const Arg&);
    double low, high;
  } of_one[] = {{"neg", neg, -4, 4},
                {"abs", abs, -4, 4},
                {"sign", sign, -4, 4},
                {"square", square, -4, 4},
                {"sqrt", sqrt, 0, 4},
                {"rsqrt", rsqrt, 0.1, 4},
                {"reciprocal", reciprocal, 0.1, 4},
                {"exp", exp, -4, 4},
                {"expm1", expm1, -4, 4},
                {"log", log, 1e-3, 4},
                {"log1p", log1p, 0, 4},
                {"erf", erf, -4, 4},
                {"floor", floor, -4, 4},
                {"round", round, -4, 4},
                {"sin", sin, -4, 4},
                {"cos", cos, -4, 4},
                {"tan", tan, -1.5, 1.5},
                {"asin", asin, -1, 1},
                {"acos", acos, -1, 1},
                {"atan", atan, -4, 4},
                {"sinh", sinh, -4, 4},
                {"cosh", cosh, -4, 4},
                {"tanh", tanh, -4, 4},
                {"sigmoid", sigmoid, -4, 4},
                {"log_sigmoid", log_sigmoid, -4, 4},
                {"softplus", softplus, -4, 4},
                {"relu", relu, -4, 4},
                {"selu", selu, -4, 4},
                {"gelu", gelu, -4, 4},
                {"gelu_tanh", gelu_tanh, -4, 4},
                {"silu", silu, -4, 4}};
  const struct {
    const char* name;
    Tensor (*f)(const Arg&, const Arg&);
    double low, high;
  } of_two[] = {{"add", add, -4, 4},         {"mul", mul, -4, 4},   {"div", div, 0.1, 4},   {"maximum", maximum, -4, 4},
                {"greater", greater, -4, 4}, {"pow", pow, 0.01, 4}, {"atan2", atan2, -4, 4}};
  for (const DType dtype : {f64, f32}) {
    for (const auto& f : of_one) {
      const Tensor x = linspace(f.low, f.high, count, dtype);
      report(f.name, dtype, [=] { return f.f(x); });
    }
    Rng rng(1);
    const Tensor random = rand({count}, rng, dtype), mask = random > 0.5;  // no branch foretells it
    for (const auto& f : of_two) {
      const Tensor x = linspace(f.low, f.high, count, dtype), y = f.low + (f.high - f.low) * random;
      report(f.name, dtype, [=] { return f.f(x, y); });
    }
    const Tensor x = linspace(-4, 4, count, dtype);
    report("pow of either sign", dtype, [=] { return pow(x, 2); });
    report("leaky_relu", dtype, [=] { return leaky_relu(x); });
    report("elu", dtype, [=] { return elu(x); });
    report("clamp", dtype, [=] { return clamp(x, -1, 1); });
    report("cast", dtype, [=] { return cast(x, dtype == f32 ? f64 : f32); });
    report("where", dtype, [=] { return where(mask, x, random); });
  }
  return true;
}();

}  // namespace
