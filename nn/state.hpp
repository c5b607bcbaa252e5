#pragma once
// State: what a run has to remember to go on as if it had not stopped.

#include <map>
#include <string>

#include <autograd/tensor.hpp>

namespace xgrad::nn {

/// Tensors by name.
using State = std::map<std::string, Tensor>;

namespace detail {

/// Hands out the entries of a State one by one, each checked; throws IoError, beginning with `owner`.
class StateReader {
 public:
  StateReader(std::string owner, const State& state) : owner_(std::move(owner)), left_(state) {}
  /// The entry, which must be there with this shape and dtype.
  Tensor take(const std::string& name, const Shape& shape, DType dtype);
  /// A scalar f64 entry that is a whole number of at least `low`.
  Index take_whole(const std::string& name, Index low);
  /// Every entry must have been taken.
  void finish() const;

 private:
  std::string owner_;
  State left_;
};

}  // namespace detail
}  // namespace xgrad::nn
