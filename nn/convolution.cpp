#include <nn/convolution.hpp>

#include <nn/layer.hpp>

namespace xgrad::nn {
namespace {

// `3`, `3x2`
std::string text(const HeightWidth& size) {
  const std::string height = std::to_string(size.height);
  return size.height == size.width ? height : height + "x" + std::to_string(size.width);
}

std::string differing(const char* name, const HeightWidth& value, Index usual) {
  if (value.height == usual && value.width == usual) return "";
  return std::string(", ") + name + " " + text(value);
}

std::string window_text(const HeightWidth& stride, Index usual, const HeightWidth& padding,
                        const HeightWidth& dilation) {
  return differing("stride", stride, usual) + differing("padding", padding, 0) + differing("dilation", dilation, 1);
}

}  // namespace

Conv2d::Conv2d(Index in, Index out, HeightWidth kernel, Rng& rng, const Conv2dOptions& options)
    : weight((detail::check_sizes("Conv2d", {in, out, kernel.height, kernel.width}),
              detail::starting_weight({out, in, kernel.height, kernel.width}, rng, options.init, options.dtype))),
      bias(detail::starting_bias(weight.shape(), rng, options.init, options.dtype, options.bias)),
      window_{.stride = options.stride, .padding = options.padding, .dilation = options.dilation},
      has_bias_(options.bias) {}

Tensor Conv2d::forward(const Tensor& x) const {
  return has_bias_ ? conv2d(x, weight, bias, window_) : conv2d(x, weight, window_);
}

void Conv2d::visit(Visitor& v) {
  v("weight", weight);
  if (has_bias_) v("bias", bias);
}

std::string Conv2d::label() const {
  const Shape& shape = weight.shape();
  return "Conv2d(" + std::to_string(shape[1]) + ", " + std::to_string(shape[0]) + ", " + text({shape[2], shape[3]}) +
         window_text(window_.stride, 1, window_.padding, window_.dilation) + (has_bias_ ? ")" : ", no bias)");
}

std::string MaxPool2d::label() const {
  return "MaxPool2d(" + text(kernel_) + window_text(options_.stride, 0, options_.padding, options_.dilation) + ")";
}

std::string AvgPool2d::label() const {
  return "AvgPool2d(" + text(kernel_) + window_text(options_.stride, 0, options_.padding, options_.dilation) + ")";
}

}  // namespace xgrad::nn
