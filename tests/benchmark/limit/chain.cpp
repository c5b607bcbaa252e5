#include "chain.hpp"

#include "functions.hpp"

namespace limit {

using Id = ChainTape::Id;

void ChainTape::clear() {
  records_.clear();
  values_.clear();
}

Id ChainTape::push(Kind kind, Id a, Id b, std::size_t size) {
  records_.push_back({kind, a, b, values_.size(), size});
  values_.resize(values_.size() + size);
  return records_.size() - 1;
}

Id ChainTape::leaf(const std::vector<double>& values) {
  const Id id = push(Kind::leaf, 0, 0, values.size());
  for (std::size_t i = 0; i < values.size(); ++i) values_[records_[id].at + i] = values[i];
  return id;
}

Id ChainTape::tanh(Id a) {
  const std::size_t size = records_[a].size;
  const Id id = push(Kind::tanh, a, a, size);
  const double* __restrict x = &values_[records_[a].at];
  double* __restrict y = &values_[records_[id].at];
#pragma omp simd
  for (std::size_t i = 0; i < size; ++i) y[i] = limit::tanh(x[i]);
  return id;
}

Id ChainTape::multiply(Id a, Id b) {
  const std::size_t size = records_[a].size;
  const Id id = push(Kind::multiply, a, b, size);
  const double* __restrict x = &values_[records_[a].at], * __restrict z = &values_[records_[b].at];
  double* __restrict y = &values_[records_[id].at];
#pragma omp simd
  for (std::size_t i = 0; i < size; ++i) y[i] = x[i] * z[i];
  return id;
}

Id ChainTape::add(Id a, Id b) {
  const std::size_t size = records_[a].size;
  const Id id = push(Kind::add, a, b, size);
  const double* __restrict x = &values_[records_[a].at], * __restrict z = &values_[records_[b].at];
  double* __restrict y = &values_[records_[id].at];
#pragma omp simd
  for (std::size_t i = 0; i < size; ++i) y[i] = x[i] + z[i];
  return id;
}

Id ChainTape::sum(Id a) {
  const Id id = push(Kind::sum, a, a, 1);
  double total = 0;
  for (std::size_t i = 0; i < records_[a].size; ++i) total += values_[records_[a].at + i];
  values_[records_[id].at] = total;
  return id;
}

void ChainTape::backward(Id last) {
  gradients_.assign(values_.size(), 0);
  gradients_[records_[last].at] = 1;
  for (Id id = last + 1; id-- > 0;) {
    const Record& r = records_[id];
    if (r.kind == Kind::leaf) continue;
    const double* __restrict g = &gradients_[r.at], * __restrict y = &values_[r.at];
    const double *x = &values_[records_[r.a].at], *z = &values_[records_[r.b].at];
    double *g_a = &gradients_[records_[r.a].at], *g_b = &gradients_[records_[r.b].at];
    switch (r.kind) {
      case Kind::tanh:
#pragma omp simd
        for (std::size_t i = 0; i < r.size; ++i) g_a[i] += g[i] * (1 - y[i] * y[i]);
        break;
      case Kind::multiply:
#pragma omp simd
        for (std::size_t i = 0; i < r.size; ++i) {
          g_a[i] += g[i] * z[i];
          g_b[i] += g[i] * x[i];
        }
        break;
      case Kind::add:
#pragma omp simd
        for (std::size_t i = 0; i < r.size; ++i) {
          g_a[i] += g[i];
          g_b[i] += g[i];
        }
        break;
      default:
        for (std::size_t i = 0; i < records_[r.a].size; ++i) g_a[i] += g[0];
    }
  }
}

double ChainTape::gradient(Id x) const {
  double total = 0;
  for (std::size_t i = 0; i < records_[x].size; ++i) total += gradients_[records_[x].at + i];
  return total;
}

}  // namespace limit
