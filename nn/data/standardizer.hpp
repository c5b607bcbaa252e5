#pragma once
// Standardizer: features brought to mean 0 and standard deviation 1, by the numbers of the training part alone.

#include <autograd/tensor.hpp>
#include <nn/data/dataset.hpp>

namespace xgrad::nn::data {

/// Two Tensors of the shape of one example, in its dtype: to be kept with the net, which needs them for new data.
struct Standardizer {
  Tensor mean;
  Tensor std;  ///< divided by the count, as scikit-learn's StandardScaler; 0 where a feature is constant

  /// From the training examples x (n, …), n ≥ 1; NaN stands for a missing value and is left out. Throws ShapeError if x
  /// holds no example, NumericError if a feature is infinite or has no value at all.
  static Standardizer fit(const Tensor& x);

  /// (x − mean)/std of each feature, 0 where that is 0 or x is NaN (the mean). Throws ShapeError, DTypeError.
  Tensor operator()(const Tensor& x) const;
  Dataset operator()(const Dataset& data) const { return {(*this)(data.x), data.y}; }
  /// x with the mean in the place of NaN, otherwise as it is. Throws as above.
  Tensor fill(const Tensor& x) const;
};

}  // namespace xgrad::nn::data
