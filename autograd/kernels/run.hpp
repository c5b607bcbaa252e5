#pragma once
// One set of loops a formula and an instruction set. baseline.cpp, avx2.cpp and avx512.cpp each build the whole list;
// shapes, broadcasting and all else is built once, for any CPU. The linker takes one of all inline functions of a name,
// so every function that such a file leaves behind has its instruction set in its name, as a type of the batches
// (tests/checks/symbols): hence no part of the standard library in them.

#include <autograd/kernels/down_rows.hpp>
#include <autograd/kernels/folds.hpp>
#include <autograd/kernels/formulas.hpp>
#include <autograd/kernels/products.hpp>
#include <autograd/kernels/tiles.hpp>
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

/// out[i] = f(out[i], …) over `rows` rows of `length` elements: of row i, or of column i; there is at least one
/// element.
template <class T>
using Fold = void (*)(const T* x, Index rows, Index length, T* out);

template <class F, class T>
struct Folds {
  Fold<T> rows, columns;
};

template <class, class>
struct TableOf;
template <class... F, class... G>
struct TableOf<formulas::List<F...>, formulas::List<G...>>
    : Runs<F>..., Folds<G, float>..., Folds<G, double>..., ProductTable {};
using Table = TableOf<formulas::Listed, folds::Listed>;

extern const Table baseline, avx2, avx512;

// A call in the innermost loop would cost as much as the formula. With sanitizers such functions take minutes to
// compile.
#if defined(__GNUC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(XGRAD_INSTRUMENTED)
#define XGRAD_FLATTEN [[gnu::flatten]]
#else
#define XGRAD_FLATTEN
#endif

template <class Arch, class F, class T>
XGRAD_FLATTEN void run(const F& f, T* out, const T* const* in, unsigned moves, Index count) {
  loops::run<math::BatchLane<T, Arch>, F::operands>(F(f), out, in, moves, count);
}
template <class Arch, class F, class T>
XGRAD_FLATTEN void fold_rows(const T* x, Index rows, Index length, T* out) {
  folds::fold_rows<math::BatchLane<T, Arch>, F>(x, rows, length, out);
}
template <class Arch, class F, class T>
XGRAD_FLATTEN void fold_columns(const T* x, Index rows, Index length, T* out) {
  folds::fold_columns<math::BatchLane<T, Arch>, F>(x, rows, length, out);
}
template <class Arch, rules::Rule R, class T>
XGRAD_FLATTEN void run(const R& rule, const T* grad, const T* const* from, T* const* to, Index count) {
  rules::run<math::BatchLane<T, Arch>>(R(rule), grad, from, to, count);
}
template <class Arch, class T>
XGRAD_FLATTEN void column(const T* a, const T* b, Index m, Index k, T* c) {
  products::column<math::BatchLane<T, Arch>>(a, b, m, k, c);
}
template <class Arch, class T>
XGRAD_FLATTEN void few_terms(const T* a, Index row, Index term, const T* b, const T* added, Index m, Index n, Index k,
                             T* c) {
  products::few_terms<math::BatchLane<T, Arch>>(a, row, term, b, added, m, n, k, c);
}
template <class Arch, class T>
XGRAD_FLATTEN void down_rows(const T* a, const T* b, Index m, Index n, Index k, T* c, Index row, Index column) {
  products::down_rows<math::BatchLane<T, Arch>>(a, b, m, n, k, c, row, column);
}
template <class Arch, class T>
XGRAD_FLATTEN void tiles(const T* a, Steps of_a, const T* b, Steps of_b, Index m, Index n, Index k, T* c) {
  products::tiles<math::BatchLane<T, Arch>>(a, of_a, b, of_b, m, n, k, c);
}
#undef XGRAD_FLATTEN

template <class Arch>
constexpr ProductTable product_table() {
  constexpr Index most = products::most_in_tiles<Arch>;
  return {{&column<Arch, float>, &few_terms<Arch, float>, &down_rows<Arch, float>, &tiles<Arch, float>, most},
          {&column<Arch, double>, &few_terms<Arch, double>, &down_rows<Arch, double>, &tiles<Arch, double>, most}};
}

template <class Arch, class... F, class... G>
constexpr Table table_of(formulas::List<F...>, formulas::List<G...>) {
  return {{&run<Arch, F, float>, &run<Arch, F, double>}...,
          {&fold_rows<Arch, G, float>, &fold_columns<Arch, G, float>}...,
          {&fold_rows<Arch, G, double>, &fold_columns<Arch, G, double>}...,
          product_table<Arch>()};
}

}  // namespace xgrad::kernels
