#pragma once
// How many threads the BLAS of the limits takes.

namespace limit {

/// OpenBLAS' own setting; another BLAS stays as it is.
void set_blas_threads(int count);

}  // namespace limit
