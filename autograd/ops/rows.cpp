#include <autograd/ops/rows.hpp>

namespace xgrad {

template <class T>
T ops::row_sum(const T* row, Index length) {
  T sum(0);
  if (length > 0) kernels::folds_of<folds::Sum, T>().rows(row, 1, length, &sum);
  return sum;
}

template <class T>
void ops::exponentials(const T* x, const Around& at, Index from, Index count, T* shifted, T* powers, T* sums) {
  const Index length = at.length;
  const Shape block{count, length}, kept{count, 1};
  const T* read = x + start_of(from, at);
  if (at.inner != 1) {
    for (Index r = 0; r < count; ++r)
      for (Index j = 0; j < length; ++j) shifted[r * length + j] = x[start_of(from + r, at) + j * at.inner];
    read = shifted;
  }
  T* largest = sums;
  std::fill_n(largest, count, math::constant<T>(folds::Largest::of_nothing));
  kernels::fold(folds::Largest{}, read, block, largest, kept);
  for (Index r = 0; r < count; ++r) largest[r] = T(math::real(largest[r]));
  kernels::map<formulas::Sub, T>({}, block, shifted, {read, largest}, {&block, &kept});
  kernels::map<formulas::Exp, T>({}, block, powers, {shifted}, {&block});
  std::fill_n(sums, count, T(0));
  kernels::fold(folds::Sum{}, powers, block, sums, kept);
}

template float ops::row_sum(const float*, Index);
template double ops::row_sum(const double*, Index);
template Complex ops::row_sum(const Complex*, Index);
template void ops::exponentials(const float*, const Around&, Index, Index, float*, float*, float*);
template void ops::exponentials(const double*, const Around&, Index, Index, double*, double*, double*);
template void ops::exponentials(const Complex*, const Around&, Index, Index, Complex*, Complex*, Complex*);

}  // namespace xgrad
