// Columns from images, and back: unfold and its transpose.

#include <autograd/ops/window.hpp>

namespace xgrad {

ops::Family& ops::window() {
  static Family family;
  return family;
}

namespace {

using enum SampleKind;
using samples::values;
using namespace windows;

constexpr auto unfold_kernel = []<class T>(const Call& c, T* y) {
  const Taps taps(windows_of_x(c));
  const T* x = elements<T>(c.x[0]);
  const T beyond = math::constant<T>(c.attributes.number("value"));
  taps.each_part(c.x[0].shape()[0] * c.x[0].shape()[1], [&](Index first, Index past) {
    for (Index i = first; i < past; ++i)
      for (Index k = 0; k < taps.size(); ++k)
        taps.unfold(k, x + i * taps.area(), beyond, y + (i * taps.size() + k) * taps.windows());
  });
};

const ops::Entry unfold_op([] {
  return ops::define(ops::window(), {.name = "unfold",
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
});

Windows windows_of_image(const Call& c) {
  const Dims image = checked(c, "image", c.attributes.dims("image"), 0);
  return windows_over(c, image[0], image[1], c.attributes.dims("kernel"));
}

constexpr auto fold_kernel = []<class T>(const Call& c, T* y) {
  const Taps taps(windows_of_image(c));
  const Index planes = c.x[0].shape()[0] * (c.x[0].shape()[1] / taps.size());
  const T* x = elements<T>(c.x[0]);
  std::fill_n(y, planes * taps.area(), T(0));
  taps.each_part(planes, [&](Index first, Index past) {
    for (Index i = first; i < past; ++i)
      for (Index k = 0; k < taps.size(); ++k)
        taps.fold(k, x + (i * taps.size() + k) * taps.windows(), y + i * taps.area());
  });
};

const ops::Entry fold_op([] {
  return ops::define(
      ops::window(),
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
});

}  // namespace

Tensor unfold(const Arg& x, const Shape& kernel, const WindowOptions& options) {
  return unfold_padded(x, kernel, options, 0);
}

Tensor fold(const Arg& columns, const Shape& image, const Shape& kernel, const WindowOptions& o) {
  return fold_op(
      columns,
      {{"image", image}, {"kernel", kernel}, {"stride", o.stride}, {"padding", o.padding}, {"dilation", o.dilation}});
}

namespace windows {

Taps::Taps(const Windows& w)
    : rows_(w.down.count()),
      columns_(w.across.count()),
      area_(w.area()),
      step_(w.across.stride),
      row_step_(w.down.stride * w.across.size),
      joined_(w.across.stride == 1 && row_step_ == columns_) {
  taps_.reserve(static_cast<std::size_t>(w.taps()));
  for (Index k = 0; k < w.down.kernel; ++k)
    for (Index l = 0; l < w.across.kernel; ++l) {
      const Index top = w.down.first(k), left = w.across.first(l);
      taps_.push_back({top, w.down.past(k), left, w.across.past(l),
                       w.down.place(top, k) * w.across.size + w.across.place(left, l)});
    }
}

Tensor unfold_padded(const Arg& x, const Shape& kernel, const WindowOptions& o, double value) {
  return unfold_op(
      x,
      {{"kernel", kernel}, {"stride", o.stride}, {"padding", o.padding}, {"dilation", o.dilation}, {"value", value}});
}

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
    const Index enough = std::max<Index>(1, size + 2 * padding[axis]);  // a longer stride has the same windows
    return Sliding{size, kernel[axis], std::min(stride[axis], enough), padding[axis], dilation[axis]};
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

}  // namespace windows
}  // namespace xgrad
