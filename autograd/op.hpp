#pragma once
// Op: everything known about one operation, in one place. The catalogue lists all that the library has.

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <autograd/left_out.hpp>
#include <autograd/pool.hpp>
#include <autograd/tensor.hpp>

namespace xgrad {

class Parameter;
using Inputs = std::span<const Tensor>;
using Function = std::function<Tensor(Inputs)>;

/// One operand as the caller writes it: a Tensor, a Parameter or a number, with the line it stands on.
/// It lives for one call only: it refers to what it was made from.
class Arg {
 public:
  Arg(const Tensor& t, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : tensor(&t), where{file, line} {}
  Arg(const Parameter& p, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : parameter(&p), where{file, line} {}
  Arg(double value, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : number(value), where{file, line} {}

  const Tensor* tensor = nullptr;
  const Parameter* parameter = nullptr;
  double number = 0;  ///< where both are null; it takes the dtype of the other operands
  Where where;
};

/// Any number of operands: `concat({a, b})`, or a vector of Tensors.
class Args {
 public:
  Args(std::initializer_list<Arg> list, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : list_(list), where_{file, line} {}
  explicit Args(std::vector<Arg> list, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : list_(std::move(list)), where_{file, line} {}
  Args(const std::vector<Tensor>& tensors, const char* file = __builtin_FILE(), int line = __builtin_LINE());
  std::span<const Arg> list() const { return list_; }
  const Where& where() const { return where_; }

 private:
  std::vector<Arg> list_;
  Where where_;
};

/// What an operation is told besides its operands, by name: axes, a slope, a shape.
class Attributes {
 public:
  using Value = std::variant<double, Dims, std::string>;
  Attributes() = default;
  Attributes(std::initializer_list<std::pair<const char*, Value>> entries);
  double number(const char* name) const;
  Index integer(const char* name) const { return static_cast<Index>(number(name)); }
  const Dims& dims(const char* name) const;
  /// Null where it is something else.
  const Dims* dims_if(const char* name) const;
  const std::string& word(const char* name) const;
  /// Whether it is given, as this word.
  bool is(const char* name, std::string_view word) const;
  /// `axes=(0), keepdims=1`, or "".
  std::string text() const;
  /// The value of one of them.
  std::string text(const char* name) const;

 private:
  friend class RuleSwap;
  const Value& find(const char* name) const;
  using Entries = pool::Vector<std::pair<const char*, Value>>;
  std::shared_ptr<const Entries> entries_;
};

struct OpSpec;

/// One application of an operation: what shape rules and kernels see.
struct Call {
  const OpSpec& op;
  Inputs x;
  const Attributes& attributes;
  const Where& where;
  bool may_wait = false;  ///< operands and result live on: a kernel may leave its work to whoever reads the result

  /// `W1 (4, 2)`, or `operand 1 (4, 2)` where it has no name.
  std::string describe(std::size_t i) const;
  [[noreturn]] void shape_error(const std::string& what) const;
  [[noreturn]] void numeric_error(const std::string& what) const;
  /// Element `at` of operand i has a value that is not `expected`.
  [[noreturn]] void value_error(std::size_t i, Index at, double value, const std::string& expected) const;
  /// A negative axis counted from the end of operand i. Throws ShapeError.
  Index axis(Index axis, std::size_t i = 0) const;
};

/// One application seen from behind: the cotangent `g` of the result `y`. A rule returns the cotangent of operand
/// `index`, written in operations on Tensors, of the operand's shape or of a shape that sums to it over broadcast axes.
struct Pullback : Call {
  const Tensor& g;
  const Tensor& y;
  std::size_t index;
};
using Vjp = std::function<Tensor(const Pullback&)>;

/// Computes the result from operands of one dtype. `array.hpp` makes them from generic callables.
using Kernel = std::function<Tensor(const Call&, const Shape&)>;
struct Kernels {
  Part<contents::f32, Tensor, const Call&, const Shape&> f32;
  Kernel f64, complex;  ///< `complex` may be missing: gradcheck then falls back to differences
};

/// What a sample shows; the suite asks for every kind but those that the op says do not apply.
enum class SampleKind { plain, rank0, size1, empty, non_square, broadcast_left, broadcast_right, negative_axis, ties };
const char* to_string(SampleKind kind);

/// Operands (f64) on which the tests differentiate a call of the operation. Operands beyond `differentiable` are
/// constants.
struct Sample {
  SampleKind kind;
  std::vector<Tensor> inputs;
  std::function<Tensor(Inputs)> call;
};

/// A call that must throw, and its message without the source line.
struct Misuse {
  std::function<void()> call;
  std::string message;
};

/// A line for the op reference: the code as written, and what it gives.
struct Example {
  std::string code;
  std::function<Tensor()> run;
};

struct OpSpec {
  std::string name;
  std::vector<std::string> operands = {"x"};
  bool variadic = false;                    ///< any number of operands from one up, one rule for all of them
  std::string notation;                     ///< `tanh({0})`; {0} is operand 0, {name} an attribute, {*} all operands
  std::function<Shape(const Call&)> shape;  ///< null: operands broadcast as NumPy does
  std::function<void(const Call&)> check;   ///< domain of the values, beyond shapes
  Kernels kernel;
  std::vector<Vjp> vjps;  ///< one an operand, null where no gradient flows; none: no derivative at all
  std::vector<std::size_t> index_operands;    ///< masks and indices: f64, exempt from the dtype rule
  std::string kink = "smooth";                ///< or the rule at kinks and ties
  std::function<Tensor(const Call&)> branch;  ///< which piece each element takes; gradcheck finds kinks by it
  Part<contents::catalogue, std::vector<Sample>> samples;
  std::vector<SampleKind> without;  ///< sample kinds that do not apply
  Part<contents::catalogue, std::vector<Misuse>> misuses;
  Part<contents::catalogue, Example> example;

  bool has_derivative() const { return !vjps.empty(); }
  /// Whether a gradient flows to an operand.
  bool passes(std::size_t operand) const { return has_derivative() && rule(operand); }
  /// Whether an operand is a mask or an index.
  bool is_index(std::size_t operand) const;
  /// Its rule, of an operation that has a derivative; null if no gradient flows to it.
  const Vjp& rule(std::size_t operand) const { return vjps[variadic ? 0 : operand]; }
};

/// An operation: call it like a function. A handle: copies share the one definition.
class Op {
 public:
  /// Throws TapeError if a rule or a kernel is missing.
  explicit Op(OpSpec spec) : Op(std::make_shared<const OpSpec>(checked(std::move(spec)))) {}
  /// One that is never destroyed, so that nobody has to count its uses.
  static Op permanent(OpSpec spec);

  Tensor operator()(const Arg& a, const Attributes& attributes = {}) const;
  Tensor operator()(const Arg& a, const Arg& b, const Attributes& attributes = {}) const;
  Tensor operator()(const Arg& a, const Arg& b, const Arg& c, const Attributes& attributes = {}) const;
  Tensor operator()(const Args& operands, const Attributes& attributes = {}) const;

  const OpSpec& operator*() const { return *spec_; }
  const OpSpec* operator->() const { return spec_.get(); }

 private:
  friend struct detail::Storage;
  friend class Tape;
  friend class RuleSwap;  // of the mutation test: plants a wrong rule while it lives
  explicit Op(std::shared_ptr<const OpSpec> spec) : spec_(std::move(spec)) {}
  static OpSpec&& checked(OpSpec&& spec);
  std::shared_ptr<const OpSpec> spec_;
};

/// Every built-in operation, family by family.
const std::vector<Op>& catalogue();

/// The shape rule of elementwise operations. Throws ShapeError.
Shape broadcast_shape(const Call& call);

}  // namespace xgrad
