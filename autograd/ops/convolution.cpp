// Windows over images (n, channels, height, width): convolution as a matrix product of columns, columns from images and
// back, pooling. One walk over contiguous runs is under all of them.

#include <algorithm>
#include <limits>

#include <autograd/ops.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/math.hpp>
#include <autograd/ops/samples.hpp>
#include <autograd/tape.hpp>

namespace xgrad {

ops::Family& ops::convolution() {
  static Family family;
  return family;
}

namespace {

using enum SampleKind;
using samples::values;

// ------------------------------------------------------------------------------------------------ windows

// Windows along one axis. Tap k of window i lies at place(i, k) of the image, or beyond it on the padding.
struct Sliding {
  Index size, kernel, stride, padding, dilation;
  Index span() const { return dilation * (kernel - 1) + 1; }
  Index padded() const { return size + 2 * padding; }
  Index count() const { return (padded() - span()) / stride + 1; }
  Index place(Index i, Index k) const { return i * stride + k * dilation - padding; }
  // Windows first(k) … past(k) − 1 have tap k on the image.
  Index first(Index k) const { return std::max<Index>(0, stride - 1 - place(0, k)) / stride; }
  Index past(Index k) const { return std::min(count(), std::max<Index>(0, size + stride - 1 - place(0, k)) / stride); }
};

struct Windows {
  Sliding down, across;
  Index count() const { return down.count() * across.count(); }
  Index taps() const { return down.kernel * across.kernel; }
  Index area() const { return down.size * across.size; }
};

// What is wrong with one pair of numbers, or the pair.
Dims checked(const Call& c, const std::string& name, const Dims& pair, Index least) {
  const auto fail = [&](const std::string& demand) {
    c.shape_error(name + " " + to_string(pair) + " for " + c.describe(0) + " must be " + demand);
  };
  if (pair.rank() != 2) fail("two numbers, for height and width");
  if (pair[0] < least || pair[1] < least) fail("at least " + std::to_string(least));
  return pair;
}

Windows windows_over(const Call& c, Index height, Index width, const Dims& kernel_size) {
  const auto pair = [&](const char* name, Index least) { return checked(c, name, c.attributes.dims(name), least); };
  const Dims kernel = checked(c, "kernel", kernel_size, 1), stride = pair("stride", 1), padding = pair("padding", 0),
             dilation = pair("dilation", 1);
  const auto along = [&](Index axis, Index size) {
    return Sliding{size, kernel[axis], stride[axis], padding[axis], dilation[axis]};
  };
  const Windows w{along(0, height), along(1, width)};
  if (w.down.span() > w.down.padded() || w.across.span() > w.across.padded())
    c.shape_error("kernel " + to_string(kernel) + " for " + c.describe(0) + " spans " +
                  to_string(Dims{w.down.span(), w.across.span()}) + ", more than the padded image " +
                  to_string(Dims{w.down.padded(), w.across.padded()}));
  return w;
}

const Shape& image_shape(const Call& c) {
  if (c.x[0].rank() != 4) c.shape_error(c.describe(0) + " must be (n, channels, height, width)");
  return c.x[0].shape();
}

Windows windows_of_x(const Call& c) {
  const Shape& x = image_shape(c);
  return windows_over(c, x[2], x[3], c.attributes.dims("kernel"));
}

WindowOptions options_of(const Call& c) {
  const auto pair = [&](const char* name) {
    const Dims& d = c.attributes.dims(name);
    return HeightWidth(d[0], d[1]);
  };
  return {.stride = pair("stride"), .padding = pair("padding"), .dilation = pair("dilation")};
}

// One tap of neighbouring windows in a row: elements of the image `step` apart, next to each other in the columns
// (planes, taps, windows) and in the pooled image (planes, windows).
struct Run {
  Index image, step, column, pooled, length;
};

// f(run) for all elements that windows see. A plane is one channel of one image.
template <class F>
void each_run(Index planes, const Windows& w, F f) {
  const Index windows = w.count(), row = w.across.count();
  for (Index plane = 0; plane < planes; ++plane)
    for (Index k = 0; k < w.down.kernel; ++k)
      for (Index l = 0; l < w.across.kernel; ++l) {
        const Index first = w.across.first(l), length = w.across.past(l) - first;
        if (length <= 0) continue;
        const Index tap = (plane * w.taps() + k * w.across.kernel + l) * windows;
        for (Index i = w.down.first(k); i < w.down.past(k); ++i) {
          const Index at = i * row + first;
          f(Run{plane * w.area() + w.down.place(i, k) * w.across.size + w.across.place(first, l), w.across.stride,
                tap + at, plane * windows + at, length});
        }
      }
}

// f(near[i], far[i · step]): a loop of its own where both are contiguous.
template <class T, class U, class F>
void zip(T* near, U* far, const Run& run, F f) {
  if (run.step == 1)
    for (Index i = 0; i < run.length; ++i) f(near[i], far[i]);
  else
    for (Index i = 0; i < run.length; ++i) f(near[i], far[i * run.step]);
}

// ------------------------------------------------------------------------------------------------ samples

struct WindowCase {
  SampleKind kind;
  Shape image, kernel;
  WindowOptions options;
};

// Paddings are at most half of the kernel, so that all operations take them.
std::vector<WindowCase> window_cases() {
  return {{size1, {1, 1, 1, 1}, {1, 1}, {}},
          {empty, {0, 2, 3, 4}, {2, 2}, {}},
          {empty, {2, 0, 3, 3}, {2, 2}, {}},
          {plain, {1, 1, 3, 3}, {2, 2}, {}},
          {plain, {2, 2, 4, 4}, {2, 2}, {.stride = 2}},
          {plain, {1, 2, 3, 3}, {3, 3}, {.padding = 1}},
          {plain, {1, 1, 5, 5}, {3, 3}, {.stride = 2, .padding = 1}},
          {non_square, {1, 2, 3, 5}, {2, 3}, {}},
          {non_square, {2, 1, 5, 4}, {3, 2}, {.stride = {1, 3}, .padding = {1, 0}}},
          {non_square, {1, 1, 5, 6}, {2, 2}, {.dilation = 2}},
          {non_square, {1, 2, 4, 6}, {1, 3}, {.stride = {3, 2}, .padding = {0, 1}, .dilation = {1, 2}}},
          {non_square, {1, 1, 2, 3}, {2, 2}, {.stride = 3, .padding = 1}},
          {non_square, {3, 1, 1, 4}, {1, 2}, {}},
          {non_square, {1, 1, 2, 3}, {2, 3}, {}}};
}

using Window = std::function<Tensor(const Arg&, const Shape&, const WindowOptions&)>;

std::vector<Sample> window_samples(const Window& f) {
  std::vector<Sample> result;
  unsigned seed = 1;
  for (const WindowCase& w : window_cases())
    result.push_back(
        {w.kind, {values(w.image, {}, seed++)}, [f, w](Inputs x) { return f(x[0], w.kernel, w.options); }});
  return result;
}

std::vector<Misuse> window_misuses(const std::string& name, const Window& f) {
  const auto call = [f](Shape x, Shape kernel, WindowOptions options) { return [=] { f(ones(x), kernel, options); }; };
  return {
      {call({3, 4, 4}, {2, 2}, {}), name + ": x (3, 4, 4) must be (n, channels, height, width)"},
      {call({1, 1, 4, 4}, {2}, {}), name + ": kernel (2) for x (1, 1, 4, 4) must be two numbers, for height and width"},
      {call({1, 1, 4, 4}, {0, 2}, {}), name + ": kernel (0, 2) for x (1, 1, 4, 4) must be at least 1"},
      {call({1, 1, 4, 4}, {2, 2}, {.stride = {1, -1}}),
       name + ": stride (1, -1) for x (1, 1, 4, 4) must be at least 1"},
      {call({1, 1, 4, 4}, {2, 2}, {.padding = -1}), name + ": padding (-1, -1) for x (1, 1, 4, 4) must be at least 0"},
      {call({1, 1, 4, 4}, {2, 2}, {.dilation = 0}), name + ": dilation (0, 0) for x (1, 1, 4, 4) must be at least 1"},
      {call({1, 1, 3, 4}, {3, 3}, {.padding = {0, 1}, .dilation = 2}),
       name + ": kernel (3, 3) for x (1, 1, 3, 4) spans (5, 5), more than the padded image (3, 6)"}};
}

const std::vector<SampleKind> not_for_windows = {rank0, broadcast_left, broadcast_right, negative_axis, ties};

// ------------------------------------------------------------------------------------------------ unfold, fold

constexpr auto unfold_kernel = []<class T>(const Call& c, T* y) {
  const Windows w = windows_of_x(c);
  const Index planes = c.x[0].shape()[0] * c.x[0].shape()[1];
  const T* x = elements<T>(c.x[0]);
  std::fill_n(y, planes * w.taps() * w.count(), math::constant<T>(c.attributes.number("value")));
  each_run(planes, w,
           [=](const Run& run) { zip(y + run.column, x + run.image, run, [](T& to, const T& from) { to = from; }); });
};

const Op unfold_op =
    ops::define(ops::convolution(), {.name = "unfold",
                                     .notation = "unfold({0}, {kernel})",
                                     .shape =
                                         [](const Call& c) {
                                           const Windows w = windows_of_x(c);
                                           return Shape{c.x[0].shape()[0], c.x[0].shape()[1] * w.taps(), w.count()};
                                         },
                                     .kernel = array_kernel(unfold_kernel),
                                     .vjps = {[](const Pullback& c) {
                                       const Shape& x = c.x[0].shape();
                                       return fold(c.g, {x[2], x[3]}, c.attributes.dims("kernel"), options_of(c));
                                     }},
                                     .samples = [] { return window_samples(unfold); },
                                     .without = not_for_windows,
                                     .misuses = [] { return window_misuses("unfold", unfold); },
                                     .example = XGRAD_EXAMPLE(unfold(reshape(arange(0, 6), {1, 1, 2, 3}), {2, 2}))});

// `value` stands on the padding.
Tensor unfold_padded(const Arg& x, const Shape& kernel, const WindowOptions& o, double value) {
  return unfold_op(
      x,
      {{"kernel", kernel}, {"stride", o.stride}, {"padding", o.padding}, {"dilation", o.dilation}, {"value", value}});
}

Windows windows_of_image(const Call& c) {
  const Dims image = checked(c, "image", c.attributes.dims("image"), 0);
  return windows_over(c, image[0], image[1], c.attributes.dims("kernel"));
}

constexpr auto fold_kernel = []<class T>(const Call& c, T* y) {
  const Windows w = windows_of_image(c);
  const Index planes = c.x[0].shape()[0] * (c.x[0].shape()[1] / w.taps());
  const T* x = elements<T>(c.x[0]);
  std::fill_n(y, planes * w.area(), T(0));
  each_run(planes, w,
           [=](const Run& run) { zip(x + run.column, y + run.image, run, [](const T& from, T& to) { to += from; }); });
};

const Op fold_op = ops::define(
    ops::convolution(),
    {.name = "fold",
     .operands = {"columns"},
     .notation = "fold({0}, {image}, {kernel})",
     .shape =
         [](const Call& c) {
           if (c.x[0].rank() != 3) c.shape_error(c.describe(0) + " must be (n, channels · kernel, windows)");
           const Windows w = windows_of_image(c);
           const Shape& x = c.x[0].shape();
           if (x[1] % w.taps() != 0 || x[2] != w.count())
             c.shape_error(c.describe(0) + " must have a multiple of " + std::to_string(w.taps()) + " rows and " +
                           std::to_string(w.count()) + " columns to fold to " + c.attributes.text("image"));
           return Shape{x[0], x[1] / w.taps(), w.down.size, w.across.size};
         },
     .kernel = array_kernel(fold_kernel),
     .vjps = {[](const Pullback& c) { return unfold(c.g, c.attributes.dims("kernel"), options_of(c)); }},
     .samples =
         [] {
           std::vector<Sample> result;
           unsigned seed = 1;
           for (const WindowCase& w : window_cases())
             result.push_back(
                 {w.kind, {values(unfold(zeros(w.image), w.kernel, w.options).shape(), {}, seed++)}, [w](Inputs x) {
                    return fold(x[0], {w.image[2], w.image[3]}, w.kernel, w.options);
                  }});
           return result;
         },
     .without = not_for_windows,
     .misuses =
         [] {
           const auto call = [](Shape columns, Shape image, Shape kernel, WindowOptions options) {
             return [=] { fold(ones(columns), image, kernel, options); };
           };
           return std::vector<Misuse>{
               {call({4, 4}, {3, 3}, {2, 2}, {}), "fold: columns (4, 4) must be (n, channels · kernel, windows)"},
               {call({1, 4, 4}, {1, 1, 3, 3}, {2, 2}, {}),
                "fold: image (1, 1, 3, 3) for columns (1, 4, 4) must be two numbers, for height and width"},
               {call({1, 4, 4}, {-1, 3}, {2, 2}, {}), "fold: image (-1, 3) for columns (1, 4, 4) must be at least 0"},
               {call({1, 4, 4}, {3, 3}, {2, 2}, {.stride = 0}),
                "fold: stride (0, 0) for columns (1, 4, 4) must be at least 1"},
               {call({1, 4, 4}, {1, 3}, {2, 2}, {}),
                "fold: kernel (2, 2) for columns (1, 4, 4) spans (2, 2), more than the padded image (1, 3)"},
               {call({1, 6, 4}, {3, 3}, {2, 2}, {}),
                "fold: columns (1, 6, 4) must have a multiple of 4 rows and 4 columns to fold to (3, 3)"},
               {call({1, 4, 5}, {3, 3}, {2, 2}, {}),
                "fold: columns (1, 4, 5) must have a multiple of 4 rows and 4 columns to fold to (3, 3)"}};
         },
     .example = XGRAD_EXAMPLE(fold(ones({1, 4, 2}), {2, 3}, {2, 2}))});

// ------------------------------------------------------------------------------------------------ convolution

Windows windows_of_convolution(const Call& c) {
  const Shape &x = image_shape(c), &weight = c.x[1].shape();
  if (weight.rank() != 4) c.shape_error(c.describe(1) + " must be (outputs, channels, height, width)");
  if (weight[1] != x[1])
    c.shape_error(c.describe(1) + " needs " + std::to_string(weight[1]) + " channels, " + c.describe(0) + " has " +
                  std::to_string(x[1]));
  return windows_over(c, x[2], x[3], {weight[2], weight[3]});
}

Dims kernel_of(const Tensor& weight) { return {weight.shape()[2], weight.shape()[3]}; }

// (o, c, kh, kw) to (o, c·kh·kw): a row for each output channel.
Tensor rows_of(const Tensor& weight) {
  const Shape& s = weight.shape();
  return reshape(weight, {s[0], s[1] * s[2] * s[3]});
}

// (n, o, oh, ow) to (n, o, windows).
Tensor columns_of(const Tensor& t) {
  const Shape& s = t.shape();
  return reshape(t, {s[0], s[1], s[2] * s[3]});
}

// Kernels work on detached values.
Tensor conv2d_kernel(const Call& c, const Shape& shape) {
  const Tensor weight = c.x[1].detach();
  return reshape(matmul(rows_of(weight), unfold(c.x[0].detach(), kernel_of(weight), options_of(c))), shape);
}

const Op conv2d_op = ops::define(
    ops::convolution(),
    {.name = "conv2d",
     .operands = {"x", "weight"},
     .notation = "conv2d({0}, {1})",
     .shape =
         [](const Call& c) {
           const Windows w = windows_of_convolution(c);
           return Shape{c.x[0].shape()[0], c.x[1].shape()[0], w.down.count(), w.across.count()};
         },
     .kernel = {conv2d_kernel, conv2d_kernel, conv2d_kernel},
     .vjps = {[](const Pullback& c) {
                const Shape& x = c.x[0].shape();
                return fold(matmul(transpose(rows_of(c.x[1])), columns_of(c.g)), {x[2], x[3]}, kernel_of(c.x[1]),
                            options_of(c));
              },
              [](const Pullback& c) {
                const Tensor columns = unfold(c.x[0], kernel_of(c.x[1]), options_of(c));
                return reshape(sum(matmul(columns_of(c.g), transpose(columns)), {0}), c.x[1].shape());
              }},
     .samples =
         [] {
           std::vector<Sample> result;
           Index outputs = 1;
           unsigned seed = 1;
           for (const WindowCase& w : window_cases()) {
             const Shape weight{outputs, w.image[1], w.kernel[0], w.kernel[1]};
             result.push_back({w.kind, {values(w.image, {}, seed), values(weight, {}, seed + 1)}, [w](Inputs x) {
                                 return conv2d(x[0], x[1], w.options);
                               }});
             outputs = outputs % 3 + 1;
             seed += 2;
           }
           result.push_back({non_square,
                             {values({2, 2, 3, 4}, {}, 40), values({3, 2, 2, 2}, {}, 41), values({3}, {}, 42)},
                             [](Inputs x) { return conv2d(x[0], x[1], x[2], {.padding = 1}); }});
           result.push_back({empty, {values({1, 2, 3, 3}, {}, 43), values({0, 2, 2, 2}, {}, 44)}, [](Inputs x) {
                               return conv2d(x[0], x[1]);
                             }});
           return result;
         },
     .without = not_for_windows,
     .misuses =
         [] {
           // the kernel that the others are given is here the weight's
           auto result = window_misuses("conv2d", [](const Arg& x, const Shape& kernel, const WindowOptions& options) {
             return conv2d(x, kernel.rank() == 2 ? ones({1, 1, kernel[0], kernel[1]}) : ones(kernel), options);
           });
           result[1].message = "conv2d: weight (2) must be (outputs, channels, height, width)";
           result.push_back({[] {
                               conv2d(ones({1, 3, 8, 8}), ones({4, 2, 3, 3}));
                             },
                             "conv2d: weight (4, 2, 3, 3) needs 2 channels, x (1, 3, 8, 8) has 3"});
           result.push_back({[] {
                               conv2d(ones({1, 2, 3, 3}), ones({4, 2, 1, 1}), ones({1}));
                             },
                             "conv2d: bias (1) must be (4), a number for each output of weight (4, 2, 1, 1)"});
           result.push_back(
               {[] {
                  conv2d(ones({1, 1, 2, 2}), ones({1, 1, 2, 2}, f32));
                },
                "conv2d: Tensor (1, 1, 2, 2) is f64 but Tensor (1, 1, 2, 2) is f32; convert one with .to()"});
           return result;
         },
     .example = XGRAD_EXAMPLE(conv2d(reshape(arange(0, 6), {1, 1, 2, 3}), ones({1, 1, 2, 2}), {.padding = {0, 1}}))});

// ------------------------------------------------------------------------------------------------ pools

Shape pooled_shape(const Call& c) {
  const Windows w = windows_of_x(c);
  return {c.x[0].shape()[0], c.x[0].shape()[1], w.down.count(), w.across.count()};
}

// y = f(y, x) over the elements of each window, from `start`.
template <class T, class F>
void pool(const Call& c, T* y, T start, F f) {
  const Windows w = windows_of_x(c);
  const Index planes = c.x[0].shape()[0] * c.x[0].shape()[1];
  const T* x = elements<T>(c.x[0]);
  std::fill_n(y, planes * w.count(), start);
  each_run(planes, w, [=](const Run& run) {
    zip(y + run.pooled, x + run.image, run, [f](T& to, const T& from) { to = f(to, from); });
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

const Op max_pool2d_op = ops::define(
    ops::convolution(),
    {.name = "max_pool2d",
     .notation = "max_pool2d({0}, {kernel})",
     .shape =
         [](const Call& c) {
           const Shape shape = pooled_shape(c);
           const Dims &kernel = c.attributes.dims("kernel"), &padding = c.attributes.dims("padding");
           if (2 * padding[0] > kernel[0] || 2 * padding[1] > kernel[1])
             c.shape_error("padding " + to_string(padding) + " for " + c.describe(0) + " is more than half of kernel " +
                           to_string(kernel));
           return shape;
         },
     .kernel = array_kernel([]<class T>(const Call& c, T* y) {
       pool(c, y, math::constant<T>(-std::numeric_limits<double>::infinity()),
            [](const T& a, const T& b) { return math::maximum(a, b); });
     }),
     .vjps = {[](const Pullback& c) {
       const Tensor mask = is_largest(c, c.x[0], c.y);
       // a window of NaN, or of padding alone where it is dilated, has no largest element
       const Tensor ties = maximum(sum(mask, {2}, true), 1.).to(c.g.dtype());
       return fold_taps(where(mask, by_window(c.g) / ties, 0.), c);
     }},
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

const Op avg_pool2d_op = ops::define(
    ops::convolution(),
    {.name = "avg_pool2d",
     .notation = "avg_pool2d({0}, {kernel})",
     .shape = pooled_shape,
     .kernel = array_kernel([]<class T>(const Call& c, T* y) {
       pool(c, y, T(0), [](const T& a, const T& b) { return a + b; });
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

}  // namespace

Tensor conv2d(const Arg& x, const Arg& weight, const WindowOptions& o) {
  return conv2d_op(x, weight, {{"stride", o.stride}, {"padding", o.padding}, {"dilation", o.dilation}});
}

Tensor conv2d(const Arg& x, const Arg& weight, const Arg& bias, const WindowOptions& options) {
  const CallSite site(x.where);  // an error in the sum names the user's line too
  const auto value = [](const Arg& a) {
    const Tensor t = a.tensor ? *a.tensor : a.parameter ? a.parameter->value() : Tensor();
    return t.defined() ? t : scalar(0);
  };
  const Tensor w = value(weight), b = value(bias);
  if (w.rank() == 4 && b.shape() != Shape{w.shape()[0]})  // before anything is recorded
    throw ShapeError("conv2d: " + (b.name().empty() ? "bias" : b.name()) + " " + to_string(b.shape()) + " must be " +
                         to_string(Shape{w.shape()[0]}) + ", a number for each output of " +
                         (w.name().empty() ? "weight" : w.name()) + " " + to_string(w.shape()),
                     CallSite::resolve(x.where));
  return conv2d(x, weight, options) + reshape(bias, {-1, 1, 1});
}

Tensor unfold(const Arg& x, const Shape& kernel, const WindowOptions& options) {
  return unfold_padded(x, kernel, options, 0);
}

Tensor fold(const Arg& columns, const Shape& image, const Shape& kernel, const WindowOptions& o) {
  return fold_op(
      columns,
      {{"image", image}, {"kernel", kernel}, {"stride", o.stride}, {"padding", o.padding}, {"dilation", o.dilation}});
}

Tensor max_pool2d(const Arg& x, const Shape& kernel, const PoolOptions& options) {
  return max_pool2d_op(x, pool_attributes(kernel, options));
}

Tensor avg_pool2d(const Arg& x, const Shape& kernel, const PoolOptions& options) {
  return avg_pool2d_op(x, pool_attributes(kernel, options));
}

}  // namespace xgrad
