#pragma once
// Internal. A function with the leaves that gradcheck and the derivatives differentiate it by: Tensors that it is
// given, or Parameters that it reads itself.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <autograd/parameter_override.hpp>
#include <autograd/tape.hpp>

namespace xgrad::detail {

class Subject {
 public:
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;
  virtual ~Subject() = default;

  /// The value, recorded on the running tape. Throws ShapeError if it is an empty Tensor.
  Tensor evaluate();
  /// From here on it is evaluated there; Parameters go back to what they were when the Subject ends.
  virtual void move_to(const std::vector<Tensor>& point) = 0;
  /// A leaf of the last evaluation, to differentiate by.
  virtual Arg leaf(std::size_t i) const = 0;
  /// The cotangent of a Tensor of that recording pulled back to every leaf; zeros where it does not depend on one.
  std::vector<Tensor> pull(Tape& tape, const Tensor& y, const GradientOptions& options) const;

  const std::string what;  ///< who asks, for errors
  const Where where;
  std::vector<std::string> names;
  std::vector<Tensor> at;  ///< where it started

 protected:
  Subject(std::string what, const Where& where) : what(std::move(what)), where(where) {}

 private:
  virtual Tensor call() = 0;
};

/// Throws ShapeError if an input is empty.
class OfTensors : public Subject {
 public:
  OfTensors(std::string what, const Function& f, const std::vector<Tensor>& inputs, const Where& where = {});
  void move_to(const std::vector<Tensor>& point) override { point_ = point; }
  Arg leaf(std::size_t i) const override { return leaves_[i]; }

 private:
  Tensor call() override;
  const Function& f_;
  std::vector<Tensor> point_, leaves_;
};

/// Throws TapeError if a Parameter is null, frozen or listed twice.
class OfParameters : public Subject {
 public:
  OfParameters(std::string what, const std::function<Tensor()>& f, const std::vector<Parameter*>& parameters,
               const Where& where = {});
  void move_to(const std::vector<Tensor>& point) override;
  Arg leaf(std::size_t i) const override { return handles_[i]; }

 private:
  Tensor call() override { return f_(); }
  const std::function<Tensor()>& f_;
  std::vector<Parameter> handles_;
  std::vector<std::unique_ptr<ParameterOverride>> overrides_;  // made by the first move: threads may share a model
};

}  // namespace xgrad::detail
