// The benchmarks of xgrad beside the limits. `--write-data FOLDER` writes what the peers train on instead.

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstring>
#include <exception>

#include "compare.hpp"
#include "data.hpp"
#include "workloads.hpp"

int main(int argc, char** argv) try {
  if (argc == 3 && std::strcmp(argv[1], "--write-data") == 0) {
    bench::write_data(argv[2]);
    return 0;
  }
  bench::register_moons();
  bench::register_layers();
  bench::register_chain();
  bench::register_functions();
  bench::register_broadcasts();
  bench::register_reductions();
  bench::register_products();
  bench::register_convolution();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return bench::disagreed() ? 1 : 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "benchmarks: %s\n", e.what());
  return 1;
}
