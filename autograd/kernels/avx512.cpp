// The elementwise loops for CPUs with AVX-512 (F, CD, DQ, BW, VL), which only this file may use.

// xsimd reduces large angles one by one, in functions whose names say nothing of the instruction set: give them others.
#define __ieee754_rem_pio2 rem_pio2_avx512        // NOLINT(bugprone-reserved-identifier)
#define __kernel_rem_pio2 kernel_rem_pio2_avx512  // NOLINT(bugprone-reserved-identifier)

#include <autograd/kernels/run.hpp>

namespace xgrad {

constinit const kernels::Table kernels::avx512 = table_of<xsimd::avx512bw>(formulas::Listed{}, folds::Listed{});

}  // namespace xgrad
