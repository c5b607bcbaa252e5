#include <autograd/ops/layer.hpp>

#include <algorithm>

#include <autograd/ops/product.hpp>
#include <autograd/storage.hpp>

namespace xgrad {
namespace {

using detail::Deferred;
using detail::Storage;

// What stays in the nearest cache, beside as much of two other things.
constexpr Index bytes_at_once = 8'192;

// f(first, rows) for all rows, some at a time, on this thread's hands.
template <class F>
void each_block(Index rows, Index at_once, Index length, F f) {
  loops::rows_in_parts(rows, at_once, length, [&](Index from, Index end) {
    for (; from < end; from += at_once) f(from, std::min(at_once, end - from));
  });
}

template <class T>
Tensor tile_of(const Tensor& row, Index times) {
  Tensor tile = detail::allocate({times, row.size()}, dtype_of<T>);
  loops::repeat(mutable_elements<T>(tile), elements<T>(row), row.size(), times);
  return tile;
}

Product product_of(const Tensor& a, const Tensor& b, Index rows) {
  return {a.transposed_source().defined(), b.transposed_source().defined(), rows, b.shape()[1], b.shape()[0]};
}

template <class T>
const T* stored(const Tensor& t) {
  const Tensor source = t.transposed_source();
  return elements<T>(source.defined() ? source : t);
}

bool has_rows(const Tensor& t, const Tensor& row) {
  const Index length = t.shape()[t.rank() - 1];
  return row.size() == length && row.rank() <= t.rank() && (row.rank() == 0 || row.shape()[row.rank() - 1] == length);
}

}  // namespace

bool ops::waits(const Tensor& t) {
  const Storage& v = Storage::of(t);
  return (v.deferred == Deferred::product || v.deferred == Deferred::row_sum) && v.unread();
}

// What is made on the way lies in one place that stays in the nearest cache: only f's results go to `out`, while f
// computes others.
template <class T>
bool ops::make_layer(const Tensor& t, T* out, const Step<T>& f) {
  const Storage& v = Storage::of(t);
  if (f && v.passed_on.exchange(true)) return false;  // asked for again, it is worth keeping
  const auto [source, other] = v.parts();
  if (!source.defined()) return false;
  const bool has_row = v.deferred == Deferred::row_sum;
  const auto [a, b] = has_row ? Storage::of(source).parts() : std::array{source, other};
  const bool multiplies = a.defined();  // or the product has been read
  const Index length = t.shape()[t.rank() - 1], rows = t.size() / length;
  constexpr Index most = bytes_at_once / Index{sizeof(T)};
  const Index at_once = std::clamp<Index>(most / length, 1, rows);
  const auto add = kernels::run_of<formulas::Add, T>();

  Product product{};
  const T *left = nullptr, *right = nullptr;
  bool in_blocks = false;
  if (multiplies) {
    product = product_of(a, b, rows);
    in_blocks = product.rows_are_independent<T>();
    product.transpose_b = product.transpose_b && !in_blocks;  // is laid out once, not for each block
    left = stored<T>(a);
    right = in_blocks ? elements<T>(b) : stored<T>(b);
  }
  const Product::Cut cut = multiplies && !in_blocks ? product.cut<T>(Threads::count()) : Product::Cut{};
  parallel(cut.count, [&](Index part) { product.make(cut, part, left, right, out); });

  const bool changes = in_blocks || has_row;
  const T* read = multiplies ? out : elements<T>(source);
  const T* row = has_row ? elements<T>(other) : nullptr;
  const Tensor tile = has_row && !in_blocks ? tile_of<T>(other, at_once) : Tensor();
  each_block(rows, at_once, length, [&](Index first, Index count) {
    alignas(64) T nearby[most];
    T* const to = out + first * length;
    T* const made = f && length <= most ? nearby : to;
    const T* from = read + first * length;
    if (in_blocks) {
      product.make_rows(first, count, left, right, row, made);
    } else if (has_row) {
      const std::array<const T*, 2> in{from, elements<T>(tile)};
      add({}, made, in.data(), 3, count * length);
    }
    if (f) f(changes ? made : from, to, count * length);
  });
  return true;
}

template bool ops::make_layer(const Tensor&, float*, const Step<float>&);
template bool ops::make_layer(const Tensor&, double*, const Step<double>&);

Tensor ops::wait_for_row_sum(const Call& c, const Shape& shape) {
  if (!c.may_wait || !waits(c.x[0]) || Storage::of(c.x[0]).deferred != Deferred::product) return {};
  if (shape != c.x[0].shape() || !has_rows(c.x[0], c.x[1])) return {};
  return Storage::defer(Deferred::row_sum, shape, c.x[0], detail::settled(c.x[1]));
}

Tensor ops::wait_for_product(const Call& c, const Shape& shape) {
  const Tensor &a = c.x[0], &b = c.x[1];
  if (!c.may_wait || b.rank() != 2 || a.rank() < 2) return {};
  if (b.size() == 0 || element_count(shape) == 0) return {};
  if (a.rank() > 2 && a.transposed_source().defined()) return {};  // a stack of transposes is no tall matrix
  return Storage::defer(Deferred::product, shape, detail::settled(a), detail::settled(b));
}

}  // namespace xgrad
