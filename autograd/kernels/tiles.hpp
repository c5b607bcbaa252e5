#pragma once
// Products of matrices of any shape: a panel of B's columns is laid out anew, register by register, and stays in the
// nearest cache while tiles of C, held in registers, go down the rows; of a transposed A, a block of rows is laid out
// too (K. Goto and R. van de Geijn, "Anatomy of high-performance matrix multiplication", 2008, without blocks for the
// farther caches). products.hpp has the thin products.
//
// An element's terms are added by row of B, in pieces: the same for every tile, so that neither rows cut off for a
// thread nor edges show in the result.

#include <autograd/kernels/products.hpp>

namespace xgrad::kernels::products {

/// Up to so many products of two numbers. Larger ones are better cut into blocks for every cache, which BLAS does; with
/// two numbers a register only its set-up can be saved.
template <class Arch>
inline constexpr Index most_in_tiles = [] {
  using Batch = xsimd::batch<double, Arch>;
  return Index{1} << (registers::is_avx512<Batch> ? 29 : registers::moves_freely<Batch> ? 24 : 15);
}();

// A panel of B so long stays in the nearest cache. An element's terms are added by so many, too: its error is
// that of terms_at_once + k / terms_at_once roundings.
inline constexpr Index terms_at_once = 128;

// B's columns, so many of them, to V registers a row; what is left of those is not read.
template <class Lane, Index V, class T>
void lay_out(const T* b, Steps steps, Index columns, Index terms, T* panel) {
  constexpr Index wide = V * Lane::width;
  Index l = 0;
  if (steps.column == 1)
    for (; l < terms; ++l)
      products::each<V>([&](auto v) {
        const T* from = b + l * steps.row + v * Lane::width;
        const Index left = columns - v * Lane::width;
        Lane::store(panel + l * wide + v * Lane::width,
                    left >= Lane::width ? Lane::load(from) : load_first<Lane>(from, left));
      });
  if constexpr (registers::moves_freely<typename Lane::Batch>)
    if (steps.column != 1)
      // Squares of rows of Bᵀ are transposed; those behind the last column repeat it.
      for (; l + Lane::width <= terms; l += Lane::width)
        for (Index j = 0; j < columns; j += Lane::width) {
          typename Lane::Batch x[Lane::width];
          products::each<Lane::width>(
              [&](auto i) { x[i] = Lane::load(b + l + (j + i < columns ? j + i : columns - 1) * steps.column); });
          registers::columns_of<Lane::width>(x);
          products::each<Lane::width>([&](auto i) { Lane::store(panel + (l + i) * wide + j, x[i]); });
        }
  for (; l < terms; ++l)
    for (Index j = 0; j < wide; ++j) panel[l * wide + j] = j < columns ? b[l * steps.row + j * steps.column] : T(0);
}

// M rows of C by V registers of columns: sums of so many terms, which are added to what is there unless they are the
// first.
template <class Lane, Index M, Index V, class T>
void tile(const T* a, Steps steps, const T* panel, Index step, Index terms, bool first, T* c, Index n, Index columns) {
  using Batch = typename Lane::Batch;
  Batch sum[M * V];
  products::each<M * V>([&](auto i) { sum[i] = Batch(T(0)); });
  for (Index l = 0; l < terms; ++l) {
    Batch x[V];
    products::each<V>([&](auto v) { x[v] = Lane::load(panel + l * step + v * Lane::width); });
    products::each<M>([&](auto i) {
      const Batch factor = Lane::splat(a[i * steps.row + l * steps.column]);
      products::each<V>([&](auto v) { sum[i * V + v] = math::batches::fma(factor, x[v], sum[i * V + v]); });
    });
  }
  products::each<M>([&](auto i) {
    products::each<V>([&](auto v) {
      T* to = c + i * n + v * Lane::width;
      const Batch& x = sum[i * V + v];
      const Index left = columns - v * Lane::width;
      if (left >= Lane::width)
        Lane::store(to, first ? x : Lane::load(to) + x);
      else
        store_first<Lane>(to, first ? x : load_first<Lane>(to, left) + x, left);
    });
  });
}

// A block of A's rows, of one piece of terms. They are read where they are, or from `place`, where they are laid out by
// panels of as many as a register holds: of a transposed A each term of a row lies in another line of the cache.
template <class Lane, class T>
struct Block {
  const T* first;
  Steps steps;
  Index next_panel;  // so far is a register's rows from the next ones

