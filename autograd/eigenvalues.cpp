// Eigenvalues of a Hessian, by LAPACK. A build without a BLAS library has none.

#include <autograd/derivatives.hpp>

#include <cmath>

#include <autograd/kernel.hpp>

#ifndef XTENSOR_USE_FLENS_BLAS
// Fortran compilers append the lengths of character arguments.
extern "C" void dsyev_(const char* jobs, const char* triangle, const int* n, double* a, const int* leading, double* w,
                       double* work, const int* work_size, int* info, std::size_t, std::size_t);
#endif

namespace xgrad {

Tensor Hessian::eigenvalues(const Where& where) const {
#ifdef XTENSOR_USE_FLENS_BLAS
  throw NumericError("eigenvalues: this build has no LAPACK: build it with a BLAS library", where);
#else
  if (!matrix.defined()) throw ShapeError("eigenvalues: the Hessian is empty: hessian(…) makes one", where);
  const Index size = matrix.shape()[0];
  const double* h = elements<double>(matrix);
  Tensor symmetric = detail::allocate(matrix.shape(), f64), result = detail::allocate({size}, f64);
  double* a = mutable_elements<double>(symmetric);
  for (Index i = 0; i < size; ++i)
    for (Index j = 0; j < size; ++j) {
      a[i * size + j] = (h[i * size + j] + h[j * size + i]) / 2;
      if (!std::isfinite(a[i * size + j]))
        throw NumericError("eigenvalues: d²/d" + entries[static_cast<std::size_t>(i)] + " d" +
                               entries[static_cast<std::size_t>(j)] + " is not finite",
                           where);
    }
  if (size == 0) return result;
  const int n = static_cast<int>(size);
  int info = 0, work_size = -1;  // −1 asks for the best size
  double best = 0;
  dsyev_("N", "U", &n, a, &n, mutable_elements<double>(result), &best, &work_size, &info, 1, 1);
  work_size = static_cast<int>(best);
  std::vector<double> work(static_cast<std::size_t>(work_size));
  dsyev_("N", "U", &n, a, &n, mutable_elements<double>(result), work.data(), &work_size, &info, 1, 1);
  if (info != 0) throw NumericError("eigenvalues: LAPACK's iteration does not converge on this Hessian", where);
  return result;
#endif
}

}  // namespace xgrad
