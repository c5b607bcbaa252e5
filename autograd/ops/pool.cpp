// Pooling over windows.

#include <limits>

#include <autograd/ops/window.hpp>
#include <autograd/pool.hpp>

namespace xgrad {

ops::Family& ops::pool() {
  static Family family;
  return family;
}

namespace {

using enum SampleKind;
using samples::values;
using namespace windows;

Shape pooled_shape(const Call& c) {
  const Windows w = windows_of_x(c);
  return {c.x[0].shape()[0], c.x[0].shape()[1], w.down.count(), w.across.count()};
}

// f(plane, each_tap) for each plane; each_tap(g) calls g(k, seen) with what tap k sees of it, one element a window,
// `beyond` on the padding.
template <class T, class F>
void each_plane(const Call& c, const Taps& taps, T beyond, F f) {
  const T* x = elements<T>(c.x[0]);
  taps.each_part(c.x[0].shape()[0] * c.x[0].shape()[1], [&](Index first, Index past) {
    pool::Vector<T> seen(static_cast<std::size_t>(taps.windows()));
    for (Index i = first; i < past; ++i)
      f(i, [&](auto g) {
        for (Index k = 0; k < taps.size(); ++k) {
          taps.unfold(k, x + i * taps.area(), beyond, seen.data());
          g(k, seen.data());
        }
      });
  });
}

// y = f(… f(f(start, x), x′) …) over the elements of each window; `start` is what changes nothing.
template <class T, class F>
void pool_windows(const Call& c, T* y, T start, F f) {
  const Taps taps(windows_of_x(c));
  const Index windows = taps.windows();
  each_plane(c, taps, start, [&](Index plane, auto each_tap) {
    T* const to = y + plane * windows;
    std::fill_n(to, windows, start);
    each_tap([&](Index, const T* seen) {
      for (Index i = 0; i < windows; ++i) to[i] = f(to[i], seen[i]);
    });
  });
}

// A result, or its cotangent, against the taps of its windows: (n, c, 1, windows).
Tensor by_window(const Tensor& t) {
  const Shape& s = t.shape();
  return reshape(t, {s[0], s[1], 1, s[2] * s[3]});
}

// (n, c, taps, windows), a value for each tap, summed where the taps lie in x.
Tensor fold_taps(const Tensor& t, const Call& c) {
  const Shape &s = t.shape(), &x = c.x[0].shape();
  return fold(reshape(t, {s[0], s[1] * s[2], s[3]}), {x[2], x[3]}, c.attributes.dims("kernel"), options_of(c));
}

// Which taps hold the largest element y of their window: (n, c, taps, windows). Padding is NaN, so it equals nothing,
// not even −inf.
Tensor is_largest(const Call& c, const Tensor& x, const Tensor& y) {
  const Dims& kernel = c.attributes.dims("kernel");
  const Tensor columns = unfold_padded(x, kernel, options_of(c), std::numeric_limits<double>::quiet_NaN());
  const Shape& s = y.shape();
  return equal(reshape(columns, {s[0], s[1], kernel[0] * kernel[1], s[2] * s[3]}), by_window(y));
}

// PoolOptions with their stride of 0 made the kernel's size, as attributes.
Attributes pool_attributes(const Shape& kernel, const PoolOptions& o) {
  const HeightWidth stride(o.stride.height == 0 ? kernel[0] : o.stride.height,
                           o.stride.width == 0 ? kernel[1] : o.stride.width);
  return {{"kernel", kernel}, {"stride", stride}, {"padding", o.padding}, {"dilation", o.dilation}};
}

using Pool = Tensor (*)(const Arg&, const Shape&, const PoolOptions&);

Window with_window_options(Pool pool) {
  return [pool](const Arg& x, const Shape& kernel, const WindowOptions& o) {
    return pool(x, kernel, {.stride = o.stride, .padding = o.padding, .dilation = o.dilation});
  };
}

// Those of windows, and the default stride.
std::vector<Sample> pool_samples(Pool pool) {
  std::vector<Sample> result = window_samples(with_window_options(pool));
  result.push_back({plain, {values({1, 2, 4, 4}, {}, 50)}, [=](Inputs x) { return pool(x[0], {2, 2}, {}); }});
  result.push_back({non_square, {values({1, 1, 5, 7}, {}, 51)}, [=](Inputs x) {
                      return pool(x[0], {2, 3}, {.padding = {1, 0}});
                    }});
  return result;
}

// How many taps of each window are the largest: (n, c, 1, windows). A window of NaN, or of padding alone where it is
// dilated, has none; it counts as one, since it gets no share anyhow.
Tensor ties_of(const Tensor& mask, DType dtype) { return maximum(sum(mask, {2}, true), 1.).to(dtype); }

// x, y and g of max_pool2d_backward.
Tensor share_among_largest(const Call& c, const Shape&) {
  const Tensor x = c.x[0].detach(), y = c.x[1].detach(), g = c.x[2].detach();
  const Tensor mask = is_largest(c, x, y);
  return fold_taps(where(mask, by_window(g) / ties_of(mask, g.dtype()), 0.), c);
}

// The same plane by plane: the taps that hold the largest are counted, and get their shares. Padding equals nothing.
// Loops without branches, of which compilers make whole registers.
constexpr auto share_by_planes = []<class T>(const Call& c, T* to) {
  const Taps taps(windows_of_x(c));
  const Index windows = taps.windows();
  const T *y = elements<T>(c.x[1]), *g = elements<T>(c.x[2]);
  std::fill_n(to, c.x[0].size(), T(0));
  each_plane(c, taps, math::constant<T>(std::numeric_limits<double>::quiet_NaN()), [&](Index plane, auto each_tap) {
    const T *const largest = y + plane * windows, *const cotangent = g + plane * windows;
    pool::Vector<T> shares(static_cast<std::size_t>(windows), T(0));
    T* const share = shares.data();
    each_tap([&](Index, const T* seen) {
      for (Index i = 0; i < windows; ++i) share[i] += math::real(seen[i]) == math::real(largest[i]) ? T(1) : T(0);
    });
    for (Index i = 0; i < windows; ++i) {
      const T ties = share[i];
      share[i] = cotangent[i] / (math::real(ties) > 1 ? ties : T(1));
    }
    each_tap([&](Index k, T* seen) {
      for (Index i = 0; i < windows; ++i) {
        const T part = share[i];
        seen[i] = math::real(seen[i]) == math::real(largest[i]) ? part : T(0);
      }
      taps.fold(k, seen, to + plane * taps.area());
    });
  });
};

const ops::Entry max_pool2d_backward_op([] {
  return ops::define(
      ops::pool(),
      {.name = "max_pool2d_backward",
       .operands = {"x", "y", "g"},
       .notation = "max_pool2d_backward({0}, {1}, {2}, {kernel})",
       .shape =
           [](const Call& c) {
             const Shape pooled = pooled_shape(c);
             for (std::size_t i = 1; i < 3; ++i)
               if (c.x[i].shape() != pooled)
                 c.shape_error(c.describe(i) + " must be " + to_string(pooled) + ", a number for each window of " +
                               c.describe(0));
             return c.x[0].shape();
           },
       .kernel = ops::fused([] { return array_kernel(share_by_planes); }, share_among_largest),
       .vjps = {nullptr, nullptr,
                [](const Pullback& c) {
                  const Tensor mask = is_largest(c, c.x[0], c.x[1]), ties = ties_of(mask, c.g.dtype());
                  const Tensor taps = unfold_padded(c.g, c.attributes.dims("kernel"), options_of(c), 0);
                  return reshape(sum(where(mask, reshape(taps, mask.shape()), 0.) / ties, {2}), c.x[2].shape());
                }},
       .kink = "where the largest element changes: the share of x as it is; no gradient flows to x and y",
       .branch = [](const Call& c) { return is_largest(c, c.x[0].detach(), c.x[1].detach()); },
       .samples =
           [] {
             std::vector<Sample> result;
             const auto add = [&](SampleKind kind, const Tensor& x, const Shape& size, const PoolOptions& o) {
               const Tensor y = max_pool2d(x, size, o);
               const unsigned seed = static_cast<unsigned>(result.size()) + 60;
               result.push_back({kind, {values(y.shape(), {}, seed)}, [=](Inputs in) {
                                   const DType dtype = in[0].dtype();
                                   return max_pool2d_backward(x.to(dtype), y.to(dtype), in[0], size, o);
                                 }});
             };
             for (const WindowCase& w : window_cases())
               add(w.kind, values(w.image, {}, 59), w.kernel,
                   {.stride = w.options.stride, .padding = w.options.padding, .dilation = w.options.dilation});
             add(plain, tensor({1, 3, 3, 2, 2, 2, 0, 1, 2}, {1, 1, 3, 3}), {2, 2}, {.stride = 1, .padding = 1});
             add(plain, ones({1, 1, 1, 2}), {1, 2}, {.stride = 1, .padding = {0, 1}, .dilation = 3});  // padding alone
             return result;
           },
       .without = not_for_windows,
       .misuses =
           [] {
             auto result = window_misuses(
                 "max_pool2d_backward", with_window_options([](const Arg& x, const Shape& size, const PoolOptions& o) {
                   return max_pool2d_backward(x, x, x, size, o);
                 }));
             const auto call = [](const Shape& y, const Shape& g) {
               return [=] { max_pool2d_backward(ones({1, 1, 4, 4}), ones(y), ones(g), {2, 2}, {}); };
             };
             const std::string end = " must be (1, 1, 2, 2), a number for each window of x (1, 1, 4, 4)";
             result.push_back({call({1, 1, 2, 1}, {1, 1, 2, 2}), "max_pool2d_backward: y (1, 1, 2, 1)" + end});
             result.push_back({call({1, 1, 2, 2}, {4}), "max_pool2d_backward: g (4)" + end});
             return result;
           },
       .example = XGRAD_EXAMPLE(max_pool2d_backward(reshape(arange(0, 4), {1, 1, 2, 2}), full({1, 1, 1, 1}, 3),
                                                    ones({1, 1, 1, 1}), {2, 2}, {}))});
});

const ops::Entry max_pool2d_op([] {
  return ops::define(
      ops::pool(),
      {.name = "max_pool2d",
       .notation = "max_pool2d({0}, {kernel})",
       .shape =
           [](const Call& c) {
             const Shape shape = pooled_shape(c);
             const Dims &kernel = c.attributes.dims("kernel"), &padding = c.attributes.dims("padding");
             if (2 * padding[0] > kernel[0] || 2 * padding[1] > kernel[1])
               c.shape_error("padding " + to_string(padding) + " for " + c.describe(0) +
                             " is more than half of kernel " + to_string(kernel));
             return shape;
           },
       .kernel = array_kernel([]<class T>(const Call& c, T* y) {
         pool_windows(c, y, math::constant<T>(-std::numeric_limits<double>::infinity()),
                      [](const T& a, const T& b) { return math::maximum(a, b); });
       }),
       .vjps = {[](const Pullback& c) { return max_pool2d_backward_op(c.x[0], c.y, c.g, c.attributes); }},
       .kink = "ties: equal shares of the gradient; PyTorch gives all of it to the first",
       .branch =
           [](const Call& c) {
             const Tensor x = c.x[0].detach();
             return is_largest(c, x, with_window_options(max_pool2d)(x, c.attributes.dims("kernel"), options_of(c)));
           },
       .samples =
           [] {
             std::vector<Sample> result = pool_samples(max_pool2d);
             result.push_back({ties, {tensor({1, 3, 3, 2, 2, 2, 0, 1, 2}, {1, 1, 3, 3})}, [](Inputs x) {
                                 return max_pool2d(x[0], {2, 2}, {.stride = 1, .padding = 1});
                               }});
             return result;
           },
       .without = {rank0, broadcast_left, broadcast_right, negative_axis},
       .misuses =
           [] {
             auto result = window_misuses("max_pool2d", with_window_options(max_pool2d));
             result.push_back({[] {
                                 max_pool2d(ones({1, 1, 4, 4}), {2, 3}, {.padding = {1, 2}});
                               },
                               "max_pool2d: padding (1, 2) for x (1, 1, 4, 4) is more than half of kernel (2, 3)"});
             return result;
           },
       .example = XGRAD_EXAMPLE(max_pool2d(reshape(arange(0, 8), {1, 1, 2, 4}), {2, 2}))});
});

const ops::Entry avg_pool2d_op([] {
  return ops::define(
      ops::pool(),
      {.name = "avg_pool2d",
       .notation = "avg_pool2d({0}, {kernel})",
       .shape = pooled_shape,
       .kernel = array_kernel([]<class T>(const Call& c, T* y) {
         pool_windows(c, y, T(0), [](const T& a, const T& b) { return a + b; });
         const Windows w = windows_of_x(c);
         const T taps = math::constant<T>(static_cast<double>(w.taps()));
         const Index size = c.x[0].shape()[0] * c.x[0].shape()[1] * w.count();
         for (Index i = 0; i < size; ++i) y[i] /= taps;
       }),
       .vjps = {[](const Pullback& c) {
         const Dims& kernel = c.attributes.dims("kernel");
         const Index taps = kernel[0] * kernel[1];
         const Tensor share = by_window(c.g) / static_cast<double>(taps);
         return fold_taps(broadcast_to(share, {share.shape()[0], share.shape()[1], taps, share.shape()[3]}), c);
       }},
       .samples = [] { return pool_samples(avg_pool2d); },
       .without = not_for_windows,
       .misuses = [] { return window_misuses("avg_pool2d", with_window_options(avg_pool2d)); },
       .example = XGRAD_EXAMPLE(avg_pool2d(reshape(arange(0, 8), {1, 1, 2, 4}), {2, 2}))});
});

}  // namespace

Tensor max_pool2d(const Arg& x, const Shape& kernel, const PoolOptions& options) {
  return max_pool2d_op(x, pool_attributes(kernel, options));
}

Tensor max_pool2d_backward(const Arg& x, const Arg& y, const Arg& g, const Shape& kernel, const PoolOptions& options) {
  return max_pool2d_backward_op(x, y, g, pool_attributes(kernel, options));
}

Tensor avg_pool2d(const Arg& x, const Shape& kernel, const PoolOptions& options) {
  return avg_pool2d_op(x, pool_attributes(kernel, options));
}

}  // namespace xgrad