  Block(const T* a, Steps of_a) : first(a), steps(of_a), next_panel(Lane::width * of_a.row) {}
  Block(const T* a, Steps of_a, Index rows, Index terms, T* place)
      : first(place), steps{1, Lane::width}, next_panel(terms * Lane::width) {
    constexpr Index together = 8;  // rows of Aᵀ are read along at a time, while their few pages are at hand
    for (Index l = 0; l < terms; l += together)
      for (Index i = 0; i < rows; i += Lane::width)
        products::lay_out<Lane, 1>(a + i + l * of_a.column, {of_a.column, 1}, rows - i,
                                   terms - l < together ? terms - l : together, place + i * terms + l * Lane::width);
  }
  const T* row(Index i) const { return first + i / Lane::width * next_panel + i % Lane::width * steps.row; }
};

// V registers of C's columns. B is read where it is if few rows meet it.
template <class Lane, Index V, class T>
void tiles_of_columns(const Block<Lane, T>& a, const T* b, Steps of_b, Index m, Index n, Index columns, Index terms,
                      bool first, T* c) {
  constexpr Index most = sizeof(typename Lane::Batch) == 64 ? 8 : 4, wide = V * Lane::width;
  // No tile's rows lie in two panels of A.
  static_assert(Lane::width % most == 0 || !registers::moves_freely<typename Lane::Batch>);
  const bool as_it_is = m <= most && columns == wide && of_b.column == 1;
  alignas(64) T place[terms_at_once * wide];
  if (!as_it_is) products::lay_out<Lane, V>(b, of_b, columns, terms, place);
  const auto rows = [&](auto count, Index i) {
    products::tile<Lane, count, V>(a.row(i), a.steps, as_it_is ? b : place, as_it_is ? of_b.row : wide, terms, first,
                                   c + i * n, n, columns);
  };
  Index i = 0;
  for (; m - i >= most; i += most) rows(std::integral_constant<Index, most>{}, i);
  products::each<3>([&](auto halvings) {
    constexpr Index few = Index{4} >> halvings;
    if (few < most && m - i >= few) {
      rows(std::integral_constant<Index, few>{}, i);
      i += few;
    }
  });
}

template <class Lane, class T>
void tiles(const T* a, Steps of_a, const T* b, Steps of_b, Index m, Index n, Index k, T* c) {
  constexpr Index most = sizeof(typename Lane::Batch) == 64 ? 3 : 2;  // with more GCC 12 keeps sums on the stack
  // 128 kB on the stack: for each block of rows B's panels are laid out again.
  constexpr Index rows_laid_out = registers::moves_freely<typename Lane::Batch> ? 1024 / Index{sizeof(T)} : 0;
  alignas(64) T place[rows_laid_out > 0 ? rows_laid_out * terms_at_once : 1];
  const bool lays_a_out = rows_laid_out > 0 && of_a.row == 1 && n * Index{sizeof(T)} > 64 && m >= Lane::width;
  // So many rows make up for laying out a panel; of few terms, no more than let a block of C stay in a cache until its
  // strips are whole.
  const Index at_once = k <= 64 ? 32 : lays_a_out ? rows_laid_out : 256;
  for (Index i = 0; i < m; i += at_once) {
    const Index rows = m - i < at_once ? m - i : at_once;
    for (Index l = 0; l < k; l += terms_at_once) {
      const Index terms = k - l < terms_at_once ? k - l : terms_at_once;
      const T* const from = a + i * of_a.row + l * of_a.column;
      const Block<Lane, T> block =
          lays_a_out ? Block<Lane, T>(from, of_a, rows, terms, place) : Block<Lane, T>(from, of_a);
      products::each_columns<Lane, most>(n, [&](auto v, Index j) {
        const Index left = n - j, wide = v * Lane::width;
        products::tiles_of_columns<Lane, v>(block, b + l * of_b.row + j * of_b.column, of_b, rows, n,
                                            left < wide ? left : wide, terms, l == 0, c + i * n + j);
      });
    }
  }
}

}  // namespace xgrad::kernels::products
