#pragma once
// Parameter: a value that an optimiser changes, and its gradient.

#include <cstdint>
#include <memory>
#include <string>

#include <autograd/tensor.hpp>

namespace xgrad {

struct ParameterOptions {
  bool trainable = true;
};

/// A handle to state on the heap. Moving it leaves the state where it is; tapes and optimisers hold the state.
/// Copies are explicit and deep: `Parameter copy(p)` has a value of its own and no gradient.
class Parameter {
 public:
  Parameter(const Tensor& value, std::string name, ParameterOptions options = {});
  explicit Parameter(const Parameter& other);
  Parameter(Parameter&&) noexcept = default;
  Parameter& operator=(Parameter&&) noexcept = default;
  ~Parameter() = default;

  const std::string& name() const { return state_->name; }
  void rename(std::string name);
  const Tensor& value() const { return state_->value; }
  const Shape& shape() const { return value().shape(); }
  DType dtype() const { return value().dtype(); }

  /// The sum of what `backward` has brought since it was cleared. Throws TapeError if there is none.
  const Tensor& grad() const;
  bool has_grad() const { return state_->grad.defined(); }
  void zero_grad() { state_->grad = Tensor(); }
  /// Puts this in place of the gradient: for clipping, or for gradients from elsewhere. Takes the values of a tracked
  /// Tensor too. Throws ShapeError or DTypeError, and TapeError if it is frozen; then nothing has changed.
  void set_grad(const Tensor& grad, const char* file = __builtin_FILE(), int line = __builtin_LINE());

  /// Takes over the values of `value` (a tracked Tensor's too). Throws ShapeError or DTypeError; then nothing has
  /// changed.
  void assign(Tensor value, const char* file = __builtin_FILE(), int line = __builtin_LINE());
  bool trainable() const { return state_->trainable; }
  /// A frozen Parameter is a constant to tapes and optimisers.
  void set_trainable(bool trainable);
  /// Grows with each change of the value.
  std::uint64_t version() const { return state_->version; }

  /// The same state under another handle: what an optimiser keeps.
  Parameter handle() const { return Parameter(state_); }
  friend bool operator==(const Parameter& a, const Parameter& b) { return a.state_ == b.state_; }

 private:
  struct State {
    std::string name;
    Tensor value, grad;
    bool trainable = true;
    std::uint64_t version = 0;
  };
  explicit Parameter(std::shared_ptr<State> state) : state_(std::move(state)) {}
  void check_fits(const char* what, const char* role, const Tensor& value, const Where& where) const;
  friend class Tape;
  friend class ParameterOverride;
  std::shared_ptr<State> state_;
};

}  // namespace xgrad
