#pragma once
// Products of thin matrices, for which laying out an operand costs more than the product: a column and few terms here,
// a few sums down many rows in down_rows.hpp; tiles.hpp has those of any shape. Generic in shape, built for every
// instruction set (run.hpp says what that asks of a function).
//
// An element's terms are added in an order that the shapes give: fused where the CPU can, and long sums in pieces. Here
// and down rows there are √k pieces at most, so that the error grows with the square root of their number.

#include <autograd/kernels/registers.hpp>
#include <autograd/kernels/batch.hpp>
#include <autograd/ops/math.hpp>

namespace xgrad::kernels {

/// Element (i, j) of a matrix lies i·row + j·column behind its first.
struct Steps {
  Index row, column;
};

/// C (m, n) = A · B with k terms an element, C row-major without gaps.
template <class T>
struct Products {
  /// A row-major without gaps, n = 1.
  void (*column)(const T* a, const T* b, Index m, Index k, T* c);
  /// k ≤ most_terms, A(i, l) = a[i·row + l·term], B row-major without gaps; `added`, if there, goes to each row of C.
  void (*few_terms)(const T* a, Index row, Index term, const T* b, const T* added, Index m, Index n, Index k, T* c);
  /// C(i, j) = c[i·row + j·column] = Σ a[l·m + i] b[l·n + j]: quick where m is small.
  void (*down_rows)(const T* a, const T* b, Index m, Index n, Index k, T* c, Index row, Index column);
  /// Of any shape, and either operand transposed.
  void (*tiles)(const T* a, Steps of_a, const T* b, Steps of_b, Index m, Index n, Index k, T* c);
  /// Up to so many products of two numbers, where tiles are about as quick as a BLAS with the same instructions, or
  /// quicker.
  Index most_in_tiles;
};

struct ProductTable : Products<float>, Products<double> {};

inline constexpr Index most_terms = 4;

namespace products {

using registers::each, registers::load_first, registers::store_first;

// Sums of so many terms are added to one another: of not less than 128; where there are many, each is as long as they
// are many.
template <class Lane>
Index piece_of(Index terms) {
  Index piece = 128;
  while (piece * piece < terms) piece *= 2;
  return piece;
}

// The sum of each of as many registers as one has elements.
template <class Batch>
Batch sums(const Batch* of) {
  using T = typename Batch::value_type;
  if constexpr (std::is_base_of_v<xsimd::avx512f, typename Batch::arch_type> && sizeof(T) == 4) {
    using Half = xsimd::batch<T, xsimd::avx2>;  // xsimd 8.1 mixes the order up for AVX-512
    Half low[8], high[8];
    products::each<8>([&](auto i) {
      low[i] = Half(_mm512_castps512_ps256(of[i].data)) + Half(_mm512_extractf32x8_ps(of[i].data, 1));
      high[i] = Half(_mm512_castps512_ps256(of[i + 8].data)) + Half(_mm512_extractf32x8_ps(of[i + 8].data, 1));
    });
    const Half first = xsimd::haddp(low), second = xsimd::haddp(high);
    return Batch(_mm512_insertf32x8(_mm512_castps256_ps512(first.data), second.data, 1));
  } else {
    return xsimd::haddp(of);
  }
}

// One sum in four chains of registers.
template <class Lane, class T>
T dot(const T* a, const T* b, Index count) {
  using Batch = typename Lane::Batch;
  Batch sum[4] = {Batch(T(0)), Batch(T(0)), Batch(T(0)), Batch(T(0))};
  const auto add = [&](Index chain, Index l) {
    sum[chain] = math::batches::fma(Lane::load(a + l), Lane::load(b + l), sum[chain]);
  };
  Index l = 0;
  for (; l + 4 * Lane::width <= count; l += 4 * Lane::width)
    products::each<4>([&](auto u) { add(u, l + u * Lane::width); });
  for (; l + Lane::width <= count; l += Lane::width) add(0, l);
  if (l < count)
    sum[1] = math::batches::fma(load_first<Lane>(a + l, count - l), load_first<Lane>(b + l, count - l), sum[1]);
  return xsimd::hadd((sum[0] + sum[1]) + (sum[2] + sum[3]));
}

// Sums of as many rows as a register is wide, which therefore end in one register.
template <class Lane, class T>
struct Dots {
  using Batch = typename Lane::Batch;
  const T* b;
  Index count, whole, rest;  // terms: all, those that fill registers, and the others,
  Index last;                // which stand in a register that begins here: at its end, or alone at its beginning
  Batch zero, factor;
  decltype(zero < Lane::splat(T(1))) inside;

