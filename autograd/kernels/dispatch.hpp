#pragma once
// Kernels made from formulas: the loops of the best instruction set that this CPU has, over operands broadcast to one
// shape.

#include <autograd/kernel.hpp>
#include <autograd/kernels/run.hpp>

namespace xgrad::kernels {

/// The loops that run here; chosen at the first call.
const Table& chosen();

template <class F, class T>
auto run_of() {
  static_assert(std::is_base_of_v<Runs<F>, Table>, "a formula has to be in the list in formulas.hpp");
  const Runs<F>& runs = chosen();
  if constexpr (std::same_as<T, float>)
    return runs.f32;
  else
    return runs.f64;
}

/// out = f(in0, in1 …) elementwise, each operand of its own shape broadcast to `shape`.
template <class F, class T>
void map(const F& f, const Shape& shape, T* out, const std::array<const T*, F::operands>& in,
         const std::array<const Shape*, F::operands>& shapes) {
  if constexpr (contents::fast_loops && !std::same_as<T, Complex>) {
    const auto run = run_of<F, T>();
    loops::each_run(
        shape, out, in, shapes,
        [&](T* to, const T* const* from, unsigned moves, Index count) { run(f, to, from, moves, count); },
        loops::Hands::many);
  } else {
    loops::map<loops::ScalarLane<T>>(shape, out, in, shapes, f);
  }
}

/// How rows and columns are folded here.
template <class F, class T>
Folds<F, T> folds_of() {
  if constexpr (contents::fast_loops && !std::same_as<T, Complex>) {
    return chosen();
  } else {
    return {folds::fold_rows_plainly<F, T>, folds::fold_columns_plainly<F, T>};
  }
}

/// out[…] = f(out[…], x[…]) over all x, which lies contiguous, where `kept` is the result's shape with reduced axes
/// as 1.
template <class F, class T>
void fold(const F&, const T* x, const Shape& shape, T* out, const Shape& kept) {
  const loops::Nest<2> nest(shape, {loops::strides_over(shape, shape), loops::strides_over(shape, kept)});
  // Axes are reduced or kept in turns: either the innermost is reduced, or the one around it.
  const Folds<F, T> folds = folds_of<F, T>();
  const Fold<T> run = nest.step(1) == 0 ? folds.rows : folds.columns;
  const auto each = [&](const loops::Nest<2>& part) {
    part.each([&](const std::array<Index, 2>& at) { run(x + at[0], part.length(1), part.length(0), out + at[1]); }, 2);
  };
  if (nest.empty()) return;
  if (nest.outer_step(1) == 0) return each(nest);
  // 64 bytes take what an elementwise operation's element takes.
  const Index bytes = element_count(shape) / nest.outer() * Index{sizeof(T)};
  loops::in_parts(loops::Hands::many, nest.outer(), 1 + bytes / 64,
                  [&](Index first, Index count) { each(count == nest.outer() ? nest : nest.part(first, count)); });
}

/// A rule over `count` entries: from[0] to to[0] and so on, which may be the same.
template <rules::Rule R, class T>
void update(const R& rule, const T* grad, const T* const* from, T* const* to, Index count) {
  if constexpr (contents::fast_loops) {
    constexpr std::size_t n = R::memories + 1;
    constexpr Index block = 32;  // entries; so many bytes take what an elementwise operation's element takes
    const auto run = run_of<R, T>();
    loops::in_parts(loops::Hands::many, (count + block - 1) / block, Index{sizeof(T) * n},
                    [&](Index number, Index blocks) {
                      const Index first = number * block;
                      std::array<const T*, n> in;
                      std::array<T*, n> out;
                      for (std::size_t m = 0; m < n; ++m) {
                        in[m] = from[m] + first;
                        out[m] = to[m] + first;
                      }
                      run(rule, grad + first, in.data(), out.data(), loops::least(blocks * block, count - first));
                    });
  } else {
    rules::run<loops::ScalarLane<T>>(rule, grad, from, to, count);
  }
}

/// f of a call's operands, element by element.
template <class T, class F>
Tensor map_elements(const F& f, const Call& c, const Shape& shape) {
  return detail::map_kernel<T, F::operands>(
      c, shape, [&](T* out, const auto& in, const auto& shapes) { kernels::map(f, shape, out, in, shapes); });
}

/// make(call) gives the formula.
template <class Make>
Kernels from(Make make) {
  using F = std::invoke_result_t<const Make&, const Call&>;
  const auto kernel = [=]<class T>(std::type_identity<T>) {
    return [=](const Call& c, const Shape& shape) { return kernels::map_elements<T>(make(c), c, shape); };
  };
  Kernels k{kernel(std::type_identity<float>{}), kernel(std::type_identity<double>{}), {}};
  if constexpr (detail::takes<F, Complex>(std::make_index_sequence<F::operands>{}))
    k.complex = kernel(std::type_identity<Complex>{});
  return k;
}

/// A formula of the operands alone: `vectorised(formulas::Exp{})`.
template <class F>
Kernels vectorised(F f) {
  return kernels::from([f](const Call&) { return f; });
}

/// A formula whose numbers come with the call, by the names of attributes: `with_numbers<formulas::Elu>("alpha")`.
template <class F, class... Names>
Kernels with_numbers(Names... names) {
  return kernels::from([=](const Call& c) { return F{c.attributes.number(names)...}; });
}

}  // namespace xgrad::kernels
