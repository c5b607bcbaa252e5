#pragma once
// One set of loops a formula and an instruction set. baseline.cpp, avx2.cpp and avx512.cpp each build the whole list;
// shapes, broadcasting and all else is built once, for any CPU. The linker takes one of all inline functions of a name,
// so every function that such a file leaves behind has its instruction set in its name, as a type of the batches
// (tests/checks/symbols): hence no part of the standard library in them.

#include <autograd/kernels/formulas.hpp>
#include <autograd/loops.hpp>

namespace xgrad::kernels {

/// out[i] = f(in[0][i], in[1][i] …) for i < count; operand n stays at its first element where bit n of `moves` is 0.
template <class F, class T>
using Run = void (*)(const F& f, T* out, const T* const* in, unsigned moves, Index count);

/// A rule over entries whose values are from[0] and to[0], and whose memories are behind them.
template <class R, class T>
using RuleRun = void (*)(const R& rule, const T* grad, const T* const* from, T* const* to, Index count);

template <class F>
struct Runs {
  Run<F, float> f32;
  Run<F, double> f64;
};
template <rules::Rule R>
struct Runs<R> {
  RuleRun<R, float> f32;
  RuleRun<R, double> f64;
};

template <class>
struct TableOf;
template <class... F>
struct TableOf<formulas::List<F...>> : Runs<F>... {};
using Table = TableOf<formulas::Listed>;

extern const Table baseline, avx2, avx512;

// A call in the innermost loop would cost as much as the formula. With sanitizers such functions take minutes to
// compile.
#if defined(__GNUC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define XGRAD_FLATTEN [[gnu::flatten]]
#else
#define XGRAD_FLATTEN
#endif

template <class Arch, class F, class T>
XGRAD_FLATTEN void run(const F& f, T* out, const T* const* in, unsigned moves, Index count) {
  loops::run<math::BatchLane<T, Arch>, F::operands>(F(f), out, in, moves, count);
}
template <class Arch, rules::Rule R, class T>
XGRAD_FLATTEN void run(const R& rule, const T* grad, const T* const* from, T* const* to, Index count) {
  rules::run<math::BatchLane<T, Arch>>(R(rule), grad, from, to, count);
}
#undef XGRAD_FLATTEN

template <class Arch, class... F>
constexpr Table table_of(formulas::List<F...>) {
  return {{&run<Arch, F, float>, &run<Arch, F, double>}...};
}

}  // namespace xgrad::kernels
