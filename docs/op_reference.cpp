// Writes docs/operations.md: prototypes and their comments from autograd/ops.hpp, derivatives and kinks from the
// catalogue; all the rest is computed. Usage: op_reference path/to/ops.hpp > docs/operations.md

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include <autograd/explain.hpp>
#include <autograd/op.hpp>
#include <autograd/ops.hpp>
#include <autograd/tape.hpp>

#include "compositions.hpp"

using namespace xgrad;

namespace {

struct Prototype {
  std::string section, comment;
  std::vector<std::string> declarations;
};

// Public prototypes in the order of the header; a `// Sentence.` block before them opens a section.
std::vector<std::pair<std::string, Prototype>> read_prototypes(std::istream& in) {
  std::vector<std::pair<std::string, Prototype>> result;
  std::string line, section, comment;
  bool in_section = false, inside = false;
  while (std::getline(in, line)) {
    if (line.starts_with("namespace xgrad {")) inside = true;
    if (!inside || line.starts_with("namespace detail")) {
      if (inside) break;
      continue;
    }
    if (line.starts_with("/// "))
      comment += (comment.empty() ? "" : " ") + line.substr(4);
    else if (line.starts_with("// ")) {
      section = in_section ? section + " " + line.substr(3) : line.substr(3);
      in_section = true;
      continue;
    } else if ((line.starts_with("Tensor ") || line.starts_with("std::vector<Tensor> ")) && line.ends_with(");")) {
      const std::size_t start = line.find(' ') + 1;
      const std::string name = line.substr(start, line.find('(') - start);
      if (!result.empty() && result.back().first == name)
        result.back().second.declarations.push_back(line);
      else
        result.push_back({name, {section, comment, {line}}});
      comment.clear();
    } else {
      comment.clear();
    }
    in_section = false;
  }
  return result;
}

std::string number(double v) {
  std::ostringstream out;
  out << (v == 0 ? 0 : v);
  return std::isnan(v) ? "nan" : out.str();  // whatever sign the NaN has
}

// Values as nested lists: `[[1, 2], [3, 4]]`.
std::string nested(const std::vector<double>& values, const Shape& shape, Index axis, std::size_t& at) {
  if (axis == shape.rank()) return number(values[at++]);
  std::string text = "[";
  for (Index i = 0; i < shape[axis]; ++i) text += (i ? ", " : "") + nested(values, shape, axis + 1, at);
  return text + "]";
}
std::string nested(const Tensor& t) {
  std::size_t at = 0;
  return nested(t.values(), t.shape(), 0, at);
}

std::string shapes(Inputs x) {
  std::string text;
  for (const Tensor& t : x) text += (text.empty() ? "" : ", ") + to_string(t.shape());
  return text;
}

// The operation's own operands and result in a sample, and what it was told.
struct Recorded {
  std::vector<Tensor> x;
  Tensor y;
  Attributes attributes;
};
Recorded record(const Op& op, const Sample& sample) {
  Tape tape({.everything = true});
  std::vector<Tensor> leaves;
  for (const Tensor& x : sample.inputs) leaves.push_back(tape.variable(x));
  sample.call(leaves);
  for (const Node& node : tape.nodes()) {
    const Inputs x = node.x;
    if (node.op && node.op->name == op->name) return {{x.begin(), x.end()}, node.y, node.attributes};
  }
  return {};
}

void describe_shapes(const Op& op) {
  std::vector<std::string> lines;
  for (const Sample& sample : op->samples()) {
    if (sample.kind == SampleKind::empty || sample.kind == SampleKind::size1 || sample.kind == SampleKind::ties)
      continue;
    const Recorded r = record(op, sample);
    if (!r.y.defined()) continue;
    const std::string line = "`" + shapes(r.x) + " → " + to_string(r.y.shape()) + "`";
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
  }
  std::cout << "- shapes, for instance: ";
  const std::size_t step = std::max<std::size_t>(1, lines.size() / 3);
  for (std::size_t i = 0, shown = 0; i < lines.size() && shown < 3; i += step, ++shown)
    std::cout << (shown ? ", " : "") << lines[i];
  std::cout << "\n";
}

// `f(x) → y, derivative d` at scalars.
std::string at_scalars(const Op& op, const Sample& sample, const std::vector<double>& values) {
  Tape tape;
  std::vector<Tensor> leaves;
  std::string text;
  for (double v : values) {
    leaves.push_back(tape.variable(scalar(v)));
    text += (text.empty() ? "" : ", ") + number(v);
  }
  const Tensor y = sample.call(leaves);
  text = op->name + "(" + text + ") = " + number(y.item());
  if (!y.tracked()) return text;
  std::string slopes;
  for (const Tensor& g : tape.gradients(y, Args(leaves))) slopes += (slopes.empty() ? "" : ", ") + number(g.item());
  return text + ", derivative " + slopes;
}

// What becomes of one undefined or infinite element of each operand.
std::string at_elements(const std::vector<Tensor>& x, const std::function<Tensor(const std::vector<Tensor>&)>& f) {
  const auto with = [&](std::size_t operand, double value) -> std::string {
    std::vector<Tensor> inputs = x;
    std::vector<double> v = x[operand].values();
    v[0] = value;
    inputs[operand] = tensor(v, x[operand].shape());
    try {
      const std::vector<double> y = f(inputs).values();
      const auto odd = std::count_if(y.begin(), y.end(), [](double e) { return !std::isfinite(e); });
      return "reaches " + std::to_string(odd) + " of " + std::to_string(y.size()) + " results";
    } catch (const Error&) {
      return "is refused";
    }
  };
  std::string text = "of `" + shapes(x) + "`, ";
  for (std::size_t i = 0; i < x.size(); ++i)
    text += (i > 0 ? "; " : "") + std::string("one NaN in ") +
            (x.size() == 1 ? "an operand" : "operand " + std::to_string(i)) + " " + with(i, NAN) + ", one inf " +
            with(i, INFINITY);
  return text;
}

void describe_special_values(const Op& op) {
  const double inf = INFINITY, nan = NAN;
  const bool elementwise = !op->shape && op->operands.size() <= 2 && !op->variadic;
  const std::vector<Sample> samples = op->samples();
  const auto of_kind = [&](SampleKind kind) {
    return std::find_if(samples.begin(), samples.end(), [&](const Sample& s) { return s.kind == kind; });
  };
  const auto scalar_sample = of_kind(SampleKind::rank0);
  std::cout << "- NaN and infinities: ";
  if (elementwise && scalar_sample != samples.end()) {
    const std::vector<std::vector<double>> points =
        op->operands.size() == 1 ? std::vector<std::vector<double>>{{-inf}, {0}, {inf}, {nan}}
                                 : std::vector<std::vector<double>>{{inf, 1}, {1, inf}, {inf, inf}, {0, 0}, {nan, 1}};
    const char* separator = "";
    for (const std::vector<double>& values : points) {
      std::cout << separator << "`" << at_scalars(op, *scalar_sample, values) << "`";
      separator = "; ";
    }
  } else {
    const Recorded r = record(op, *of_kind(SampleKind::non_square));
    std::cout << at_elements(r.x, [&](const std::vector<Tensor>& x) { return op(Args(x), r.attributes); });
  }
  std::cout << "\n";
}

void describe(const Op& op) {
  const OpSpec& spec = *op;
  const Example example = spec.example();
  std::cout << "- example: `" << example.code << "` → `" << nested(example.run()) << "`\n";
  describe_shapes(op);
  for (std::size_t i = 0; i < spec.operands.size(); ++i) {
    const std::string by = spec.variadic ? "each operand" : "`" + spec.operands[i] + "`";
    if (!spec.has_derivative())
      std::cout << "- no derivative\n";
    else if (!spec.vjps[i])
      std::cout << "- by " << by << ": no gradient\n";
    else
      std::cout << "- by " << by << ": `" << derivative_formula(op, i) << "`\n";
    if (!spec.has_derivative()) break;
  }
  if (spec.has_derivative()) std::cout << "- kinks: " << (spec.kink == "smooth" ? "none" : spec.kink) << "\n";
  describe_special_values(op);
  if (!spec.kernel.complex) std::cout << "- no complex form: gradcheck takes differences\n";
}

// ------------------------------------------------------------------------------------------------ compositions

void describe(const Composition& c) {
  std::vector<Tensor> inputs, leaves;
  Tape tape({.everything = true});
  for (const auto& [name, value] : c.operands) {
    inputs.push_back(value);
    leaves.push_back(named(name, tape.variable(value)));
  }
  const Tensor y = c.f(leaves);
  std::cout << "- example: `" << c.code << "` → `" << nested(y) << "`\n- shapes, for instance: `" << shapes(inputs)
            << " → " << to_string(y.shape()) << "`\n- composed: `" << formula(tape, y) << "`\n";
  std::string kinks;
  for (const Node& node : tape.nodes())
    if (node.op && node.op->has_derivative() && node.op->kink != "smooth")
      kinks += (kinks.empty() ? "" : "; ") + node.op->name + ", " + node.op->kink;
  const Tensor g = named("g", tape.variable(y.detach()));
  for (const Tensor& x : leaves) {
    const Tensor d = tape.gradient(y, x, {.record = true, .cotangent = g});
    std::cout << "- by `" << x.name() << "`: " << (tape.owns(d) ? "`" + formula(tape, d) + "`" : "no gradient") << "\n";
  }
  std::cout << "- kinks: " << (kinks.empty() ? "none" : kinks)
            << "\n- NaN and infinities: " << at_elements(inputs, [&](const std::vector<Tensor>& x) { return c.f(x); })
            << "\n";
}

// ------------------------------------------------------------------------------------------------ the page

int fail(const std::string& name, const std::string& problem) {
  std::cerr << "op_reference: " << name << " " << problem << "\n";
  return 1;
}

}  // namespace

