#pragma once
// Toy data as scikit-learn defines it where it does, so that figures compare. Examples come in order of class.

#include <autograd/random.hpp>
#include <nn/data/dataset.hpp>

namespace xgrad::nn::data {

// Two classes, y (n, 1) of 0 and 1; the first has n/2 points (rounded down). Normal noise of the standard deviation
// `noise` is added to both coordinates. All throw ShapeError if n < 2, NumericError if the noise is negative.

/// Two interleaving half circles: the upper (cos t, sin t) is class 0, the lower (1 − cos t, 0.5 − sin t) class 1; t
/// evenly spaced in [0, π]. scikit-learn's make_moons.
Dataset moons(Index n, double noise, Rng& rng, DType dtype = f64);
/// The unit circle (class 0) and one of radius `factor` in [0, 1) (class 1), angles evenly spaced. scikit-learn's
/// make_circles.
Dataset circles(Index n, double noise, Rng& rng, double factor = 0.8, DType dtype = f64);
/// Two arms from the centre to radius 5 in 1.75 turns, one opposite the other: (r sin t, r cos t) with r = 5 s and
/// t = 3.5 π s, s evenly spaced in [0, 1). As in the TensorFlow Playground.
Dataset spiral(Index n, double noise, Rng& rng, DType dtype = f64);
/// Points uniform in [−1, 1]²: class 0 where the signs of the coordinates agree, class 1 where they differ.
Dataset exclusive_or(Index n, double noise, Rng& rng, DType dtype = f64);

// Any number of classes, y (n) of whole numbers.

/// Normal blobs around k centres (k, d), with the same standard deviation in all directions; as many points for each,
/// the first n mod k of them one more. scikit-learn's make_blobs. Throws ShapeError if k or n are below 1,
/// NumericError if std is negative.
Dataset blobs(Index n, const Tensor& centers, double std, Rng& rng, DType dtype = f64);
/// The same around so many centres drawn uniformly from [−10, 10]².
Dataset blobs(Index n, Index centers, double std, Rng& rng, DType dtype = f64);

// Regressions, x and y (n, 1), x evenly spaced, normal noise added to y. Errors as above.

/// y = sin x for x from −π to π.
Dataset sine(Index n, double noise, Rng& rng, DType dtype = f64);
/// y = slope · x + intercept for x from −1 to 1.
Dataset line(Index n, double noise, Rng& rng, double slope = 2, double intercept = 1, DType dtype = f64);

}  // namespace xgrad::nn::data
