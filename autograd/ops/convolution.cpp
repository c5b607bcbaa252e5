// Convolution as a matrix product of columns.

#include <autograd/ops/window.hpp>
#include <autograd/tape.hpp>

namespace xgrad {

ops::Family& ops::convolution() {
  static Family family;
  return family;
}

namespace {

using enum SampleKind;
using samples::values;
using namespace windows;

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

const ops::Entry conv2d_op([] {
  return ops::define(
      ops::convolution(),
      {.name = "conv2d",
       .operands = {"x", "weight"},
       .notation = "conv2d({0}, {1})",
       .shape =
           [](const Call& c) {
             const Windows w = windows_of_convolution(c);
             return Shape{c.x[0].shape()[0], c.x[1].shape()[0], w.down.count(), w.across.count()};
           },
       .kernel = ops::composed(conv2d_kernel),
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
             auto result =
                 window_misuses("conv2d", [](const Arg& x, const Shape& kernel, const WindowOptions& options) {
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
});

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

}  // namespace xgrad
