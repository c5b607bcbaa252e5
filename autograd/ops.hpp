#pragma once
// One documented prototype per operation. Operands are Tensors, Parameters or numbers and broadcast as in NumPy;
// a negative axis counts from the end. All throw ShapeError, DTypeError or TapeError naming the operands and the line.

#include <limits>

#include <autograd/op.hpp>

namespace xgrad {

class Rng;

// Elementwise, one operand. Derivatives at kinks are given; PyTorch's are the same unless said.

/// −x
Tensor neg(const Arg& x);
/// |x|; derivative 0 at x = 0.
Tensor abs(const Arg& x);
/// −1, 0 or 1; derivative 0 everywhere.
Tensor sign(const Arg& x);
/// x²
Tensor square(const Arg& x);
/// Square root; NaN below 0, derivative inf at 0.
Tensor sqrt(const Arg& x);
/// 1 / √x
Tensor rsqrt(const Arg& x);
/// 1 / x
Tensor reciprocal(const Arg& x);
/// e^x
Tensor exp(const Arg& x);
/// e^x − 1, exact near 0.
Tensor expm1(const Arg& x);
/// Natural logarithm; −inf at 0, NaN below.
Tensor log(const Arg& x);
/// log(1 + x), exact near 0.
Tensor log1p(const Arg& x);
/// The error function 2/√π ∫₀ˣ e^−t² dt.
Tensor erf(const Arg& x);
/// The largest whole number up to x; derivative 0 everywhere.
Tensor floor(const Arg& x);
/// The smallest whole number from x on; derivative 0 everywhere.
Tensor ceil(const Arg& x);
/// The nearest whole number, halves to the even one; derivative 0 everywhere.
Tensor round(const Arg& x);
/// x, at least low and at most high; derivative 1 in [low, high]. Throws NumericError if low > high.
Tensor clamp(const Arg& x, double low, double high);
/// The same values in another dtype.
Tensor cast(const Arg& x, DType dtype);

// Trigonometric and hyperbolic functions; angles in radians.

/// Sine of x.
Tensor sin(const Arg& x);
/// Cosine of x.
Tensor cos(const Arg& x);
/// Tangent of x, sin x / cos x.
Tensor tan(const Arg& x);
/// The angle in [−π/2, π/2] whose sine is x; NaN outside [−1, 1], derivative inf at the ends.
Tensor asin(const Arg& x);
/// The angle in [0, π] whose cosine is x; NaN outside [−1, 1], derivative −inf at the ends.
Tensor acos(const Arg& x);
/// The angle in (−π/2, π/2) whose tangent is x.
Tensor atan(const Arg& x);
/// (e^x − e^−x) / 2
Tensor sinh(const Arg& x);
/// (e^x + e^−x) / 2
Tensor cosh(const Arg& x);
/// sinh x / cosh x; derivative 1 − y².
Tensor tanh(const Arg& x);

// Activations.

/// 1 / (1 + e^−x); derivative y(1 − y).
Tensor sigmoid(const Arg& x);
/// log(sigmoid(x)) without overflow.
Tensor log_sigmoid(const Arg& x);
/// log(1 + e^x) without overflow.
Tensor softplus(const Arg& x);
/// max(x, 0); derivative 0 at 0.
Tensor relu(const Arg& x);
/// x where x > 0, negative_slope · x elsewhere; derivative negative_slope at 0.
Tensor leaky_relu(const Arg& x, double negative_slope = 0.01);
/// x where x > 0, alpha · (e^x − 1) elsewhere; derivative alpha at 0.
Tensor elu(const Arg& x, double alpha = 1);
/// 1.0507 · elu(x, 1.6733), whose outputs tend to mean 0 and variance 1.
Tensor selu(const Arg& x);
/// x · Φ(x), Φ the normal distribution. (PyTorch's gelu.)
Tensor gelu(const Arg& x);
/// x · (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2, close to gelu. (PyTorch's gelu with approximate='tanh'.)
Tensor gelu_tanh(const Arg& x);
/// x · sigmoid(x)
Tensor silu(const Arg& x);

// Backward rules of activations, in one pass; g is the cotangent of their result.

/// g · (1 − y²), for y = tanh(x).
Tensor tanh_backward(const Arg& g, const Arg& y);
/// g · y(1 − y), for y = sigmoid(x).
Tensor sigmoid_backward(const Arg& g, const Arg& y);
/// g where x > 0, 0 elsewhere, for relu(x).
Tensor relu_backward(const Arg& g, const Arg& x);

// Elementwise, two and three operands.

/// a + b
Tensor add(const Arg& a, const Arg& b);
/// a − b
Tensor sub(const Arg& a, const Arg& b);
/// a · b
Tensor mul(const Arg& a, const Arg& b);
/// a / b
Tensor div(const Arg& a, const Arg& b);
/// a^b as std::pow; the derivative by b is 0 where a = 0 and b ≥ 0.
Tensor pow(const Arg& a, const Arg& b);
/// The larger one, NaN if one is; at a tie each side gets half of the gradient.
Tensor maximum(const Arg& a, const Arg& b);
/// The smaller one, NaN if one is; at a tie each side gets half of the gradient.
Tensor minimum(const Arg& a, const Arg& b);
/// The angle of the point (b, a) in (−π, π], as std::atan2(a, b); it jumps at a = 0, b < 0.
Tensor atan2(const Arg& a, const Arg& b);
/// a where the condition is not 0, b elsewhere. No gradient flows to the condition (f64, as comparisons give it).
Tensor where(const Arg& condition, const Arg& a, const Arg& b);

inline Tensor operator+(const Arg& a, const Arg& b) { return add(a, b); }
inline Tensor operator-(const Arg& a, const Arg& b) { return sub(a, b); }
inline Tensor operator*(const Arg& a, const Arg& b) { return mul(a, b); }
inline Tensor operator/(const Arg& a, const Arg& b) { return div(a, b); }
inline Tensor operator-(const Arg& a) { return neg(a); }

// Comparisons: an f64 Tensor of ones and zeros; no gradient. NaN is unequal to all.

/// Whether a = b.
Tensor equal(const Arg& a, const Arg& b);
/// Whether a ≠ b.
Tensor not_equal(const Arg& a, const Arg& b);
/// Whether a < b.
Tensor less(const Arg& a, const Arg& b);
/// Whether a ≤ b.
Tensor less_equal(const Arg& a, const Arg& b);
/// Whether a > b.
Tensor greater(const Arg& a, const Arg& b);
/// Whether a ≥ b.
Tensor greater_equal(const Arg& a, const Arg& b);

inline Tensor operator<(const Arg& a, const Arg& b) { return less(a, b); }
inline Tensor operator<=(const Arg& a, const Arg& b) { return less_equal(a, b); }
inline Tensor operator>(const Arg& a, const Arg& b) { return greater(a, b); }
inline Tensor operator>=(const Arg& a, const Arg& b) { return greater_equal(a, b); }

// Reductions: over all axes, or over those given; keepdims leaves them as size 1.

/// Σ x, 0 over no elements.
Tensor sum(const Arg& x);
Tensor sum(const Arg& x, const Axes& axes, bool keepdims = false);
/// Σ x / n over n elements. Throws ShapeError over none.
Tensor mean(const Arg& x);
Tensor mean(const Arg& x, const Axes& axes, bool keepdims = false);
/// Π x, 1 over no elements; the derivative, the product of the others, is right with zeros in x, to any order.
Tensor prod(const Arg& x);
Tensor prod(const Arg& x, const Axes& axes, bool keepdims = false);
/// The largest element, NaN if there is one; ties share the gradient equally. Throws ShapeError over no elements.
Tensor max(const Arg& x);
Tensor max(const Arg& x, const Axes& axes, bool keepdims = false);
/// The smallest element, NaN if there is one; ties share the gradient equally. Throws ShapeError over no elements.
Tensor min(const Arg& x);
Tensor min(const Arg& x, const Axes& axes, bool keepdims = false);
/// Σ (x − mean)² / (n − correction) over n elements; correction 1 gives the unbiased estimate, 0 NumPy's variance.
/// Throws ShapeError unless n > correction.
Tensor var(const Arg& x);
Tensor var(const Arg& x, const Axes& axes, bool keepdims = false, double correction = 1);
/// √var without overflow: PyTorch's std, under a name that cannot be taken for the namespace. Derivative 0 where all
/// elements are equal.
Tensor stddev(const Arg& x);
Tensor stddev(const Arg& x, const Axes& axes, bool keepdims = false, double correction = 1);
/// The norm of order 1 (Σ|x|), 2 (√Σx², without overflow) or infinity (max |x|); 2 unless said, 0 over no elements.
/// Derivative 0 at x = 0; for order 1 that is by element, for infinity ties share the gradient equally. Throws
/// NumericError for other orders.
Tensor norm(const Arg& x);
Tensor norm(const Arg& x, double ord);
Tensor norm(const Arg& x, double ord, const Axes& axes, bool keepdims = false);
Tensor norm(const Arg& x, std::initializer_list<Index> axes) = delete;  // else norm(x, {1}) is of order 1, over all
/// log Σ e^x without overflow; −inf over no elements.
Tensor logsumexp(const Arg& x);
Tensor logsumexp(const Arg& x, const Axes& axes, bool keepdims = false);
/// Sums from the first element of an axis to each; with `reverse` from each to the last.
Tensor cumsum(const Arg& x, Index axis, bool reverse = false);
/// Where the largest element is, as an f64 whole number: along an axis, or among all in row-major order. The first one
/// at ties; NaN counts as largest. No gradient. Throws ShapeError over no elements.
Tensor argmax(const Arg& x);
Tensor argmax(const Arg& x, Index axis, bool keepdims = false);
/// Where the smallest element is; the first one at ties, and NaN counts as smallest. As argmax otherwise.
Tensor argmin(const Arg& x);
Tensor argmin(const Arg& x, Index axis, bool keepdims = false);
/// Sums x back to a shape that broadcasts to x's.
Tensor sum_to(const Arg& x, const Shape& shape);

// Shape.

/// The same elements in row-major order; one size may be −1: what is left.
Tensor reshape(const Arg& x, const Shape& shape);
/// Without the axes of size 1: all of them, or those given, which must be of size 1.
Tensor squeeze(const Arg& x);
Tensor squeeze(const Arg& x, const Axes& axes);
/// With a new axis of size 1 at that place.
Tensor unsqueeze(const Arg& x, Index axis);
/// Swaps two axes: the last two unless said, so a matrix is transposed.
Tensor transpose(const Arg& x, Index axis0 = -2, Index axis1 = -1);
/// Axis i of the result is axis axes[i] of x.
Tensor permute(const Arg& x, const Axes& axes);
/// In reverse order along these axes.
Tensor flip(const Arg& x, const Axes& axes);
/// Repeated along axes of size 1 and along new leading ones. Throws ShapeError where the shapes do not agree.
Tensor broadcast_to(const Arg& x, const Shape& shape);

// Cutting and joining along an axis.

inline constexpr Index end = std::numeric_limits<Index>::max();
/// Elements start, start + step, … before stop. Negative bounds count from the end, bounds past it are cut as in
/// NumPy; with a negative step, `end` is past the first element: slice(x, 0, -1, end, -1) is x reversed.
Tensor slice(const Arg& x, Index axis, Index start, Index stop = end, Index step = 1);
/// Zeros before and after, and `between` of them between neighbours.
Tensor pad(const Arg& x, Index axis, Index before, Index after, Index between = 0);
/// Joined along an axis; the other sizes must agree.
Tensor concat(const Args& x, Index axis = 0);
/// Joined along a new axis; all shapes must agree.
Tensor stack(const Args& x, Index axis = 0);
/// Parts of these sizes, which add up to the axis: concat undone.
std::vector<Tensor> split(const Arg& x, const std::vector<Index>& sizes, Index axis = 0);

// Choosing by index. Indices are f64 Tensors of whole numbers from 0 to size − 1, checked (NumericError); no gradient
// flows to them.

/// Entries index[0], index[1], … along an axis; the index is a vector.
Tensor index_select(const Arg& x, Index axis, const Arg& index);
/// x with entry i of the source added to its entry index[i] along an axis.
Tensor index_add(const Arg& x, Index axis, const Arg& index, const Arg& source);
/// y[i, j] = x[index[i, j], j] for axis 0, and so on: index and x agree but along the axis.
Tensor gather(const Arg& x, Index axis, const Arg& index);
/// x with source[i, j] added to x[index[i, j], j] for axis 0, and so on.
Tensor scatter_add(const Arg& x, Index axis, const Arg& index, const Arg& source);
/// The flat indices of the elements that are not 0.
Tensor nonzero(const Arg& x);
/// The elements where a mask of x's shape is not 0, as a vector.
Tensor masked_select(const Arg& x, const Arg& mask);
/// Rows of a table (n, d) by indices of any shape (…): (…, d).
Tensor embedding(const Arg& table, const Arg& index);
/// Classes (whole numbers in [0, classes)) to rows of 0 and 1 along a new last axis; f64 unless said, no gradient.
Tensor one_hot(const Arg& x, Index classes, DType dtype = f64);

// Linear algebra.

/// Matrix product with NumPy's rules: 1-d operands are vectors, leading axes are batches and broadcast.
Tensor matmul(const Arg& a, const Arg& b);
/// x · weightᵀ + bias: x (…, in), weight (out, in), bias (out); a layer of a net, its examples in rows.
Tensor linear(const Arg& x, const Arg& weight, const Arg& bias);
/// Σ a·b of two vectors of one length.
Tensor dot(const Arg& a, const Arg& b);
/// y[i, j] = a[i] · b[j] of two vectors.
Tensor outer(const Arg& a, const Arg& b);
/// The diagonal of the last two axes as a new last axis; leading axes are batches. A positive offset is above the main
/// diagonal, a negative one below; outside of the matrix it is empty.
Tensor diagonal(const Arg& x, Index offset = 0);
/// Square matrices with the last axis of x on that diagonal, zeros elsewhere; leading axes are batches.
Tensor diag_embed(const Arg& x, Index offset = 0);
/// The sum of the diagonal of the last two axes.
Tensor trace(const Arg& x);
/// Sums of products by letters for the axes: `einsum("ij,jk->ik", {a, b})` is a matrix product. Letters left out of the
/// result are summed; one that occurs twice in an operand takes its diagonal. The result must be written out, `...` is
/// not known. Operands are contracted in pairs from the left, so their order decides the work.
Tensor einsum(const std::string& subscripts, const Args& operands);

// Normalised exponentials.

/// e^x / Σ e^x along an axis, without overflow.
Tensor softmax(const Arg& x, Index axis = -1);
/// log(softmax(x)) = x − logsumexp(x).
Tensor log_softmax(const Arg& x, Index axis = -1);
/// y · (g − Σ g·y), the backward rule of y = softmax(x) in one pass, g being its cotangent.
Tensor softmax_backward(const Arg& g, const Arg& y, Index axis = -1);

// Convolution and pooling, NCHW: images are (n, channels, height, width). Windows slide over the image, padded on all
// sides; windows that would reach beyond it are left out.

/// A number for height and width alike, or one for each: `2`, `{2, 1}`.
struct HeightWidth {
  Index height, width;
  HeightWidth(Index both) : height(both), width(both) {}
  HeightWidth(Index h, Index w) : height(h), width(w) {}
  operator Dims() const { return {height, width}; }
};
/// The step between windows, the border around the image, the step between the elements of one window.
struct WindowOptions {
  HeightWidth stride = 1, padding = 0, dilation = 1;
};
/// Pools do not overlap unless said: a stride of 0 is the kernel's size.
struct PoolOptions {
  HeightWidth stride = 0, padding = 0, dilation = 1;
};

/// Cross-correlation of x (n, c, h, w) with weight (o, c, kh, kw), zeros as padding; a bias (o) is added by channel.
Tensor conv2d(const Arg& x, const Arg& weight, const WindowOptions& options = {});
Tensor conv2d(const Arg& x, const Arg& weight, const Arg& bias, const WindowOptions& options = {});
/// The windows of x (n, c, h, w) as columns (n, c·kh·kw, windows), zeros as padding: im2col.
Tensor unfold(const Arg& x, const Shape& kernel, const WindowOptions& options = {});
/// Columns (n, c·kh·kw, windows) added up to images (n, c) of this height and width: the transpose of unfold, col2im.
Tensor fold(const Arg& columns, const Shape& image, const Shape& kernel, const WindowOptions& options = {});
/// The largest element of each window, NaN if there is one; padding, at most half of the kernel, counts as −inf. Ties
/// share the gradient equally.
Tensor max_pool2d(const Arg& x, const Shape& kernel, const PoolOptions& options = {});
/// The backward rule of y = max_pool2d(x) in two walks over the windows, g being its cotangent: the largest elements of
/// each window share its g.
Tensor max_pool2d_backward(const Arg& x, const Arg& y, const Arg& g, const Shape& kernel, const PoolOptions& options);
/// The mean of each window; padding counts as zeros, in the divisor too.
Tensor avg_pool2d(const Arg& x, const Shape& kernel, const PoolOptions& options = {});

// Normalisation and dropout.

/// (x − μ)/√(σ² + eps), mean and variance (divided by the count) taken over the axes.
Tensor standardize(const Arg& x, const Axes& axes, double eps = 1e-5);
/// weight · standardize(x over its last axis) + bias, both vectors of its length.
Tensor layer_norm(const Arg& x, const Arg& weight, const Arg& bias, double eps = 1e-5);
/// The same over all axes but 1, the channels: x is (n, c, …), weight and bias (c). By the batch's own statistics, as
/// in training.
Tensor batch_norm(const Arg& x, const Arg& weight, const Arg& bias, double eps = 1e-5);
/// Zeros with probability p, the rest divided by 1 − p, so that the expectation stays; x itself if not training.
Tensor dropout(const Arg& x, double p, Rng& rng, bool training = true);

// Losses. Examples are rows. A prediction (n, 1) against a target (n) is refused, since it would broadcast to (n, n).

enum class Reduction { mean, sum, none };

/// softplus(z) − y·z: −[y log σ(z) + (1 − y) log(1 − σ(z))] from logits z, without overflow; derivative σ(z) − y.
Tensor binary_cross_entropy_with_logits(const Arg& logits, const Arg& target, Reduction reduction = Reduction::mean);
/// The same from probabilities in [0, 1], 0·log 0 being 0. Throws NumericError outside. For teaching: logits lose
/// nothing.
Tensor binary_cross_entropy(const Arg& probability, const Arg& target, Reduction reduction = Reduction::mean);
/// −Σ target · log_softmax(logits), logits (n, c), target (n) of classes or (n, c) of probabilities; the mean is over
/// n.
Tensor cross_entropy(const Arg& logits, const Arg& target, Reduction reduction = Reduction::mean);
/// The same from probabilities (n, c) in [0, 1], 0·log 0 being 0. Throws NumericError outside. For teaching: logits
/// lose nothing.
Tensor categorical_cross_entropy(const Arg& probability, const Arg& target, Reduction reduction = Reduction::mean);
/// (prediction − target)²; the mean is over all elements.
Tensor mse(const Arg& prediction, const Arg& target, Reduction reduction = Reduction::mean);
/// |prediction − target|; derivative 0 where they are equal. (PyTorch's l1_loss.)
Tensor mae(const Arg& prediction, const Arg& target, Reduction reduction = Reduction::mean);
/// (prediction − target)²/2 up to a distance of delta, delta · (distance − delta/2) beyond, so that outliers pull with
/// a bounded force. Throws NumericError unless delta > 0.
Tensor huber(const Arg& prediction, const Arg& target, double delta = 1, Reduction reduction = Reduction::mean);

// Backward rules of losses, in one pass; g is the cotangent of the loss, or of its terms where it has no reduction, and
// count what a mean divides by.

/// g · (σ(z) − y) / count, for binary_cross_entropy_with_logits.
Tensor binary_cross_entropy_with_logits_backward(const Arg& g, const Arg& logits, const Arg& target, double count = 1);
/// g · 2(prediction − target) / count, for mse.
Tensor mse_backward(const Arg& g, const Arg& prediction, const Arg& target, double count = 1);
/// g · (softmax(logits) · Σ target − target) / count by rows, for cross_entropy; (n, classes) or (classes), to which g
/// broadcasts.
Tensor cross_entropy_backward(const Arg& g, const Arg& logits, const Arg& target, double count = 1);

namespace detail {
/// The values behind an operand. Throws ShapeError naming the operation if it is a number or empty.
const Tensor& value_of(const char* operation, const Arg& a);
Tensor ones_like(const Tensor& t);
Tensor zeros_like(const Tensor& t);
/// a + b, in `a` itself where nobody else can see it; recorded if `record`.
Tensor accumulate(Tensor&& a, const Tensor& b, bool record);
/// The last two axes swapped, for rules: by the operation where a tape runs, without its expense where none does.
Tensor transposed(const Tensor& t);
}  // namespace detail
// For gradcheck's complex step: f64 values as complex numbers, and back.
Tensor to_complex(const Tensor& t);
Tensor real_part(const Tensor& t);

}  // namespace xgrad
