#pragma once
// One set of loops a formula and an instruction set. baseline.cpp, avx2.cpp and avx512.cpp each build the whole list;
// shapes, broadcasting and all else is built once, for any CPU. The linker takes one of all inline functions of a name,
// so every function that such a file leaves behind has its instruction set in its name, as a type of the batches
// (tests/checks/symbols): hence no part of the standard library in them.

#include <autograd/kernels/formulas.hpp>
#include <autograd/kernels/products.hpp>
#include <autograd/loops.hpp>

namespace xgrad::kernels {

/// out[i] = f(in[0][i], in[1][i] …) for i < count; operand n stays at its first element where bit n of `moves` is 0.
template <class F, class T>
using Run = void (*)(const F& f, T* out, const T* const* in, unsigned moves, Index count);

template <class F>
struct Runs {
  Run<F, float> f32;
  Run<F, double> f64;
};

template <class>
struct TableOf;
template <class... F>
struct TableOf<formulas::List<F...>> : Runs<F>..., ProductTable {};
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
template <class Arch, class T>
XGRAD_FLATTEN void column(const T* a, const T* b, Index m, Index k, T* c) {
  products::column<math::BatchLane<T, Arch>>(a, b, m, k, c);
}
template <class Arch, class T>
XGRAD_FLATTEN void few_terms(const T* a, Index row, Index term, const T* b, Index m, Index n, Index k, T* c) {
  products::few_terms<math::BatchLane<T, Arch>>(a, row, term, b, m, n, k, c);
}
template <class Arch, class T>
XGRAD_FLATTEN void down_rows(const T* a, const T* b, Index m, Index n, Index k, T* c, Index row, Index column) {
  products::down_rows<math::BatchLane<T, Arch>>(a, b, m, n, k, c, row, column);
}
#undef XGRAD_FLATTEN

template <class Arch>
constexpr ProductTable product_table() {
  return {{&column<Arch, float>, &few_terms<Arch, float>, &down_rows<Arch, float>},
          {&column<Arch, double>, &few_terms<Arch, double>, &down_rows<Arch, double>}};
}

template <class Arch, class... F>
constexpr Table table_of(formulas::List<F...>) {
  return {{&run<Arch, F, float>, &run<Arch, F, double>}..., product_table<Arch>()};
}

}  // namespace xgrad::kernels
