// Tensors from numbers.

#include <algorithm>
#include <cmath>

#include <autograd/contents.hpp>
#include <autograd/tensor.hpp>

namespace xgrad {
namespace {

void check_sizes(const char* what, const Shape& shape) {
  for (Index size : shape)
    if (size < 0) throw ShapeError(std::string(what) + ": negative size in shape " + to_string(shape));
}

template <class F>
Tensor generate(const char* what, const Shape& shape, DType dtype, F f) {
  check_sizes(what, shape);
  if (dtype != f32 && dtype != f64) throw DTypeError(std::string(what) + ": a Tensor is made as f32 or f64");
  Tensor t = detail::allocate(shape, dtype);
  const auto fill = [&f, size = t.size()]<class T>(T* out) {
    for (Index i = 0; i < size; ++i) out[i] = static_cast<T>(f(i));
  };
  void* data = detail::mutable_data(t);
  if (contents::f32 && dtype == f32)
    fill(static_cast<float*>(data));
  else
    fill(static_cast<double*>(data));
  return t;
}

}  // namespace

Tensor tensor(const std::vector<double>& values, DType dtype) {
  return tensor(values, Shape{static_cast<Index>(values.size())}, dtype);
}

Tensor tensor(const std::vector<double>& values, const Shape& shape, DType dtype) {
  check_sizes("tensor", shape);
  if (element_count(shape) != static_cast<Index>(values.size()))
    throw ShapeError("tensor: " + std::to_string(values.size()) + " values do not fill shape " + to_string(shape));
  return generate("tensor", shape, dtype, [&](Index i) { return values[static_cast<std::size_t>(i)]; });
}

Tensor scalar(double value, DType dtype) { return full({}, value, dtype); }

Tensor matrix(std::initializer_list<std::initializer_list<double>> rows, DType dtype) {
  std::vector<double> values;
  for (const auto& row : rows) {
    if (row.size() != rows.begin()->size())
      throw ShapeError("matrix: rows of " + std::to_string(rows.begin()->size()) + " and of " +
                       std::to_string(row.size()) + " values");
    values.insert(values.end(), row);
  }
  const Index count = static_cast<Index>(rows.size());
  return tensor(values, {count, count ? static_cast<Index>(rows.begin()->size()) : 0}, dtype);
}

Tensor full(const Shape& shape, double value, DType dtype) {
  return generate("full", shape, dtype, [&](Index) { return value; });
}
Tensor zeros(const Shape& shape, DType dtype) { return full(shape, 0, dtype); }
Tensor ones(const Shape& shape, DType dtype) { return full(shape, 1, dtype); }

Tensor arange(double start, double stop, double step, DType dtype) {
  if (step == 0) throw ShapeError("arange: step is 0");
  const Index count = std::max<Index>(0, static_cast<Index>(std::ceil((stop - start) / step)));
  return generate("arange", {count}, dtype, [&](Index i) { return start + static_cast<double>(i) * step; });
}

Tensor linspace(double start, double stop, Index count, DType dtype) {
  return generate("linspace", {count}, dtype, [&](Index i) {
    return i == count - 1 ? stop : start + static_cast<double>(i) * ((stop - start) / static_cast<double>(count - 1));
  });
}

Tensor eye(Index n, DType dtype) {
  return generate("eye", {n, n}, dtype, [&](Index i) { return i / n == i % n ? 1. : 0.; });
}

}  // namespace xgrad
