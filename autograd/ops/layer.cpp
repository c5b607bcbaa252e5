#include <autograd/ops/layer.hpp>

#include <algorithm>

#include <autograd/deferred.hpp>
#include <autograd/ops/product.hpp>

namespace xgrad {
namespace {

using detail::Deferred;
using detail::Storage;

// What stays in the nearest cache, beside as much of two other things.
constexpr Index bytes_at_once = 8'192;

template <class T>
Tensor tile_of(const Tensor& row, Index times) {
  Tensor tile = detail::allocate({times, row.size()}, dtype_of<T>);
  loops::repeat(mutable_elements<T>(tile), elements<T>(row), row.size(), times);
  return tile;
}

bool has_rows(const Tensor& t, const Tensor& row) {
  const Index length = t.shape()[t.rank() - 1];
  return row.size() == length && row.rank() <= t.rank() && (row.rank() == 0 || row.shape()[row.rank() - 1] == length);
}

}  // namespace

bool ops::waits(const Tensor& t) {
  const Storage& v = Storage::of(t);
  return v.deferred == Deferred::product && v.unread();
}

template <class T>
bool ops::pass_on(const Tensor& t, T* out, const Step<T>& f) {
  const Storage& v = Storage::of(t);
  const detail::Making making(v);
  if (!v.unread() || std::exchange(v.passed_on, true)) return false;
  make_layer<T>(v, out, f);
  return true;
}

// What is made on the way lies in one place that stays in the nearest cache: only f's results go to `out`, while f
// computes others.
template <class T>
void ops::make_layer(const Storage& v, T* out, const Step<T>& f) {
  const Stored a(v.source), b(v.other);
  const bool has_row = v.row.defined();
  const Index length = v.shape[v.shape.rank() - 1], rows = element_count(v.shape) / length;
  constexpr Index most = bytes_at_once / Index{sizeof(T)};
  const Index at_once = std::clamp<Index>(most / length, 1, rows);
  const auto add = kernels::run_of<formulas::Add, T>();

  const Product product{a.transposed, b.transposed, rows, v.other.shape()[1], v.other.shape()[0]};
  const bool in_blocks = product.rows_are_independent<T>();
  T room[Product::most_laid_out];
  const T *const left = elements<T>(a.values), *const stored = elements<T>(b.values),
                 *const right = in_blocks ? product.by_rows(stored, room) : stored;
  const Product::Cut cut = in_blocks ? Product::Cut{} : product.cut<T>(Threads::count());
  parallel(cut.count, [&](Index part) { product.make(cut, part, left, right, out); });

  const T* row = has_row ? elements<T>(v.row) : nullptr;
  const bool tiles = has_row && !in_blocks && length > 1;  // one number is added as it is, while the others move on
  const Tensor tile = tiles ? tile_of<T>(v.row, at_once) : Tensor();
  const T* const added = tiles ? elements<T>(tile) : row;
  loops::rows_in_blocks(rows, at_once, length, [&](Index first, Index count) {
    alignas(64) T nearby[most];
    T* const to = out + first * length;
    T* const made = f && length <= most ? nearby : to;
    if (in_blocks) {
      product.make_rows(first, count, left, right, row, made);
    } else if (has_row) {
      const std::array<const T*, 2> in{to, added};
      add({}, made, in.data(), tiles ? 3 : 1, count * length);
    }
    if (f) f(in_blocks || has_row ? made : to, to, count * length);
  });
}

template void ops::make_layer(const Storage&, float*, const Step<float>&);
template void ops::make_layer(const Storage&, double*, const Step<double>&);
template bool ops::pass_on(const Tensor&, float*, const Step<float>&);
template bool ops::pass_on(const Tensor&, double*, const Step<double>&);

Tensor ops::wait_for_row_sum(const Call& c, const Shape& shape) {
  if (!c.may_wait || !waits(c.x[0])) return {};
  if (shape != c.x[0].shape() || !has_rows(c.x[0], c.x[1])) return {};
  Tensor row = detail::settled(c.x[1]);
  const Storage& v = Storage::of(c.x[0]);
  const detail::Making making(v);
  if (!v.unread() || v.row.defined()) return {};  // the row was made of it maybe
  return detail::defer(Deferred::product, shape, v.source, v.other, std::move(row));
}

Tensor ops::wait_for_product(const Call& c, const Shape& shape, const Tensor& b, const Tensor& row) {
  const Tensor& a = c.x[0];
  if (b.rank() != 2 || a.rank() < 2) return {};
  if (b.size() == 0 || element_count(shape) == 0) return {};
  if (a.rank() > 2 && a.transposed_source().defined()) return {};  // a stack of transposes is no tall matrix
  using detail::settled;
  return detail::defer(Deferred::product, shape, settled(a), settled(b), row.defined() ? settled(row) : row);
}

}  // namespace xgrad
