#include <autograd/ops/family.hpp>

namespace xgrad {

const std::vector<Op>& catalogue() {
  static const std::vector<Op> all = [] {
    using Families = ops::Family& (*)();
    constexpr Families families[] = {
        ops::elementwise, ops::trigonometry,  ops::activation, ops::backward,    ops::binary, ops::comparison,
        ops::reduce,      ops::statistics,    ops::scan,       ops::shape,       ops::order,  ops::join,
        ops::index,       ops::gather,        ops::linalg,     ops::linear,      ops::matrix, ops::einsum,
        ops::softmax,     ops::normalization, ops::window,     ops::convolution, ops::pool,   ops::cross_entropy,
        ops::loss,        ops::loss_backward};
    std::vector<Op> list;
    for (const Families family : families) list.insert(list.end(), family().begin(), family().end());
    return list;
  }();
  return all;
}

}  // namespace xgrad
