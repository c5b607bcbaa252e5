// The elementwise loops for CPUs with AVX2 and FMA, which only this file may use.

#include <autograd/kernels/run.hpp>

namespace xgrad {

constinit const kernels::Table kernels::avx2 = table_of<xsimd::fma3<xsimd::avx2>>(formulas::Listed{});

}  // namespace xgrad
