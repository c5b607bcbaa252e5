// The elementwise loops for CPUs with AVX2 and FMA, which only this file may use.

// xsimd reduces large angles one by one, in functions whose names say nothing of the instruction set: give them others.
#define __ieee754_rem_pio2 rem_pio2_avx2        // NOLINT(bugprone-reserved-identifier)
#define __kernel_rem_pio2 kernel_rem_pio2_avx2  // NOLINT(bugprone-reserved-identifier)

#include <autograd/kernels/run.hpp>

namespace xgrad {

constinit const kernels::Table kernels::avx2 = table_of<xsimd::fma3<xsimd::avx2>>(formulas::Listed{}, folds::Listed{});

}  // namespace xgrad
