#pragma once
// Windows over images (n, channels, height, width), and the one walk over them in contiguous runs that is under
// unfold, fold, convolution and pooling.

#include <algorithm>

#include <autograd/kernel.hpp>
#include <autograd/ops.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/math.hpp>
#include <autograd/ops/samples.hpp>
#include <autograd/threads.hpp>

namespace xgrad::windows {

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

/// The pair of numbers, or ShapeError if it is none or one is smaller than `least`.
Dims checked(const Call& c, const std::string& name, const Dims& pair, Index least);
/// The windows that a call's attributes lay over an image of that size. Throws ShapeError.
Windows windows_over(const Call& c, Index height, Index width, const Dims& kernel_size);
/// The shape of operand 0, which must be of images.
const Shape& image_shape(const Call& c);
/// Those of the attribute "kernel" over operand 0.
Windows windows_of_x(const Call& c);
WindowOptions options_of(const Call& c);
/// unfold with another value than 0 on the padding.
Tensor unfold_padded(const Arg& x, const Shape& kernel, const WindowOptions& o, double value);

// One tap of neighbouring windows in a row: elements of the image `step` apart, next to each other in the columns
// (planes, taps, windows) and in the pooled image (planes, windows).
struct Run {
  Index image, step, column, pooled, length;
};

// f(run) for all elements that windows see, on several threads where there are many. A plane is one channel of one
// image; f must touch its own plane only.
template <class F>
void each_run(Index planes, const Windows& w, F f) {
  const Index windows = w.count(), row = w.across.count();
  const Index together = std::max<Index>(1, 100'000 / std::max<Index>(1, w.taps() * windows));
  parallel((planes + together - 1) / together, [&](Index part) {
    for (Index plane = part * together; plane < std::min(planes, (part + 1) * together); ++plane)
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
  });
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

using Window = std::function<Tensor(const Arg&, const Shape&, const WindowOptions&)>;

/// Paddings are at most half of the kernel, so that all operations take them.
std::vector<WindowCase> window_cases();
std::vector<Sample> window_samples(const Window& f);
std::vector<Misuse> window_misuses(const std::string& name, const Window& f);

/// Sample kinds that do not apply.
inline const std::vector<SampleKind> not_for_windows = {SampleKind::rank0, SampleKind::broadcast_left,
                                                        SampleKind::broadcast_right, SampleKind::negative_axis,
                                                        SampleKind::ties};

}  // namespace xgrad::windows
