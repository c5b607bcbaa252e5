#include <autograd/ops/family.hpp>

namespace xgrad {

const std::vector<Op>& catalogue() {
  static const std::vector<Op> all = [] {
    std::vector<Op> list;
    for (const ops::Family* family : {&ops::elementwise(), &ops::trigonometry(), &ops::activation(), &ops::binary(),
                                      &ops::comparison(), &ops::reduce(), &ops::shape(), &ops::order(), &ops::join(),
                                      &ops::index(), &ops::gather(), &ops::linalg(), &ops::softmax(), &ops::loss()})
      list.insert(list.end(), family->begin(), family->end());
    return list;
  }();
  return all;
}

}  // namespace xgrad
