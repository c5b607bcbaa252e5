#include <autograd/derivatives.hpp>

#include <algorithm>
#include <cstring>

#include <autograd/kernel.hpp>
#include <autograd/ops.hpp>
#include <autograd/subject.hpp>

namespace xgrad {
namespace {

using detail::OfParameters;
using detail::OfTensors;
using detail::Subject;

// ---------------------------------------------------------------------------------------------- what is demanded

[[noreturn]] void refuse(const Subject& s, const std::string& problem) {
  throw ShapeError(s.what + ": " + problem, s.where);
}

const Subject& demand_inputs(const Subject& s) {
  if (s.at.empty()) refuse(s, "there is nothing to differentiate by");
  return s;
}

std::string label_of(const Subject& s, std::size_t i) { return s.names[i] + " " + to_string(s.at[i].shape()); }

// A cotangent or direction belongs to a value: same shape, same dtype. As a constant.
Tensor demand_like(const Subject& s, const std::string& name, const Tensor& t, const std::string& label,
                   const Tensor& like) {
  if (!t.defined()) refuse(s, name + " is an empty Tensor");
  if (t.shape() != like.shape()) refuse(s, name + " " + to_string(t.shape()) + " must have the shape of " + label);
  if (t.dtype() != like.dtype())
    throw DTypeError(s.what + ": " + name + " is " + to_string(t.dtype()) + " but " + label + " is " +
                         to_string(like.dtype()) + "; convert it with .to(" + to_string(like.dtype()) + ")",
                     s.where);
  return t.detach();
}

std::vector<Tensor> demand_direction(const Subject& s, const std::vector<Tensor>& v) {
  if (v.size() != s.at.size())
    refuse(s, "v holds " + std::to_string(v.size()) + " Tensors for " + std::to_string(s.at.size()) +
                  " inputs: give one of its shape for each");
  std::vector<Tensor> result;
  for (std::size_t i = 0; i < v.size(); ++i)
    result.push_back(demand_like(s, "v[" + std::to_string(i) + "]", v[i], label_of(s, i), s.at[i]));
  return result;
}

Tensor demand_scalar(const Subject& s, const Tensor& y) {
  if (y.size() != 1) refuse(s, detail::label(y) + " is not a scalar: reduce it (sum, mean)");
  return y;
}

// ---------------------------------------------------------------------------------------------- rows

// Zeros but for a 1 at element k: as a cotangent it asks for one row.
Tensor unit(const Tensor& like, Index k) {
  Tensor t = zeros(like.shape(), like.dtype());
  if (like.dtype() == f32)
    mutable_elements<float>(t)[k] = 1;
  else
    mutable_elements<double>(t)[k] = 1;
  return t;
}

// (leading axes…, t's axes…), to be filled row by row.
Tensor rows_of(const Subject& s, const Shape& leading, const std::string& leading_label, std::size_t i) {
  const Tensor& t = s.at[i];
  if (leading.rank() + t.rank() > Dims::capacity)
    refuse(s, leading_label + " by " + label_of(s, i) + " would have " + std::to_string(leading.rank() + t.rank()) +
                  " axes, and " + std::to_string(Dims::capacity) + " is the most: reshape one of them to fewer");
  Shape shape = leading;
  for (const Index size : t.shape()) shape.push_back(size);
  return detail::allocate(shape, t.dtype());
}

void put_row(Tensor& rows, Index r, const Tensor& row) {
  const std::size_t bytes = static_cast<std::size_t>(row.size()) * size_of(row.dtype());
  if (bytes > 0)
    std::memcpy(static_cast<char*>(detail::mutable_data(rows)) + static_cast<std::size_t>(r) * bytes, row.data(),
                bytes);
}

// Σ <a_i, b_i>, recorded; f64, since inputs may differ in dtype.
Tensor inner(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  Tensor total = scalar(0);
  for (std::size_t i = 0; i < a.size(); ++i) total = total + sum(a[i] * b[i]).to(f64);
  return total;
}

// ---------------------------------------------------------------------------------------------- the derivatives

VjpResult vjp_of(Subject& s, const Tensor& u) {
  demand_inputs(s);
  Tape tape;
  const Tensor y = s.evaluate();
  const Tensor cotangent = demand_like(s, "the cotangent", u, detail::label(y), y);
  return {y.detach(), s.pull(tape, y, {.cotangent = cotangent})};
}

JvpResult jvp_of(Subject& s, const std::vector<Tensor>& v) {
  const std::vector<Tensor> direction = demand_direction(demand_inputs(s), v);
  Tape tape;
  const Tensor y = s.evaluate();
  const Tensor u = tape.variable(detail::zeros_like(y), s.where.file, s.where.line);
  const Tensor along = inner(s.pull(tape, y, {.record = true, .cotangent = u}), direction);
  return {y.detach(), tape.depends(along, u) ? tape.gradient(along, u) : detail::zeros_like(y)};
}

std::vector<Tensor> jacobian_of(Subject& s) {
  demand_inputs(s);
  Tape tape;
  const Tensor y = s.evaluate();
  std::vector<Tensor> result;
  for (std::size_t i = 0; i < s.at.size(); ++i) result.push_back(rows_of(s, y.shape(), detail::label(y), i));
  for (Index r = 0; r < y.size(); ++r) {
    const std::vector<Tensor> row = s.pull(tape, y, {.cotangent = unit(y, r)});
    for (std::size_t i = 0; i < row.size(); ++i) put_row(result[i], r, row[i]);
  }
  return result;
}

std::vector<Tensor> hvp_of(Subject& s, const std::vector<Tensor>& v) {
  const std::vector<Tensor> direction = demand_direction(demand_inputs(s), v);
  Tape tape;
  const Tensor y = demand_scalar(s, s.evaluate());
  return s.pull(tape, inner(s.pull(tape, y, {.record = true}), direction), {});
}

std::string entry_name(const std::string& name, const Dims& index) {
  std::string inside = to_string(index);
  if (index.empty()) return name;
  inside.front() = '[';
  inside.back() = ']';
  return name + inside;
}

Hessian hessian_of(Subject& s) {
  demand_inputs(s);
  Index n = 0;
  for (const Tensor& t : s.at) n += t.size();
  if (n > Hessian::max_entries)
    refuse(s, std::to_string(n) + " entries make a matrix of " + std::to_string(n * n / 125'000) + " MB, and " +
                  std::to_string(Hessian::max_entries) +
                  " are the most: differentiate by fewer, or multiply by it with hvp");
  Tape tape;
  const Tensor y = demand_scalar(s, s.evaluate());
  const std::vector<Tensor> gradient = s.pull(tape, y, {.record = true});
  Hessian h{zeros({n, n}), {}};
  double* out = mutable_elements<double>(h.matrix);
  for (std::size_t i = 0; i < s.at.size(); ++i)
    for (Index k = 0; k < s.at[i].size(); ++k) {
      h.entries.push_back(entry_name(s.names[i], unravel(k, s.at[i].shape())));
      for (const Tensor& part : s.pull(tape, gradient[i], {.cotangent = unit(gradient[i], k)})) {
        const std::vector<double> values = part.values();
        out = std::copy(values.begin(), values.end(), out);
      }
    }
  return h;
}

// The number of examples: rows that all Tensors of the batch have.
Index demand_batch(const Subject& s, const std::vector<Tensor>& batch) {
  if (batch.empty()) refuse(s, "the batch is empty: give the Tensors whose rows are examples");
  const auto label = [&](std::size_t i) {
    return batch[i].name().empty() ? "batch[" + std::to_string(i) + "] " + to_string(batch[i].shape())
                                   : detail::label(batch[i]);
  };
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (!batch[i].defined()) refuse(s, "batch[" + std::to_string(i) + "] is an empty Tensor");
    if (batch[i].rank() == 0) refuse(s, label(i) + " is a scalar: examples are rows");
    if (batch[i].shape()[0] != batch[0].shape()[0]) refuse(s, label(i) + " does not have as many rows as " + label(0));
  }
  return batch[0].shape()[0];
}

}  // namespace

VjpResult vjp(const Function& f, const std::vector<Tensor>& inputs, const Tensor& u, const Where& where) {
  OfTensors subject("vjp", f, inputs, where);
  return vjp_of(subject, u);
}
VjpResult vjp(const std::function<Tensor()>& f, const std::vector<Parameter*>& parameters, const Tensor& u,
              const Where& where) {
  OfParameters subject("vjp", f, parameters, where);
  return vjp_of(subject, u);
}

JvpResult jvp(const Function& f, const std::vector<Tensor>& inputs, const std::vector<Tensor>& v, const Where& where) {
  OfTensors subject("jvp", f, inputs, where);
  return jvp_of(subject, v);
}
JvpResult jvp(const std::function<Tensor()>& f, const std::vector<Parameter*>& parameters, const std::vector<Tensor>& v,
              const Where& where) {
  OfParameters subject("jvp", f, parameters, where);
  return jvp_of(subject, v);
}

std::vector<Tensor> jacobian(const Function& f, const std::vector<Tensor>& inputs, const Where& where) {
  OfTensors subject("jacobian", f, inputs, where);
  return jacobian_of(subject);
}
std::vector<Tensor> jacobian(const std::function<Tensor()>& f, const std::vector<Parameter*>& parameters,
                             const Where& where) {
  OfParameters subject("jacobian", f, parameters, where);
  return jacobian_of(subject);
}

std::vector<Tensor> hvp(const Function& f, const std::vector<Tensor>& inputs, const std::vector<Tensor>& v,
                        const Where& where) {
  OfTensors subject("hvp", f, inputs, where);
  return hvp_of(subject, v);
}
std::vector<Tensor> hvp(const std::function<Tensor()>& f, const std::vector<Parameter*>& parameters,
                        const std::vector<Tensor>& v, const Where& where) {
  OfParameters subject("hvp", f, parameters, where);
  return hvp_of(subject, v);
}

Hessian hessian(const Function& f, const std::vector<Tensor>& inputs, const Where& where) {
  OfTensors subject("hessian", f, inputs, where);
  return hessian_of(subject);
}
Hessian hessian(const std::function<Tensor()>& f, const std::vector<Parameter*>& parameters, const Where& where) {
  OfParameters subject("hessian", f, parameters, where);
  return hessian_of(subject);
}

std::vector<Tensor> per_example_gradients(const Function& loss, const std::vector<Parameter*>& parameters,
                                          const std::vector<Tensor>& batch, const Where& where) {
  std::vector<Tensor> example(batch.size());
  const std::function<Tensor()> loss_of_example = [&] { return loss(example); };
  OfParameters subject("per_example_gradients", loss_of_example, parameters, where);
  demand_inputs(subject);
  const Index n = demand_batch(subject, batch);
  std::vector<Tensor> result;
  for (std::size_t i = 0; i < parameters.size(); ++i)
    result.push_back(rows_of(subject, {n}, "the gradients of " + std::to_string(n) + " examples", i));
  for (Index r = 0; r < n; ++r) {
    Tape tape;
    for (std::size_t i = 0; i < batch.size(); ++i) example[i] = slice(batch[i].detach(), 0, r, r + 1);
    const std::vector<Tensor> row = subject.pull(tape, demand_scalar(subject, subject.evaluate()), {});
    for (std::size_t i = 0; i < row.size(); ++i) put_row(result[i], r, row[i]);
  }
  return result;
}

}  // namespace xgrad
