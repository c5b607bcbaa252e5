#pragma once
// One product of two matrices: which routine makes it, and how it is cut for several threads.

#include <autograd/loops.hpp>

namespace xgrad {

/// C = op(A) · op(B), C (m, n), k ≥ 1 terms an element; all row-major without gaps, a transposed operand as it is
/// stored. The routine follows from shapes, flags, the instruction set and the BLAS at hand, and so does the order in
/// which an element's terms are added.
struct Product {
  bool transpose_a, transpose_b;
  Index m, n, k;

  /// `count` parts that can be made at the same time, of `rows` rows each but for the last.
  struct Cut {
    Index rows, count;
  };
  Cut whole() const { return {m, 1}; }
  /// For as many threads. Each part has the bits that the whole would give it: the threads do not show in the result.
  template <class T>
  Cut cut(Index threads) const;
  /// Whether any rows, cut anyhow, have the bits of the whole; then make_rows() makes them.
  template <class T>
  bool rows_are_independent() const;
  template <class T>
  void make(const Cut& cut, Index part, const T* a, const T* b, T* c) const;
  /// B with its rows one after another, as make_rows() takes it: b itself, or laid out in room for `most_laid_out`.
  template <class T>
  const T* by_rows(const T* b, T* room) const;
  static constexpr Index most_laid_out = 4096;
  /// So many rows from `row` on, which c begins with; to each is added the row `added`, if there.
  template <class T>
  void make_rows(Index row, Index rows, const T* a, const T* b, const T* added, T* c) const;

 private:
  enum class Routine { column, few_terms, down_rows, tiles, blas };
  template <class T>
  Routine routine() const;
  // Cᵀ = op(B)ᵀ · op(A)ᵀ, the same elements where C is one row or one column.
  bool better_turned() const { return (m == 1) != (n == 1) && (m == 1 ? transpose_b : transpose_a); }
  Product turned() const { return {!transpose_b, !transpose_a, n, m, k}; }
  template <class T>
  void own(Routine routine, Index row, Index rows, const T* a, const T* b, T* c) const;
  template <class T>
  void gemm(Index row, Index rows, const T* a, const T* b, T* c) const;
  template <class T>
  static bool parts_are_like_whole();
};

}  // namespace xgrad