  Dots(const T* from, Index terms)
      : b(from),
        count(terms),
        whole(count / Lane::width * Lane::width),
        rest(count - whole),
        last(whole ? count - Lane::width : 0),
        zero(T(0)) {
    const Index skip = whole ? Lane::width - rest : 0;
    T number[Lane::width];
    for (Index i = 0; i < Lane::width; ++i) number[i] = static_cast<T>(i);
    const Batch numbers = Lane::load(number);
    inside = (numbers >= Batch(static_cast<T>(skip))) & (numbers < Batch(static_cast<T>(skip + rest)));
    factor = xsimd::select(inside, whole ? Lane::load(b + last) : load_first<Lane>(b, rest), zero);
  }

  // Row i begins at a + i·step; `readable` elements stand there.
  Batch operator()(const T* a, Index step, Index readable) const {
    Batch sum[Lane::width];
    if (rest == 0)
      products::each<Lane::width>([&](auto i) { sum[i] = zero; });
    else if (whole || (Lane::width - 1) * step + Lane::width <= readable)
      // The register's other elements may be infinite: they must not be multiplied.
      products::each<Lane::width>(
          [&](auto i) { sum[i] = xsimd::select(inside, Lane::load(a + i * step + last), zero) * factor; });
    else
      products::each<Lane::width>([&](auto i) { sum[i] = load_first<Lane>(a + i * step, rest) * factor; });
    for (Index l = 0; l < whole; l += Lane::width) {
      const Batch right = Lane::load(b + l);
      products::each<Lane::width>(
          [&](auto i) { sum[i] = math::batches::fma(Lane::load(a + i * step + l), right, sum[i]); });
    }
    return products::sums(sum);
  }
};

template <class Lane, Index K>
typename Lane::Batch sum_of(const typename Lane::Batch* left, const typename Lane::Batch* right) {
  typename Lane::Batch result = left[0] * right[0];
  products::each<K - 1>([&](auto l) { result = math::batches::fma(left[l + 1], right[l + 1], result); });
  return result;
}

// Of K terms: as many rows at a time as a register has elements.
template <class Lane, Index K, class T>
void short_column(const T* a, const T* b, Index m, T* c) {
  using Batch = typename Lane::Batch;
  Batch factor[K];
  products::each<K>([&](auto l) { factor[l] = Lane::splat(b[l]); });
  const auto sums = [&](const T* from) {
    Batch x[K];
    products::each<K>([&](auto l) { x[l] = Lane::load(from + l * Lane::width); });
    registers::columns_of<K>(x);
    return products::sum_of<Lane, K>(x, factor);
  };
  if (m < Lane::width) {
    T padded[K * Lane::width] = {};
    for (Index i = 0; i < m * K; ++i) padded[i] = a[i];
    return store_first<Lane>(c, sums(padded), m);
  }
  const Index last = m - Lane::width;  // overlaps
  for (Index i = 0; i < last; i += Lane::width) Lane::store(c + i, sums(a + i * K));
  Lane::store(c + last, sums(a + last * K));
}

template <class Lane, class T>
void column(const T* a, const T* b, Index m, Index k, T* c) {
  if constexpr (registers::moves_freely<typename Lane::Batch>) {
    if (k == 1) return short_column<Lane, 1>(a, b, m, c);
    if (k == 2) return short_column<Lane, 2>(a, b, m, c);
    if (k == 3) return short_column<Lane, 3>(a, b, m, c);
    if constexpr (Lane::width > 4)
      if (k == 4) return short_column<Lane, 4>(a, b, m, c);
    if constexpr (Lane::width > 8) {
      if (k == 5) return short_column<Lane, 5>(a, b, m, c);
      if (k == 6) return short_column<Lane, 6>(a, b, m, c);
      if (k == 7) return short_column<Lane, 7>(a, b, m, c);
    }
  }
  const Index piece = products::piece_of<Lane>(k / Lane::width) * Lane::width;
  for (Index l = 0; l < k; l += piece) {
    const Index count = k - l < piece ? k - l : piece;
    if (m < Lane::width) {
      for (Index i = 0; i < m; ++i) {
        const T sum = dot<Lane>(a + i * k + l, b + l, count);
        c[i] = l == 0 ? sum : c[i] + sum;
      }
      continue;
    }
    const Dots<Lane, T> dots(b + l, count);
    for (Index i = 0; i < m; i += Lane::width) {
      // The last rows are counted from the end; those that have had this piece already keep what they have.
      const Index from = i + Lane::width <= m ? i : m - Lane::width;
      const typename Lane::Batch sums = dots(a + from * k + l, k, (m - from) * k - l);
      if (l == 0) {
        Lane::store(c + from, sums);
      } else {
        T all[Lane::width];
        Lane::store(all, sums);
        for (Index n = i - from; n < Lane::width; ++n) c[from + n] += all[n];
      }
    }
  }
}

// Where V registers of a row's columns from `from` on begin; one that would go beyond the end overlaps.
template <class Lane, Index V>
void columns_from(Index from, Index n, Index* at) {
  products::each<V>([&](auto v) {
    const Index start = from + v * Lane::width;
    at[v] = start + Lane::width <= n ? start : n - Lane::width;
  });
}

// f(V, from) for all columns of rows that fill a register: V registers of them at a time, from `from` on.
template <class Lane, Index most, class F>
void each_columns(Index n, F f) {
  for (Index from = 0; from < n; from += most * Lane::width) {
    const Index left = (n - from + Lane::width - 1) / Lane::width, now = left < most ? left : most;
    products::each<most>([&](auto v) {
      if (v + 1 == now) f(std::integral_constant<Index, v + 1>{}, from);
    });
  }
}

// V registers of C's columns from `from` on: those of B and of the row added to them are loaded once.
template <class Lane, Index K, Index V, class T>
void terms_of_columns(const T* a, Index row, Index term, const T* b, const T* added, Index m, Index n, Index from,
                      T* c) {
  Index at[V];
  products::columns_from<Lane, V>(from, n, at);
  typename Lane::Batch left[K], right[V][K], plus[V];
  products::each<V>([&](auto v) {
    products::each<K>([&](auto l) { right[v][l] = Lane::load(b + l * n + at[v]); });
    plus[v] = added ? Lane::load(added + at[v]) : Lane::splat(-T(0));  // which changes nothing, not even 0
  });
  for (Index i = 0; i < m; ++i) {
    products::each<K>([&](auto l) { left[l] = Lane::splat(a[i * row + l * term]); });
    products::each<V>(
        [&](auto v) { Lane::store(c + i * n + at[v], products::sum_of<Lane, K>(left, right[v]) + plus[v]); });
  }
}

// Rows of C that fill a register, some at a time, so that what is written together stays together.
template <class Lane, Index K, class T>
void terms_of_long_rows(const T* a, Index row, Index term, const T* b, const T* added, Index m, Index n, T* c) {
  constexpr Index together = 16;
  for (Index i = 0; i < m; i += together) {
    const Index count = m - i < together ? m - i : together;
    products::each_columns<Lane, 4>(n, [&](auto v, Index from) {
      products::terms_of_columns<Lane, K, v>(a + i * row, row, term, b, added, count, n, from, c + i * n);
    });
  }
}

// Rows of C that share a register. Of A's columns, N stand side by side: all of them, or each by itself.
template <class Lane, Index K, Index N, class T>
void terms_of_short_rows(const T* a, Index row, Index term, const T* b, const T* added, Index m, Index n, T* c) {
  using Batch = typename Lane::Batch;
  const registers::Spread<Lane, N> spread(n, row);
  const Index together = spread.rows();
  Batch left[K], right[K];
  products::each<K>([&](auto l) { right[l] = registers::repeated<Lane>(b + l * n, n); });
  const Batch plus = added ? registers::repeated<Lane>(added, n) : Lane::splat(-T(0));
  const auto rows_from = [&](Index i, auto load) {
    products::each<K / N>([&](auto l) { load(a + i * row + l * term, left + l * N); });
    return products::sum_of<Lane, K>(left, right) + plus;
  };
  const auto one = [](const T* p, Batch* x) { registers::Spread<Lane, N>::one(p, x); };
  // What is stored behind whole rows is overwritten by those that follow, which are taken one by one where loads or
  // stores would go beyond the end.
  const Index stored = m - (Lane::width - 1) / n, loaded = m - (Lane::width - N + row - 1) / row;
  Index i = 0;
  if (together > 1)
    for (const Index end = stored < loaded ? stored : loaded; i < end; i += together)
      Lane::store(c + i * n, rows_from(i, spread));
  for (; i < stored; ++i) Lane::store(c + i * n, rows_from(i, one));
  for (; i < m; ++i) store_first<Lane>(c + i * n, rows_from(i, one), n);
}

template <class Lane, Index K, class T>
void terms(const T* a, Index row, Index term, const T* b, const T* added, Index m, Index n, T* c) {
  if (n >= Lane::width) return terms_of_long_rows<Lane, K>(a, row, term, b, added, m, n, c);
  if constexpr (K <= Lane::width)
    if (term == 1) return terms_of_short_rows<Lane, K, K>(a, row, term, b, added, m, n, c);
  terms_of_short_rows<Lane, K, 1>(a, row, term, b, added, m, n, c);
}

template <class Lane, class T>
void few_terms(const T* a, Index row, Index term, const T* b, const T* added, Index m, Index n, Index k, T* c) {
  if (k == 1) return terms<Lane, 1>(a, row, term, b, added, m, n, c);
  if (k == 2) return terms<Lane, 2>(a, row, term, b, added, m, n, c);
  if (k == 3) return terms<Lane, 3>(a, row, term, b, added, m, n, c);
  terms<Lane, 4>(a, row, term, b, added, m, n, c);
}

}  // namespace products
}  // namespace xgrad::kernels
