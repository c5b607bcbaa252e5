#pragma once
// Windows over images (n, channels, height, width), and the two walks over a plane of them that are under unfold, fold,
// convolution and pooling: its taps as rows, and back. Tap by tap, everything else is a loop over contiguous elements.

#include <algorithm>

#include <autograd/kernel.hpp>
#include <autograd/ops.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/math.hpp>
#include <autograd/ops/samples.hpp>
#include <autograd/pool.hpp>
#include <autograd/threads.hpp>

namespace xgrad::windows {

// Windows along one axis. Tap k of window i lies at place(i, k) of the image, or beyond it on the padding.
struct Sliding {
  Index size, kernel, stride, padding, dilation;
  Index span() const { return dilation * (kernel - 1) + 1; }
  Index padded() const { return size + 2 * padding; }
  Index count() const { return (padded() - span()) / stride + 1; }
  Index place(Index i, Index k) const { return i * stride + k * dilation - padding; }
  /// Windows first(k) … past(k) − 1 have tap k on the image.
  Index first(Index k) const { return std::min(count(), std::max<Index>(0, stride - 1 - place(0, k)) / stride); }
  Index past(Index k) const {
    return std::clamp(std::max<Index>(0, size + stride - 1 - place(0, k)) / stride, first(k), count());
  }
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

// The windows that have a tap on the image: rows top … bottom − 1, columns left … right − 1; the first has it at
// `image`.
struct Tap {
  Index top, bottom, left, right, image;
};

// The taps of windows over a plane, which is one channel of one image.
class Taps {
 public:
  explicit Taps(const Windows& w);
  Index size() const { return static_cast<Index>(taps_.size()); }
  Index windows() const { return rows_ * columns_; }
  Index area() const { return area_; }

  /// What tap k sees of a plane, one element a window; `beyond` on the padding.
  template <class T>
  void unfold(Index k, const T* plane, T beyond, T* to) const;
  /// The transpose of that: adds to a plane what the tap brings.
  template <class T>
  void fold(Index k, const T* from, T* plane) const;
  /// f(first, past) for parts of the planes, on several threads where there are many; f must write to its own only.
  template <class F>
  void each_part(Index planes, F f) const;

 private:
  // f(step): steps of 1 and 2 as constants, whose loops compilers make of whole registers.
  template <class F>
  void with_step(F f) const {
    if (step_ == 1)
      f(std::integral_constant<Index, 1>{});
    else if (step_ == 2)
      f(std::integral_constant<Index, 2>{});
    else
      f(step_);
  }

  pool::Vector<Tap> taps_;
  Index rows_, columns_, area_;
  Index step_, row_step_;  // from one window's place on the image to the next, across and down
  bool joined_;            // the rows of windows follow each other as those of the image do
};

template <class T>
void Taps::unfold(Index k, const T* plane, T beyond, T* to) const {
  const Tap& tap = taps_[static_cast<std::size_t>(k)];
  std::fill_n(to, tap.top * columns_, beyond);
  std::fill(to + tap.bottom * columns_, to + windows(), beyond);
  T* const first = to + tap.top * columns_;
  const Index rows = tap.bottom - tap.top, length = tap.right - tap.left;
  const bool at_once = joined_ && length > 0 && rows > 0;
  if (at_once) std::copy_n(plane + tap.image, (rows - 1) * columns_ + length, first + tap.left);
  with_step([&](auto step) {
    for (Index i = 0; i < rows; ++i) {
      T* const row = first + i * columns_;
      const T* const from = plane + tap.image + i * row_step_;
      for (Index j = 0; j < tap.left; ++j) row[j] = beyond;
      if (!at_once)
        for (Index j = 0; j < length; ++j) row[tap.left + j] = from[j * step];
      for (Index j = tap.right; j < columns_; ++j) row[j] = beyond;
    }
  });
}

template <class T>
void Taps::fold(Index k, const T* from, T* plane) const {
  const Tap& tap = taps_[static_cast<std::size_t>(k)];
  const Index rows = tap.bottom - tap.top, length = tap.right - tap.left;
  with_step([&](auto step) {
    for (Index i = 0; i < rows; ++i) {
      const T* const row = from + (tap.top + i) * columns_ + tap.left;
      T* const to = plane + tap.image + i * row_step_;
      for (Index j = 0; j < length; ++j) to[j * step] += row[j];
    }
  });
}

template <class F>
void Taps::each_part(Index planes, F f) const {
  const Index together = std::max<Index>(1, 100'000 / std::max<Index>(1, size() * windows()));
  parallel((planes + together - 1) / together,
           [&](Index part) { f(part * together, std::min(planes, (part + 1) * together)); });
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
