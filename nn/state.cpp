#include <nn/state.hpp>

#include <cmath>

#include <nn/untrusted.hpp>

namespace xgrad::nn::detail {

Tensor StateReader::take(const std::string& name, const Shape& shape, DType dtype) {
  const auto found = left_.find(name);
  if (found == left_.end() || !found->second.defined()) throw IoError(owner_ + ": the state has no " + name);
  Tensor t = found->second.detach();
  if (t.shape() != shape)
    throw IoError(owner_ + ": " + name + " has shape " + to_string(t.shape()) + " in the state, not " +
                  to_string(shape));
  if (t.dtype() != dtype)
    throw IoError(owner_ + ": " + name + " is " + to_string(t.dtype()) + " in the state, not " + to_string(dtype));
  left_.erase(found);
  return t;
}

Index StateReader::take_whole(const std::string& name, Index low) {
  const double value = take(name, {}, f64).item();
  constexpr double exact = 9007199254740992;  // 2⁵³, up to which a double counts
  if (!(value >= static_cast<double>(low) && value <= exact) || std::floor(value) != value)
    throw IoError(owner_ + ": " + name + " must be a whole number of at least " + std::to_string(low) + ", not " +
                  number_text(value));
  return static_cast<Index>(value);
}

void StateReader::finish() const {
  if (!left_.empty())
    throw IoError(owner_ + ": the state has " + shown(left_.begin()->first) + ", for which there is no place here");
}

}  // namespace xgrad::nn::detail
