#pragma once
// Products of thin matrices, for which BLAS' packing costs more than the product: a column, few terms, or a few sums
// down many rows. Generic in shape, built for every instruction set (run.hpp says what that asks of a function).
//
// An element's terms are added in an order that the shapes give: fused where the CPU can, and long sums in pieces, so
// that the error grows with the square root of their number.

#include <autograd/kernels/transcendental.hpp>
#include <autograd/ops/math.hpp>

namespace xgrad::kernels {

/// C (m, n) = A · B with k terms an element, C row-major without gaps.
template <class T>
struct Products {
  /// A row-major without gaps, n = 1.
  void (*column)(const T* a, const T* b, Index m, Index k, T* c);
  /// k ≤ most_terms, A(i, l) = a[i·row + l·term], B row-major without gaps.
  void (*few_terms)(const T* a, Index row, Index term, const T* b, Index m, Index n, Index k, T* c);
  /// C(i, j) = c[i·row + j·column] = Σ a[l·m + i] b[l·n + j]: quick where m is small.
  void (*down_rows)(const T* a, const T* b, Index m, Index n, Index k, T* c, Index row, Index column);
};

struct ProductTable : Products<float>, Products<double> {};

inline constexpr Index most_terms = 4;

namespace products {

// f(0) … f(N − 1) written out, so that arrays of registers stay in registers at every level of optimisation.
template <Index N, class F>
void each(F f) {
  [&]<Index... i>(std::integer_sequence<Index, i...>) { (f(std::integral_constant<Index, i>{}), ...); }
  (std::make_integer_sequence<Index, N>{});
}

// Sums of so many terms are added to one another: of not less than 128; where there are many, each is as long as they
// are many.
template <class Lane>
Index piece_of(Index terms) {
  Index piece = 128;
  while (piece * piece < terms) piece *= 2;
  return piece;
}

// The first `count` of a register that begins at p, and zeros: what lies behind them must not be read.
template <class Lane, class T>
typename Lane::Batch load_first(const T* p, Index count) {
  T padded[Lane::width] = {};
  for (Index i = 0; i < count; ++i) padded[i] = p[i];
  return Lane::load(padded);
}

template <class Lane, class T>
void store_first(T* p, const typename Lane::Batch& x, Index count, Index step = 1) {
  T all[Lane::width];
  Lane::store(all, x);
  for (Index i = 0; i < count; ++i) p[i * step] = all[i];
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

template <class Lane, class T>
void column(const T* a, const T* b, Index m, Index k, T* c) {
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

template <class Lane, Index K, class T>
void terms(const T* a, Index row, Index term, const T* b, Index m, Index n, T* c) {
  using Batch = typename Lane::Batch;
  Batch left[K], right[K];
  const auto load_left = [&](Index i) {
    products::each<K>([&](auto l) { left[l] = Lane::splat(a[i * row + l * term]); });
  };
  const auto sum = [&] {
    Batch result = left[0] * right[0];
    products::each<K - 1>([&](auto l) { result = math::batches::fma(left[l + 1], right[l + 1], result); });
    return result;
  };
  if (n >= Lane::width) {
    for (Index i = 0; i < m; ++i) {
      load_left(i);
      for (Index j = 0; j < n; j += Lane::width) {
        const Index from = j + Lane::width <= n ? j : n - Lane::width;  // the last register overlaps
        products::each<K>([&](auto l) { right[l] = Lane::load(b + l * n + from); });
        Lane::store(c + i * n + from, sum());
      }
    }
    return;
  }
  // A row does not fill a register: what is stored behind it is overwritten by the rows that follow.
  products::each<K>([&](auto l) { right[l] = load_first<Lane>(b + l * n, n); });
  Index i = 0;
  for (; i * n + Lane::width <= m * n; ++i) {
    load_left(i);
    Lane::store(c + i * n, sum());
  }
  for (; i < m; ++i) {
    load_left(i);
    store_first<Lane>(c + i * n, sum(), n);
  }
}

template <class Lane, class T>
void few_terms(const T* a, Index row, Index term, const T* b, Index m, Index n, Index k, T* c) {
  if (k == 1) return terms<Lane, 1>(a, row, term, b, m, n, c);
  if (k == 2) return terms<Lane, 2>(a, row, term, b, m, n, c);
  if (k == 3) return terms<Lane, 3>(a, row, term, b, m, n, c);
  terms<Lane, 4>(a, row, term, b, m, n, c);
}

// V registers of B's columns from `from` on, by M of A's, in as many chains as hide the latency of an addition.
template <class Lane, Index V, Index M, class T>
void down_block(const T* a, const T* b, Index m, Index n, Index k, Index from, T* c, Index row, Index column) {
  using Batch = typename Lane::Batch;
  constexpr Index chains = V * M >= 8 ? 1 : V * M >= 4 ? 2 : 4;
  const Index piece = products::piece_of<Lane>(k);
  // The last register overlaps; where B is narrower than one, what follows a row is read and not used.
  Index at[V];
  products::each<V>([&](auto v) {
    const Index start = from + v * Lane::width;
    at[v] = n < Lane::width || start + Lane::width <= n ? start : n - Lane::width;
  });
  const Index safe = n >= Lane::width ? k : k * n >= Lane::width ? (k * n - Lane::width) / n + 1 : 0;
  Batch total[M * V];
  products::each<M * V>([&](auto i) { total[i] = Batch(T(0)); });
  for (Index first = 0; first < k; first += piece) {
    const Index end = first + piece < k ? first + piece : k, inside = end < safe ? end : safe;
    Batch sum[chains * M * V];
    products::each<chains * M * V>([&](auto i) { sum[i] = Batch(T(0)); });
    const auto add = [&](Index l, Index chain, auto load) {
      Batch x[V];
      products::each<V>([&](auto v) { x[v] = load(b + l * n + at[v]); });
      products::each<M>([&](auto i) {
        const Batch factor = Lane::splat(a[l * m + i]);
        products::each<V>([&](auto v) {
          Batch& to = sum[(chain * M + i) * V + v];
          to = math::batches::fma(factor, x[v], to);
        });
      });
    };
    const auto whole = [](const T* p) { return Lane::load(p); };
    Index l = first;
    for (; l + chains <= inside; l += chains) products::each<chains>([&](auto u) { add(l + u, u, whole); });
    for (; l < inside; ++l) add(l, 0, whole);
    for (; l < end; ++l) add(l, 0, [n](const T* p) { return load_first<Lane>(p, n); });
    products::each<M * V>([&](auto i) {
      Batch all = sum[i];
      products::each<chains - 1>([&](auto u) { all = all + sum[(u + 1) * M * V + i]; });
      total[i] = total[i] + all;
    });
  }
  products::each<M>([&](auto i) {
    products::each<V>([&](auto v) {
      T* to = c + i * row + at[v] * column;
      if (column == 1 && n >= Lane::width)
        Lane::store(to, total[i * V + v]);
      else
        store_first<Lane>(to, total[i * V + v], n < Lane::width ? n : Lane::width, column);
    });
  });
}

// As many columns at a time as there are registers for: 32 of 512 bits, 16 of others.
template <class Lane, Index M, class T>
void down_columns(const T* a, const T* b, Index m, Index n, Index k, T* c, Index row, Index column) {
  constexpr Index most = sizeof(typename Lane::Batch) == 64 && M <= 2 ? 8
                         : M <= 2                                     ? 4
                         : 16 / M - 1 > 4                             ? 4
                                                                      : 16 / M - 1;
  const Index registers = (n + Lane::width - 1) / Lane::width;
  for (Index done = 0; done < registers;) {
    const Index now = registers - done < most ? registers - done : most;
    products::each<most>([&](auto v) {
      if (v + 1 == now) down_block<Lane, v + 1, M>(a, b, m, n, k, done * Lane::width, c, row, column);
    });
    done += now;
  }
}

template <class Lane, class T>
void down_rows(const T* a, const T* b, Index m, Index n, Index k, T* c, Index row, Index column) {
  Index i = 0;
  for (; m - i > 3; i += 4) down_columns<Lane, 4>(a + i, b, m, n, k, c + i * row, row, column);
  if (m - i == 3) down_columns<Lane, 3>(a + i, b, m, n, k, c + i * row, row, column);
  if (m - i == 2) down_columns<Lane, 2>(a + i, b, m, n, k, c + i * row, row, column);
  if (m - i == 1) down_columns<Lane, 1>(a + i, b, m, n, k, c + i * row, row, column);
}

}  // namespace products
}  // namespace xgrad::kernels
