#pragma once
// A few sums down many rows: products of thin matrices that both have a row for each term. They stay in registers, some
// of A's columns by some of B's, while the rows go by (products.hpp has the other thin products and the conventions).

#include <autograd/kernels/products.hpp>

namespace xgrad::kernels::products {

// V registers of B's columns from `from` on, by M of A's, in as many chains as hide the latency of an addition.
template <class Lane, Index V, Index M, class T>
void down_block(const T* a, const T* b, Index m, Index n, Index k, Index from, T* c, Index row, Index column) {
  using Batch = typename Lane::Batch;
  constexpr Index chains = V * M >= 8 ? 1 : V * M >= 4 ? 2 : 4;
  const Index piece = products::piece_of<Lane>(k);
  Index at[V];
  products::columns_from<Lane, V>(from, n, at);
  Batch total[M * V];
  products::each<M * V>([&](auto i) { total[i] = Batch(T(0)); });
  for (Index first = 0; first < k; first += piece) {
    const Index end = first + piece < k ? first + piece : k;
    Batch sum[chains * M * V];
    products::each<chains * M * V>([&](auto i) { sum[i] = Batch(T(0)); });
    const auto add = [&](Index l, Index chain) {
      Batch x[V];
      products::each<V>([&](auto v) { x[v] = Lane::load(b + l * n + at[v]); });
      products::each<M>([&](auto i) {
        const Batch factor = Lane::splat(a[l * m + i]);
        products::each<V>([&](auto v) {
          Batch& to = sum[(chain * M + i) * V + v];
          to = math::batches::fma(factor, x[v], to);
        });
      });
    };
    Index l = first;
    for (; l + chains <= end; l += chains) products::each<chains>([&](auto u) { add(l + u, u); });
    for (; l < end; ++l) add(l, 0);
    products::each<M * V>([&](auto i) {
      Batch all = sum[i];
      products::each<chains - 1>([&](auto u) { all = all + sum[(u + 1) * M * V + i]; });
      total[i] = total[i] + all;
    });
  }
  products::each<M>([&](auto i) {
    products::each<V>([&](auto v) {
      T* to = c + i * row + at[v] * column;
      if (column == 1)
        Lane::store(to, total[i * V + v]);
      else
        store_first<Lane>(to, total[i * V + v], Lane::width, column);
    });
  });
}

// B's rows share a register, which takes so many; factors(p, x) gives it M of A's columns from p on, of which it reads
// `reach` elements.
template <class Lane, Index M, class T, class Factors>
void down_short_rows(const T* a, const T* b, Index m, Index n, Index k, T* c, Index row, Index column, Index rows,
                     Index reach, Factors factors) {
  using Batch = typename Lane::Batch;
  constexpr Index chains = M >= 4 ? 2 : 4;
  const Index piece = products::piece_of<Lane>(k / rows) * rows, left_step = rows * m, right_step = rows * n;
  const Index behind_b = (Lane::width - 1) / n, behind_a = (reach - M + m - 1) / m;
  const Index safe = k - (behind_b > behind_a ? behind_b : behind_a);  // from there on loads would go beyond the end
  Batch total[M];
  products::each<M>([&](auto i) { total[i] = Batch(T(0)); });
  for (Index first = 0; first < k; first += piece) {
    const Index end = first + piece < k ? first + piece : k, inside = end < safe ? end : safe;
    Batch sum[chains * M];
    products::each<chains * M>([&](auto i) { sum[i] = Batch(T(0)); });
    const auto add = [&](const T* from, const Batch& x, Index chain) {
      Batch factor[M];
      factors(from, factor);
      products::each<M>([&](auto i) {
        Batch& to = sum[chain * M + i];
        to = math::batches::fma(factor[i], x, to);
      });
    };
    Index l = first;
    const T *left = a + l * m, *right = b + l * n;
    for (; l + (chains - 1) * rows < inside; l += chains * rows) {
      products::each<chains>([&](auto u) { add(left + u * left_step, Lane::load(right + u * right_step), u); });
      left += chains * left_step;
      right += chains * right_step;
    }
    for (; l < inside; l += rows) add(a + l * m, Lane::load(b + l * n), 0);
    for (; l < end; l += rows) {
      const Index count = end - l < rows ? end - l : rows;
      T padded[2 * Lane::width + M] = {};
      for (Index i = 0; i < (count - 1) * m + M; ++i) padded[i] = a[l * m + i];
      add(padded, load_first<Lane>(b + l * n, count * n), 0);
    }
    products::each<M>([&](auto i) {
      Batch all = sum[i];
      products::each<chains - 1>([&](auto u) { all = all + sum[(u + 1) * M + i]; });
      total[i] = total[i] + all;
    });
  }
  products::each<M>([&](auto i) {
    T all[Lane::width];
    Lane::store(all, total[i]);
    for (Index r = 1; r < rows; ++r)
      for (Index j = 0; j < n; ++j) all[j] += all[r * n + j];
    for (Index j = 0; j < n; ++j) c[i * row + j * column] = all[j];
  });
}

// As many columns at a time as there are registers for: 32 of 512 bits, 16 of others. Of 4 rows of sums by 3 registers
// GCC 12 keeps some on the stack though there are 32.
template <class Lane, Index M, class T>
void down_columns(const T* a, const T* b, Index m, Index n, Index k, T* c, Index row, Index column) {
  using Batch = typename Lane::Batch;
  constexpr bool many = sizeof(Batch) == 64;
  constexpr Index most = M <= 2 ? (many ? 8 : 4) : M == 3 ? 4 : many ? 2 : 3;
  if (n < Lane::width) {
    const registers::Spread<Lane, M> spread(n, m);
    if (spread.rows() > 1 && spread.fits_half())
      return down_short_rows<Lane, M>(a, b, m, n, k, c, row, column, spread.rows(), Lane::width / 2,
                                      [&](const T* p, Batch* x) { spread.from_half(p, x); });
    if (spread.rows() > 1)
      return down_short_rows<Lane, M>(a, b, m, n, k, c, row, column, spread.rows(), Lane::width, spread);
    return down_short_rows<Lane, M>(a, b, m, n, k, c, row, column, 1, M,
                                    [](const T* p, Batch* x) { registers::Spread<Lane, M>::one(p, x); });
  }
  products::each_columns<Lane, most>(
      n, [&](auto v, Index from) { products::down_block<Lane, v, M>(a, b, m, n, k, from, c, row, column); });
}

template <class Lane, class T>
void down_rows(const T* a, const T* b, Index m, Index n, Index k, T* c, Index row, Index column) {
  Index i = 0;
  for (; m - i > 3; i += 4) down_columns<Lane, 4>(a + i, b, m, n, k, c + i * row, row, column);
  if (m - i == 3) down_columns<Lane, 3>(a + i, b, m, n, k, c + i * row, row, column);
  if (m - i == 2) down_columns<Lane, 2>(a + i, b, m, n, k, c + i * row, row, column);
  if (m - i == 1) down_columns<Lane, 1>(a + i, b, m, n, k, c + i * row, row, column);
}

}  // namespace xgrad::kernels::products
