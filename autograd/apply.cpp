// apply: what calling an operation does. Operands are resolved, shapes and values checked, recording allowed or
// refused; only then the kernel runs (which may still refuse values), and the result is recorded.

#include <optional>

#include <autograd/finite.hpp>
#include <autograd/ops.hpp>
#include <autograd/tape.hpp>

namespace xgrad {
namespace {

DType operand_dtype(const OpSpec& op, Inputs x) {
  if (op.index_operands.empty()) return x[0].dtype();
  for (std::size_t i = 0; i < x.size(); ++i)
    if (!op.is_index(i)) return x[i].dtype();
  return f64;
}

template <class K>  // since a build may have left f32 out
const Kernel& kernel_for(const K& kernels, DType dtype) {
  if constexpr (contents::f32)
    if (dtype == f32) return kernels.f32;
  return dtype == f64 ? kernels.f64 : kernels.complex;
}

// Whether the operation is elementwise and nothing broadcasts.
bool alike(const OpSpec& op, Inputs x) {
  if (op.shape) return false;
  for (std::size_t i = 1; i < x.size(); ++i)
    if (x[i].shape() != x[0].shape()) return false;
  return true;
}

// The check looks at operations as the user calls them, not at a kernel's own.
Tensor checked(const Kernel& kernel, const Call& call, const Shape& shape) {
  Tensor y = [&] {
    const NoGrad inside;
    return kernel(call, shape);
  }();
  detail::check_finite_result(call, y);
  return y;
}

}  // namespace

const Tensor& detail::value_of(const char* operation, const Arg& a) {
  const Tensor* t = a.tensor ? a.tensor : a.parameter ? &a.parameter->value() : nullptr;
  if (!t || !t->defined())
    throw ShapeError(std::string(operation) + ": needs a Tensor, not " + (t ? "an empty one" : "a number"), a.where);
  return *t;
}

Tensor Tape::apply(const Op& op, std::span<const Arg* const> args, const Attributes& attributes, const Where& line) {
  const Where& where = CallSite::resolve(line);
  const OpSpec& spec = *op;
  const detail::Lent lent(contents::fast_loops ? args : args.first(0));
  std::optional<Operands> resolved;
  if (lent.empty() || !spec.index_operands.empty() || args.size() != spec.operands.size())
    resolved = detail::resolve(spec, args, where);
  const Inputs x = resolved ? Inputs(*resolved) : Inputs(lent);
  Call call{spec, x, attributes, where};
  std::optional<Shape> made;
  const Shape& shape =
      alike(spec, x) ? x[0].shape() : made.emplace(spec.shape ? spec.shape(call) : broadcast_shape(call));
  if (spec.check) spec.check(call);

  Tape* tape = recording();
  const bool check = tape && tape->options_.check_finite;
  if (tape && !spec.has_derivative() && !tape->options_.everything) tape = nullptr;
  bool tracked = false;
  for (std::size_t i = 0; tape && i < args.size(); ++i) {
    if (spec.has_derivative() && !spec.rule(i)) continue;
    if (args[i]->parameter)
      tracked |= args[i]->parameter->trainable();
    else if (x[i].tracked()) {
      tape->check_operand(spec.name.c_str(), x[i], where);
      tracked = true;
    }
  }

  call.may_wait = tracked || passes_on_;
  const Kernel& kernel = kernel_for(spec.kernel, operand_dtype(spec, x));
  if (!kernel) throw NumericError(spec.name + ": has no complex form", where);
  Tensor y = check ? checked(kernel, call, shape) : kernel(call, shape);
  // A kernel may return an operand as it is, with its trace.
  if (y.defined() && (tracked ? y.value_->references != 1 : y.tracked())) y = detail::share(y, y.shape());
  if (tracked) tape->record(op, args, x, attributes, y, where);
  return y;
}

Tensor apply(const Op& op, std::span<const Arg* const> args, const Attributes& attributes, const Where& line) {
  return Tape::apply(op, args, attributes, line);
}

}  // namespace xgrad
