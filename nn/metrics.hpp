#pragma once
// Metrics: numbers about predictions. They read values and record nothing. Binary predictions are logits of the
// target's shape, class 1 where above 0; of classes they are logits (n, c) with targets (n), the largest one counting.

#include <iosfwd>
#include <string>
#include <vector>

#include <autograd/tensor.hpp>

namespace xgrad::nn {

/// The share of right predictions, in [0, 1]. Throws ShapeError.
double accuracy(const Tensor& logits, const Tensor& target);

/// How often class i was taken for class j: `count(i, j)`, from the target's row to the prediction's column.
class ConfusionMatrix {
 public:
  /// Throws ShapeError unless there is at least one class.
  explicit ConfusionMatrix(Index classes);
  /// Of these predictions; two classes for binary ones. Throws ShapeError, and NumericError naming a target that is not
  /// a class.
  ConfusionMatrix(const Tensor& logits, const Tensor& target);

  /// Adds those of another batch.
  ConfusionMatrix& operator+=(const ConfusionMatrix& other);

  Index classes() const { return classes_; }
  Index count(Index actual, Index predicted) const;
  Index total() const;
  double accuracy() const;
  /// Of what was taken for this class, the share that is; NaN if nothing was.
  double precision(Index cls) const;
  /// Of what is this class, the share that was found; NaN if nothing is.
  double recall(Index cls) const;
  /// 2·precision·recall/(precision + recall) = 2·right/(2·right + wrong both ways); NaN if the class never occurs.
  double f1(Index cls) const;

 private:
  Index at(Index actual, Index predicted) const { return actual * classes_ + predicted; }
  Index classes_;
  std::vector<Index> counts_;
};

/// A table with precision and recall; `names` of the classes, their numbers where missing.
std::string to_string(const ConfusionMatrix& matrix, const std::vector<std::string>& names = {});
std::ostream& operator<<(std::ostream& out, const ConfusionMatrix& matrix);

}  // namespace xgrad::nn
