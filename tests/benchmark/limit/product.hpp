#pragma once
// A product of matrices by BLAS alone.

#include <cblas.h>

#include <cstddef>

namespace limit {

inline constexpr auto plain = CblasNoTrans, transposed = CblasTrans;

// C = alpha·op(A)·op(B) + beta·C, C (m, n), k terms an element; all row-major without gaps.
template <class T>
void multiply(CBLAS_TRANSPOSE a_as, CBLAS_TRANSPOSE b_as, std::size_t m, std::size_t n, std::size_t k, T alpha,
              const T* a, const T* b, T beta, T* c) {
  const auto whole = [](std::size_t i) { return static_cast<int>(i); };
  const int a_row = whole(a_as == plain ? k : m), b_row = whole(b_as == plain ? n : k);
  if constexpr (sizeof(T) == 8)
    cblas_dgemm(CblasRowMajor, a_as, b_as, whole(m), whole(n), whole(k), alpha, a, a_row, b, b_row, beta, c, whole(n));
  else
    cblas_sgemm(CblasRowMajor, a_as, b_as, whole(m), whole(n), whole(k), alpha, a, a_row, b, b_row, beta, c, whole(n));
}

}  // namespace limit
