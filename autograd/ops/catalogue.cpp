#include <autograd/ops/family.hpp>

namespace xgrad {

const std::vector<Op>& catalogue() {
  static const std::vector<Op> all = [] {
    std::vector<Op> list;
    for (const ops::Family* family :
         {&ops::elementwise(), &ops::binary(), &ops::comparison(), &ops::reduce(), &ops::statistics(), &ops::scan(),
          &ops::shape(), &ops::linalg(), &ops::softmax(), &ops::loss()})
      list.insert(list.end(), family->begin(), family->end());
    return list;
  }();
  return all;
}

}  // namespace xgrad
