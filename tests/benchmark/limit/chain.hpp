#pragma once
// The limit of a tape: the least that records operations known at run time only, and goes back over them. Records and
// values are kept in two vectors from pass to pass.

#include <cstddef>
#include <vector>

namespace limit {

class ChainTape {
 public:
  using Id = std::size_t;
  void clear();
  Id leaf(const std::vector<double>& values);
  Id tanh(Id x);
  Id multiply(Id a, Id b);
  Id add(Id a, Id b);
  Id sum(Id x);
  void backward(Id y);
  /// Of the first element.
  double value(Id x) const { return values_[records_[x].at]; }
  /// The sum of a leaf's gradient.
  double gradient(Id x) const;

 private:
  enum class Kind { leaf, tanh, multiply, add, sum };
  struct Record {
    Kind kind;
    Id a, b;
    std::size_t at, size;
  };
  Id push(Kind kind, Id a, Id b, std::size_t size);
  std::vector<Record> records_;
  std::vector<double> values_, gradients_;
};

}  // namespace limit
