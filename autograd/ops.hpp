#pragma once
// One documented prototype per operation. Operands are Tensors, Parameters or numbers and broadcast as in NumPy;
// a negative axis counts from the end. All throw ShapeError, DTypeError or TapeError naming the operands and the line.

#include <limits>

#include <autograd/op.hpp>

namespace xgrad {

// Elementwise, one operand. Derivatives at kinks are given; PyTorch's are the same unless said.

/// −x
Tensor neg(const Arg& x);
/// |x|; derivative 0 at x = 0.
Tensor abs(const Arg& x);
/// e^x
Tensor exp(const Arg& x);
/// Natural logarithm; −inf at 0, NaN below.
Tensor log(const Arg& x);
/// log(1 + x), exact near 0.
Tensor log1p(const Arg& x);
/// Square root; NaN below 0, derivative inf at 0.
Tensor sqrt(const Arg& x);
/// x²
Tensor square(const Arg& x);
Tensor sin(const Arg& x);
Tensor cos(const Arg& x);
/// Hyperbolic tangent; derivative 1 − y².
Tensor tanh(const Arg& x);
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
/// The same values in another dtype.
Tensor cast(const Arg& x, DType dtype);

// Elementwise, two and three operands.

Tensor add(const Arg& a, const Arg& b);
Tensor sub(const Arg& a, const Arg& b);
Tensor mul(const Arg& a, const Arg& b);
Tensor div(const Arg& a, const Arg& b);
/// a^b as std::pow; the derivative by b is 0 where a = 0 and b ≥ 0.
Tensor pow(const Arg& a, const Arg& b);
/// The larger one, NaN if one is; at a tie each side gets half of the gradient.
Tensor maximum(const Arg& a, const Arg& b);
/// a where the condition is not 0, b elsewhere. No gradient flows to the condition (f64, as comparisons give it).
Tensor where(const Arg& condition, const Arg& a, const Arg& b);

inline Tensor operator+(const Arg& a, const Arg& b) { return add(a, b); }
inline Tensor operator-(const Arg& a, const Arg& b) { return sub(a, b); }
inline Tensor operator*(const Arg& a, const Arg& b) { return mul(a, b); }
inline Tensor operator/(const Arg& a, const Arg& b) { return div(a, b); }
inline Tensor operator-(const Arg& a) { return neg(a); }

// Comparisons: an f64 Tensor of ones and zeros; no gradient. NaN is unequal to all.

Tensor equal(const Arg& a, const Arg& b);
Tensor not_equal(const Arg& a, const Arg& b);
Tensor less(const Arg& a, const Arg& b);
Tensor less_equal(const Arg& a, const Arg& b);
Tensor greater(const Arg& a, const Arg& b);
Tensor greater_equal(const Arg& a, const Arg& b);

inline Tensor operator<(const Arg& a, const Arg& b) { return less(a, b); }
inline Tensor operator<=(const Arg& a, const Arg& b) { return less_equal(a, b); }
inline Tensor operator>(const Arg& a, const Arg& b) { return greater(a, b); }
inline Tensor operator>=(const Arg& a, const Arg& b) { return greater_equal(a, b); }

// Reductions: over all axes, or over those given; keepdims leaves them as size 1.

Tensor sum(const Arg& x);
Tensor sum(const Arg& x, const Axes& axes, bool keepdims = false);
/// Throws ShapeError over no elements.
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
/// Swaps two axes: the last two unless said, so a matrix is transposed.
Tensor transpose(const Arg& x, Index axis0 = -2, Index axis1 = -1);
/// Axis i of the result is axis axes[i] of x.
Tensor permute(const Arg& x, const Axes& axes);
Tensor broadcast_to(const Arg& x, const Shape& shape);
inline constexpr Index end = std::numeric_limits<Index>::max();
/// Elements start … stop − 1 along an axis; negative bounds count from the end, and bounds past it are cut as in NumPy.
Tensor slice(const Arg& x, Index axis, Index start, Index stop = end);
/// Zeros before and after along an axis.
Tensor pad(const Arg& x, Index axis, Index before, Index after);
/// Joined along an axis; the other sizes must agree.
Tensor concat(const Args& x, Index axis = 0);
/// Joined along a new axis; all shapes must agree.
Tensor stack(const Args& x, Index axis = 0);
/// Classes (whole numbers in [0, classes)) to rows of 0 and 1 along a new last axis; f64 unless said, no gradient.
Tensor one_hot(const Arg& x, Index classes, DType dtype = f64);

// Linear algebra.

/// Matrix product with NumPy's rules: 1-d operands are vectors, leading axes are batches and broadcast.
Tensor matmul(const Arg& a, const Arg& b);

// Normalised exponentials.

/// e^x / Σ e^x along an axis, without overflow.
Tensor softmax(const Arg& x, Index axis = -1);
/// log(softmax(x)), computed as x − logsumexp(x).
Tensor log_softmax(const Arg& x, Index axis = -1);

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
/// (prediction − target)²; the mean is over all elements.
Tensor mse(const Arg& prediction, const Arg& target, Reduction reduction = Reduction::mean);

namespace detail {
Tensor ones_like(const Tensor& t);
Tensor zeros_like(const Tensor& t);
/// a + b, in `a` itself where nobody else can see it; recorded if `record`.
Tensor accumulate(Tensor&& a, const Tensor& b, bool record);
}  // namespace detail
// For gradcheck's complex step: f64 values as complex numbers, and back.
Tensor to_complex(const Tensor& t);
Tensor real_part(const Tensor& t);

}  // namespace xgrad
