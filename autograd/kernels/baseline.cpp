// The elementwise loops for any CPU of the kind that the library is built for.

#include <autograd/kernels/run.hpp>

namespace xgrad {

constinit const kernels::Table kernels::baseline = table_of<xsimd::default_arch>(formulas::Listed{}, folds::Listed{});

}  // namespace xgrad
