// The elementwise loops for CPUs with AVX-512 (F, CD, DQ, BW, VL), which only this file may use.

#include <autograd/kernels/run.hpp>

namespace xgrad {

constinit const kernels::Table kernels::avx512 = table_of<xsimd::avx512bw>(formulas::Listed{});

}  // namespace xgrad
