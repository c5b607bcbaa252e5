#include <autograd/op.hpp>

#include <algorithm>

#include <autograd/parameter.hpp>
#include <autograd/tape.hpp>

namespace xgrad {

Args::Args(const std::vector<Tensor>& tensors, const char* file, int line) : where_{file, line} {
  list_.reserve(tensors.size());
  for (const Tensor& t : tensors) list_.emplace_back(t, file, line);
}

Attributes::Attributes(std::initializer_list<std::pair<const char*, Value>> entries)
    : entries_(std::allocate_shared<const Entries>(pool::Allocator<Entries>(), entries)) {}

const Attributes::Value& Attributes::find(const char* name) const {
  if (entries_)
    for (const auto& [key, value] : *entries_)
      if (key == name || std::string_view(key) == name) return value;  // mostly one literal
  throw TapeError(std::string("an operation asked for its attribute '") + name + "', which the call did not give");
}

double Attributes::number(const char* name) const { return std::get<double>(find(name)); }
const Dims& Attributes::dims(const char* name) const { return std::get<Dims>(find(name)); }

const Dims* Attributes::dims_if(const char* name) const { return std::get_if<Dims>(&find(name)); }

const std::string& Attributes::word(const char* name) const { return std::get<std::string>(find(name)); }

bool Attributes::is(const char* name, std::string_view word) const {
  const std::string* given = std::get_if<std::string>(&find(name));
  return given && *given == word;
}

namespace {

std::string text_of(const Attributes::Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return number_text(*number);
  if (const auto* dims = std::get_if<Dims>(&value)) return to_string(*dims);
  return std::get<std::string>(value);
}

}  // namespace

std::string Attributes::text() const {
  std::string result;
  if (!entries_) return result;
  for (const auto& [key, value] : *entries_) result += (result.empty() ? "" : ", ") + (key + ("=" + text_of(value)));
  return result;
}

std::string Attributes::text(const char* name) const { return text_of(find(name)); }

std::string Call::describe(std::size_t i) const {
  const std::string name = x[i].name();
  if (!name.empty()) return name + " " + to_string(x[i].shape());
  return (op.variadic ? "operand " + std::to_string(i) : op.operands[i]) + " " + to_string(x[i].shape());
}

void Call::shape_error(const std::string& what) const { throw ShapeError(op.name + ": " + what, where); }
void Call::numeric_error(const std::string& what) const { throw NumericError(op.name + ": " + what, where); }

void Call::value_error(std::size_t i, Index at, double value, const std::string& expected) const {
  numeric_error("element " + std::to_string(at) + " of " + describe(i) + " is " + number_text(value) + ", not " +
                expected);
}

Index Call::axis(Index axis, std::size_t i) const {
  const Index rank = x[i].rank();
  if (axis < -rank || axis >= rank) shape_error("axis " + std::to_string(axis) + " is out of range for " + describe(i));
  return axis < 0 ? axis + rank : axis;
}

Shape broadcast_shape(const Call& call) {
  Shape shape = call.x[0].shape();
  for (std::size_t i = 1; i < call.x.size(); ++i) {
    if (call.x[i].shape() == shape) continue;
    if (!broadcastable(shape, call.x[i].shape())) {
      std::string list = call.describe(0);
      for (std::size_t k = 1; k < call.x.size(); ++k)
        list += (k + 1 < call.x.size() ? ", " : " and ") + call.describe(k);
      call.shape_error("cannot broadcast " + list + " together");
    }
    shape = broadcast(shape, call.x[i].shape());
  }
  return shape;
}

const char* to_string(SampleKind kind) {
  constexpr const char* names[] = {"plain",          "rank0",           "size1",         "empty", "non_square",
                                   "broadcast_left", "broadcast_right", "negative_axis", "ties"};
  return names[static_cast<int>(kind)];
}

bool OpSpec::is_index(std::size_t operand) const {
  return std::find(index_operands.begin(), index_operands.end(), operand) != index_operands.end();
}

OpSpec&& Op::checked(OpSpec&& spec) {
  const auto fail = [&](const std::string& why) { throw TapeError("Op " + spec.name + ": " + why); };
  if (spec.name.empty()) throw TapeError("Op: it has no name");
  if ((contents::f32 && !spec.kernel.f32) || !spec.kernel.f64) fail("it has no kernel");
  if (spec.operands.empty()) fail("it has no operands");
  if (spec.notation.empty()) spec.notation = spec.name + "({*})";
  if (spec.has_derivative() && spec.vjps.size() != spec.operands.size())
    fail(std::to_string(spec.vjps.size()) + " backward rules for " + std::to_string(spec.operands.size()) +
         " operands; give one for each (nullptr where no gradient flows)");
  return std::move(spec);
}

Op Op::permanent(OpSpec spec) {
  return Op(std::shared_ptr<const OpSpec>(std::shared_ptr<void>(), new OpSpec(checked(std::move(spec)))));
}

Tensor Op::operator()(const Arg& a, const Attributes& attributes) const {
  const Arg* const list[] = {&a};
  return apply(*this, list, attributes, a.where);
}
Tensor Op::operator()(const Arg& a, const Arg& b, const Attributes& attributes) const {
  const Arg* const list[] = {&a, &b};
  return apply(*this, list, attributes, a.where);
}
Tensor Op::operator()(const Arg& a, const Arg& b, const Arg& c, const Attributes& attributes) const {
  const Arg* const list[] = {&a, &b, &c};
  return apply(*this, list, attributes, a.where);
}
Tensor Op::operator()(const Args& operands, const Attributes& attributes) const {
  std::vector<const Arg*> list;
  for (const Arg& a : operands.list()) list.push_back(&a);
  return apply(*this, list, attributes, operands.where());
}

}  // namespace xgrad
