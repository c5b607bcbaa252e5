#include <nn/data/dataset.hpp>

namespace xgrad::nn::data {

Index size(const Dataset& data) {
  if (!data.x.defined() || !data.y.defined()) throw ShapeError("data: the Dataset is empty");
  const Shape &x = data.x.shape(), &y = data.y.shape();
  if (x.rank() == 0 || y.rank() == 0 || x[0] != y[0])
    throw ShapeError("data: x " + to_string(x) + " and y " + to_string(y) + " must have one row for each example");
  return x[0];
}

const char* to_string(Problem problem) {
  switch (problem) {
    case Problem::binary:
      return "binary";
    case Problem::classes:
      return "classes";
    default:
      return "regression";
  }
}

}  // namespace xgrad::nn::data
