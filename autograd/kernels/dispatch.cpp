// Which instruction set the elementwise loops take: the best one that this CPU has, or less where XGRAD_ISA says so.

#include <cstdlib>
#include <string>
#include <string_view>

#include <autograd/kernels/dispatch.hpp>

namespace xgrad {

namespace {

struct Build {
  const char* name;
  const kernels::Table* table;
  bool runs;
};

// Best first.
std::array<Build, 3> builds() {
#ifdef XGRAD_X86_KERNELS
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512vl");
  return {
      {{"avx512", &kernels::avx512, avx512}, {"avx2", &kernels::avx2, avx2}, {"baseline", &kernels::baseline, true}}};
#else
  return {{{"avx512", nullptr, false}, {"avx2", nullptr, false}, {"baseline", &kernels::baseline, true}}};
#endif
}

Build choose() {
  const char* word = std::getenv("XGRAD_ISA");
  const std::string_view most = word && *word ? word : "avx512";
  bool allowed = false;
  for (const Build& build : builds()) {
    allowed = allowed || build.name == most;
    if (allowed && build.runs) return build;
  }
  throw NumericError("XGRAD_ISA is \"" + std::string(most) +
                     "\"; it may be baseline, avx2 or avx512, the most that kernels are to use");
}

const Build& build() {
  static const Build chosen = choose();
  return chosen;
}

}  // namespace

const kernels::Table& kernels::chosen() { return *build().table; }

const char* instruction_set() { return build().name; }

}  // namespace xgrad
