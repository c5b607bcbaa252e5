#include <autograd/operands.hpp>

#include <optional>

#include <autograd/ops.hpp>

namespace xgrad {
namespace {

// A widened operand stays where it was on its recording.
Tensor widen(const Tensor& t) {
  Tensor wide = detail::with_name(to_complex(t), t.name());
  if (t.tracked()) detail::set_trace(wide, t.trace(), nullptr);
  return wide;
}

}  // namespace

Operands detail::resolve(const OpSpec& op, std::span<const Arg* const> args, const Where& where) {
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
    x.hold(a.tensor ? *a.tensor : a.parameter ? a.parameter->value() : Tensor());
    if (a.tensor && !a.tensor->defined()) throw ShapeError(op.name + ": " + name_of(i) + " is an empty Tensor", where);
    as_they_are = as_they_are && x[i].defined();
    if (!x[i].defined() || op.is_index(i)) continue;
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
    if (!x[i].defined()) x[i] = scalar(args[i]->number, !op.is_index(i) && dtype == f32 ? f32 : f64);
    if (op.is_index(i))
      x[i] = x[i].dtype() == DType::complex_step ? real_part(x[i]) : x[i];
    else if (dtype == DType::complex_step && x[i].dtype() == f64)
      x[i] = widen(x[i]);
  }
  return x;
}

}  // namespace xgrad
