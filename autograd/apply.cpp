// apply: what calling an operation does. Operands are resolved, shapes and values checked, recording allowed or
// refused; only then the kernel runs, and the result is recorded.

#include <algorithm>
#include <optional>

#include <autograd/finite.hpp>
#include <autograd/ops.hpp>
#include <autograd/tape.hpp>

namespace xgrad {
namespace {

bool is_index(const OpSpec& op, std::size_t i) {
  return !op.index_operands.empty() &&
         std::find(op.index_operands.begin(), op.index_operands.end(), i) != op.index_operands.end();
}

// A widened operand stays where it was on its recording.
Tensor widen(const Tensor& t) {
  Tensor wide = detail::with_name(to_complex(t), t.name());
  if (t.tracked()) detail::set_trace(wide, t.trace(), nullptr);
  return wide;
}

Operands resolve(const OpSpec& op, std::span<const Arg* const> args, const Where& where) {
  if (op.variadic ? args.empty() : args.size() != op.operands.size())
    throw ShapeError(op.name + ": takes " +
                         (op.variadic ? "at least 1 operand" : std::to_string(op.operands.size()) + " operands") +
                         ", not " + std::to_string(args.size()),
                     where);
  const auto name_of = [&](std::size_t i) { return op.variadic ? "operand " + std::to_string(i) : op.operands[i]; };
  Operands x;
  std::optional<DType> dtype;
  std::size_t first = 0;
  bool as_they_are = op.index_operands.empty();
  for (std::size_t i = 0; i < args.size(); ++i) {
    const Arg& a = *args[i];
    x.push_back(a.tensor ? *a.tensor : a.parameter ? a.parameter->value() : Tensor());
    if (a.tensor && !a.tensor->defined()) throw ShapeError(op.name + ": " + name_of(i) + " is an empty Tensor", where);
    as_they_are = as_they_are && x[i].defined();
    if (!x[i].defined() || is_index(op, i)) continue;
    if (!dtype) {
      dtype = x[i].dtype();
      first = i;
    } else if (x[i].dtype() != *dtype) {
      if (x[i].dtype() == f32 || *dtype == f32)
        throw DTypeError(op.name + ": " + detail::label(x[first]) + " is " + to_string(*dtype) + " but " +
                             detail::label(x[i]) + " is " + to_string(x[i].dtype()) + "; convert one with .to()",
                         where);
      dtype = DType::complex_step;
      as_they_are = false;
    }
  }
  if (as_they_are) return x;
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (!x[i].defined()) x[i] = scalar(args[i]->number, !is_index(op, i) && dtype == f32 ? f32 : f64);
    if (is_index(op, i))
      x[i] = x[i].dtype() == DType::complex_step ? real_part(x[i]) : x[i];
    else if (dtype == DType::complex_step && x[i].dtype() == f64)
      x[i] = widen(x[i]);
  }
  return x;
}

DType dtype_of(const OpSpec& op, Inputs x) {
  for (std::size_t i = 0; i < x.size(); ++i)
    if (!is_index(op, i)) return x[i].dtype();
  return f64;
}

template <class K>  // since a build may have left f32 out
const Kernel& kernel_for(const K& kernels, DType dtype) {
  if constexpr (contents::f32)
    if (dtype == f32) return kernels.f32;
  return dtype == f64 ? kernels.f64 : kernels.complex;
}

}  // namespace

const Tensor& detail::value_of(const char* operation, const Arg& a) {
  const Tensor* t = a.tensor ? a.tensor : a.parameter ? &a.parameter->value() : nullptr;
  if (!t || !t->defined())
    throw ShapeError(std::string(operation) + ": needs a Tensor, not " + (t ? "an empty one" : "a number"), a.where);
  return *t;
}

Tensor apply(const Op& op, std::span<const Arg* const> args, const Attributes& attributes, const Where& line) {
  const Where& where = CallSite::resolve(line);
  const detail::Lent lent(contents::fast_loops ? args : args.first(0));
  const bool as_they_are = !lent.empty() && op->index_operands.empty() && args.size() == op->operands.size();
  std::optional<Operands> resolved;
  const Inputs x = as_they_are ? Inputs(lent) : resolved.emplace(resolve(*op, args, where));
  Call call{*op, x, attributes, where};
  const Shape shape = op->shape ? op->shape(call) : broadcast_shape(call);
  if (op->check) op->check(call);

  Tape* tape = Tape::recording();
  const bool check = tape && tape->options_.check_finite;
  if (tape && !op->has_derivative() && !tape->options_.everything) tape = nullptr;
  bool tracked = false;
  for (std::size_t i = 0; tape && i < args.size(); ++i) {
    if (op->has_derivative() && !op->rule(i)) continue;
    if (args[i]->parameter)
      tracked |= args[i]->parameter->trainable();
    else if (x[i].tracked()) {
      tape->check_operand(op->name.c_str(), x[i], where);
      tracked = true;
    }
  }

  call.may_wait = tracked || Tape::passes_on_;
  const DType dtype = as_they_are ? x[0].dtype() : dtype_of(*op, x);
  const Kernel& kernel = kernel_for(op->kernel, dtype);
  if (!kernel) throw NumericError(op->name + ": has no complex form", where);
  std::optional<NoGrad> inside;  // the check looks at operations as the user calls them, not at a kernel's own
  if (check) inside.emplace();
  Tensor y = kernel(call, shape);
  inside.reset();
  if (check) detail::check_finite_result(call, y);
  if (tracked) tape->record(op, args, x, attributes, y, where);
  return y;
}

}  // namespace xgrad
