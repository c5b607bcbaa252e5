// The only file that includes xtensor-blas: one gemm a matrix, a transposed operand by BLAS' flag. Thin and small
// matrices go through loops of the library's own (kernels/products.hpp, tiles.hpp), which are quicker there.

#include <autograd/ops/product.hpp>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include <xtensor-blas/xblas.hpp>

#include <autograd/kernels/dispatch.hpp>

#ifndef XTENSOR_USE_FLENS_BLAS
// Of each BLAS its own, null where another is linked.
extern "C" {
[[gnu::weak]] void openblas_set_num_threads(int count);
[[gnu::weak]] char* openblas_get_corename();
[[gnu::weak]] void bli_thread_set_num_threads(std::int64_t count);
[[gnu::weak]] void MKL_Set_Num_Threads(int count);
}
#endif

namespace xgrad {
namespace {

// Threads are the library's own (threads.hpp): a BLAS that starts some of its own would cut products by their number.
void one_blas_thread() {
  static const bool once = [] {
#ifndef XTENSOR_USE_FLENS_BLAS
    if (openblas_set_num_threads) openblas_set_num_threads(1);
    if (bli_thread_set_num_threads) bli_thread_set_num_threads(1);
    if (MKL_Set_Num_Threads) MKL_Set_Num_Threads(1);
#endif
    return true;
  }();
  (void)once;
}

// Not one that LAPACK has brought along beside another BLAS.
bool is_openblas() {
#ifdef XTENSOR_USE_FLENS_BLAS
  return false;
#else
  return openblas_set_num_threads && !bli_thread_set_num_threads && !MKL_Set_Num_Threads;
#endif
}

// One that takes registers as wide as the library's own loops do. OpenBLAS has kernels for 128 bits, and takes them on
// many a CPU that it does not know.
[[maybe_unused]] bool has_fit_blas() {
#ifdef XTENSOR_USE_FLENS_BLAS
  return false;  // but simple loops
#else
  static const bool fit = [] {
    if (!is_openblas() || !openblas_get_corename || std::string_view(instruction_set()) == "baseline") return true;
    const std::string_view name = openblas_get_corename();
    return name != "Prescott" && name != "Core2" && name != "Nehalem" && name != "Barcelona";
  }();
  return fit;
#endif
}

// Parts begin at multiples of so many rows and have twice as many at least: OpenBLAS' result then does not depend on
// the cut (cut along columns, several of its kernels give other bits), and thin matrices fill a register of rows.
// Products of fewer terms are not worth a thread, and those of less than a million have kernels of their own in
// OpenBLAS, which add up in another order.
constexpr Index rows_together = 12, least_rows = 2 * rows_together, least_terms = 2'000'000;

// Tiles give the bits of the whole wherever they begin; so many rows fill the largest.
constexpr Index rows_of_a_tile = 8;

// Of a transposed operand that is laid out anew.
constexpr Index most_columns = Product::most_laid_out / kernels::most_terms;

}  // namespace

template <class T>
Product::Routine Product::routine() const {
  if constexpr (contents::fast_loops && !std::same_as<T, Complex>) {
    if (n == 1 && (m == 1 || !transpose_a)) return Routine::column;
    // B given by columns has to be laid out by rows first.
    if (k <= kernels::most_terms && (!transpose_b || (m >= 8 && n <= most_columns))) return Routine::few_terms;
    // Both operands have a row for each term.
    if ((transpose_a || m == 1) && (!transpose_b || n == 1) && std::min(m, n) <= 4) return Routine::down_rows;
    const kernels::Products<T>& products = kernels::chosen();
    if (m * n * k <= products.most_in_tiles || !has_fit_blas()) return Routine::tiles;
  }
  return Routine::blas;
}

template <class T>
Product::Cut Product::cut(Index threads) const {
  if (better_turned()) return turned().cut<T>(threads);
  const Index most = m * n * k / least_terms;
  if (most < 2) return whole();
  const Routine how = routine<T>();
  if (how == Routine::down_rows) return whole();
  if (how == Routine::blas && !parts_are_like_whole<T>()) threads = 4;
  const Index parts = std::min(threads, most);
  if (how == Routine::tiles) {
    const Index tiles = (m + rows_of_a_tile - 1) / rows_of_a_tile, rows = (tiles + parts - 1) / parts * rows_of_a_tile;
    return rows < m ? Cut{rows, (m + rows - 1) / rows} : whole();
  }
  Index rows = std::max(m / parts / rows_together * rows_together, least_rows);
  if (m - (parts - 1) * rows >= rows + rows_together) rows += rows_together;  // else the last would be the longest
  const Index rest = m % rows;
  const bool last = rest >= least_rows && 2 * rest * n * k > least_terms;  // or the one before takes them in
  const Index count = m / rows + (last ? 1 : 0);
  return parts < 2 || count < 2 ? whole() : Cut{rows, count};
}

template <class T>
bool Product::rows_are_independent() const {
  return !better_turned() && routine<T>() == Routine::few_terms;
}

template <class T>
void Product::make(const Cut& cut, Index part, const T* a, const T* b, T* c) const {
  if (better_turned()) {
    turned().make(cut, part, b, a, c);
    return;
  }
  const Routine how = routine<T>();
  const Index row = part * cut.rows, rows = part + 1 == cut.count ? m - row : cut.rows;
  if (how == Routine::blas)
    gemm(row, rows, a, b, c);
  else
    own(how, row, rows, a, b, c);
}

template <class T>
void Product::own(Routine routine, Index row, Index rows, const T* a, const T* b, T* c) const {
  if constexpr (contents::fast_loops && !std::same_as<T, Complex>) {
    const kernels::Products<T>& products = kernels::chosen();
    if (routine == Routine::column) {
      products.column(a + row * k, b, rows, k, c + row);
    } else if (routine == Routine::down_rows) {
      if (m <= n)
        products.down_rows(a, b, m, n, k, c, n, 1);
      else
        products.down_rows(b, a, n, m, k, c, 1, n);
    } else if (routine == Routine::tiles) {
      const kernels::Steps of_a = transpose_a ? kernels::Steps{1, m} : kernels::Steps{k, 1},
                           of_b = transpose_b ? kernels::Steps{1, k} : kernels::Steps{n, 1};
      products.tiles(a + row * of_a.row, of_a, b, of_b, rows, n, k, c + row * n);
    } else {
      T room[most_laid_out];
      make_rows(row, rows, a, by_rows(b, room), static_cast<const T*>(nullptr), c + row * n);
    }
  }
}

template <class T>
const T* Product::by_rows(const T* b, T* room) const {
  if (!transpose_b || k == 1) return b;
  for (Index j = 0; j < n; ++j)
    for (Index l = 0; l < k; ++l) room[l * n + j] = b[j * k + l];
  return room;
}

template <class T>
void Product::make_rows(Index row, Index rows, const T* a, const T* b, const T* added, T* c) const {
  if constexpr (contents::fast_loops && !std::same_as<T, Complex>) {
    const Index step = transpose_a ? 1 : k, term = transpose_a ? m : 1;
    const kernels::Products<T>& products = kernels::chosen();
    products.few_terms(a + row * step, step, term, b, added, rows, n, k, c);
  }
}

template <class T>
void Product::gemm(Index row, Index rows, const T* a, const T* b, T* c) const {
  using blas = xt::blas_index_t;  // with another index type cxxblas takes its own loop instead of BLAS
  const auto size = [](Index i) { return static_cast<blas>(i); };
  one_blas_thread();
  cxxblas::gemm<blas>(cxxblas::RowMajor, transpose_a ? cxxblas::Trans : cxxblas::NoTrans,
                      transpose_b ? cxxblas::Trans : cxxblas::NoTrans, size(rows), size(n), size(k), T(1),
                      a + (transpose_a ? row : row * k), size(transpose_a ? m : k), b, size(transpose_b ? k : n), T(0),
                      c + row * n, size(n));
}

// Cutting costs: BLAS lays out the other operand anew for each part. So products are cut for as many threads as there
// are, which is right only if a BLAS adds up an element's terms in an order given by k alone, wherever the rows are
// cut. OpenBLAS 0.3.21 does, with every kind of x86-64 kernel (tests/product_test.cpp); BLIS takes other kernels for
// fewer rows. Whether the OpenBLAS at hand does is tried once: each way to transpose, more terms than it adds in one
// go, rows that do not come out even. If not, the cut follows from shapes.
template <class T>
bool Product::parts_are_like_whole() {
  static const bool alike = [] {
    if (!is_openblas()) return false;
    bool result = true;
    for (const bool transpose_a : {false, true})
      for (const bool transpose_b : {false, true}) {
        const Product p{transpose_a, transpose_b, least_rows + rows_together + 61, 43, 1100};
        const auto numbers = [](Index count) {  // not from the pool, which would keep their blocks
          std::vector<T> v(static_cast<std::size_t>(count));
          std::uint32_t state = 1;
          for (T& x : v) x = T(static_cast<float>((state = state * 1664525u + 1013904223u) >> 8) * 0x1p-24f - 0.5f);
          return v;
        };
        const std::vector<T> a = numbers(p.m * p.k), b = numbers(p.k * p.n);
        std::vector<T> c(static_cast<std::size_t>(p.m * p.n)), d = c;
        p.gemm(0, p.m, a.data(), b.data(), c.data());
        const Index first = least_rows + rows_together;
        p.gemm(0, first, a.data(), b.data(), d.data());
        p.gemm(first, p.m - first, a.data(), b.data(), d.data());
        result = result && c == d;
      }
    return result;
  }();
  return alike;
}

template bool Product::rows_are_independent<float>() const;
template bool Product::rows_are_independent<double>() const;
template Product::Cut Product::cut<float>(Index) const;
template Product::Cut Product::cut<double>(Index) const;
template Product::Cut Product::cut<Complex>(Index) const;
template void Product::make(const Cut&, Index, const float*, const float*, float*) const;
template void Product::make(const Cut&, Index, const double*, const double*, double*) const;
template void Product::make(const Cut&, Index, const Complex*, const Complex*, Complex*) const;
template const float* Product::by_rows(const float*, float*) const;
template const double* Product::by_rows(const double*, double*) const;
template void Product::make_rows(Index, Index, const float*, const float*, const float*, float*) const;
template void Product::make_rows(Index, Index, const double*, const double*, const double*, double*) const;

}  // namespace xgrad