int main(int argc, char* argv[]) {
  std::ifstream header(argc == 2 ? argv[1] : "");
  if (!header) {
    std::cerr << "usage: op_reference path/to/ops.hpp\n";
    return 2;
  }
  std::map<std::string, Op> by_name;
  for (const Op& op : catalogue()) by_name.emplace(op->name, op);

  std::cout << "# Operations\n\nGenerated from `autograd/ops.hpp` and the catalogue by `./dev docs`; do not edit.\n\n"
               "A derivative is what the operation's backward rule returns: `g` is the cotangent of the result `y`. "
               "The engine sums it back over broadcast axes. Sizes in a derivative are those of a sample. Examples and "
               "special values are computed when this page is made, and CI compares.\n";
  std::string section;
  for (const auto& [name, prototype] : read_prototypes(header)) {
    if (prototype.section != section) std::cout << "\n## " << (section = prototype.section) << "\n";
    std::cout << "\n### " << name << "\n\n```cpp\n";
    for (const std::string& declaration : prototype.declarations) std::cout << declaration << "\n";
    std::cout << "```\n";
    if (prototype.comment.empty()) return fail(name, "has no comment in the header that says what its value is");
    std::cout << prototype.comment << "\n\n";
    const auto op = by_name.find(name);
    if (op != by_name.end()) {
      describe(op->second);
      by_name.erase(op);
    } else if (compositions().contains(name)) {
      describe(compositions().at(name));
    } else {
      return fail(name, "is no operation and has no example among the compositions");
    }
  }
  for (const auto& [name, op] : by_name) return fail(name, "has no prototype in the header");
}
