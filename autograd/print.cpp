// How values, recordings and gradient checks print.

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <ostream>
#include <sstream>

#include <autograd/gradcheck.hpp>
#include <autograd/tape.hpp>

namespace xgrad {
namespace {

// Columns as wide as their widest cell; text left, numbers right.
class Table {
 public:
  explicit Table(std::vector<std::string> heads) { rows_.push_back(std::move(heads)); }
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

  void print(std::ostream& out, std::size_t indent = 2) const {
    std::vector<std::size_t> widths(rows_[0].size(), 0);
    for (const auto& row : rows_)
      for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
    for (const auto& row : rows_) {
      std::string line(indent, ' ');
      for (std::size_t i = 0; i < row.size(); ++i) line += row[i] + std::string(widths[i] - width(row[i]) + 2, ' ');
      out << line.substr(0, line.find_last_not_of(' ') + 1) << '\n';
    }
  }

 private:
  // In characters, not bytes: continuation bytes of UTF-8 take no place.
  static std::size_t width(const std::string& s) {
    return static_cast<std::size_t>(std::count_if(s.begin(), s.end(), [](char c) { return (c & 0xC0) != 0x80; }));
  }
  std::vector<std::vector<std::string>> rows_;
};

std::string number(double v, int digits = 6) {
  std::ostringstream out;
  out << std::setprecision(digits) << v;
  return out.str();
}

constexpr Index edge = 3;  // how many at each end of a long axis are shown

void print_axis(std::ostream& out, const std::vector<double>& values, const Shape& shape, Index axis, Index offset,
                Index indent) {
  if (axis == shape.rank()) {
    out << number(values[static_cast<std::size_t>(offset)]);
    return;
  }
  Index stride = 1;
  for (Index i = axis + 1; i < shape.rank(); ++i) stride *= shape[i];
  const bool last = axis + 1 == shape.rank(), shortened = shape[axis] > 2 * edge + 2;
  out << '{';
  for (Index i = 0; i < shape[axis]; ++i) {
    if (i > 0) out << (last ? ", " : ",\n" + std::string(static_cast<std::size_t>(indent), ' '));
    if (shortened && i == edge) {
      out << "…";
      i = shape[axis] - edge - 1;
      continue;
    }
    print_axis(out, values, shape, axis + 1, offset + i * stride, indent + 1);
  }
  out << '}';
}

std::string cell(const Tensor& t) {
  if (t.rank() == 0 && t.name().empty()) return number(t.item());
  return t.name().empty() ? "constant" : t.name();
}

std::string join(Inputs x) {
  std::string text;
  for (const Tensor& t : x) text += (text.empty() ? "" : ", ") + cell(t);
  return text;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, DType dtype) { return out << to_string(dtype); }

std::ostream& operator<<(std::ostream& out, const Tensor& t) {
  if (!t.defined()) return out << "empty Tensor";
  if (!t.name().empty()) out << t.name() << ' ';
  out << to_string(t.dtype()) << ' ' << t.shape() << ' ';
  print_axis(out, t.values(), t.shape(), 0, 0, 1);
  return out;
}

std::ostream& operator<<(std::ostream& out, const Tape& tape) {
  out << "tape: " << tape.size() << (tape.size() == 1 ? " node, " : " nodes, ") << tape.bytes() << " bytes"
      << (tape.closed() ? ", closed by backward" : "") << '\n';
  Table table({"#", "result", "operation", "operands", "shape", "line"});
  std::size_t i = 0;
  for (const Node& node : tape.nodes()) {
    const std::string attributes = node.attributes.text();
    const std::string line = to_string(node.where);
    table.add({std::to_string(i++), node.y.name(),
               !node.op ? "leaf" : node.op->name + (attributes.empty() ? "" : " [" + attributes + "]"), join(node.x),
               to_string(node.y.shape()), line.empty() ? "" : line.substr(2, line.size() - 3)});
  }
  table.print(out);
  return out;
}

const char* to_string(Stencil stencil) {
  constexpr const char* names[] = {"automatic", "complex step", "central difference", "4-point stencil",
                                   "6-point stencil"};
  return names[static_cast<int>(stencil)];
}

const char* to_string(Verdict verdict) {
  constexpr const char* names[] = {"pass", "FAIL", "not tested: the gradient is all zero",
                                   "not tested: the function does not depend on it",
                                   "not tested: every entry is at a kink"};
  return names[static_cast<int>(verdict)];
}

std::ostream& operator<<(std::ostream& out, const GradcheckInput& input) {
  out << input.name << ' ' << input.shape << ", order " << input.order << '\n';
  Table table({"entry", "analytic", "numeric", "difference"});
  for (const GradcheckEntry& e : input.entries)
    table.add(
        {to_string(e.index), number(e.analytic, 10), number(e.numeric, 10), e.kink ? "kink" : number(e.difference, 2)});
  table.print(out);
  return out;
}

std::ostream& operator<<(std::ostream& out, const GradcheckReport& report) {
  out << "gradcheck by " << to_string(report.stencil) << ", tolerance " << number(report.tolerance, 2);
  if (!report.reason.empty()) out << " (no complex step: " << report.reason << ")";
  out << '\n';
  Table table({"input", "shape", "order", "largest difference", "at", "analytic", "numeric", "kinks", "verdict"});
  for (const GradcheckInput& input : report.inputs) {
    std::vector<std::string> row{input.name, to_string(input.shape), std::to_string(input.order)};
    if (const GradcheckEntry* e = input.worst())
      row.insert(row.end(), {number(e->difference, 2), to_string(e->index), number(e->analytic), number(e->numeric)});
    else
      row.insert(row.end(), {"-", "-", "-", "-"});
    row.insert(row.end(), {std::to_string(input.kinks()), to_string(input.verdict)});
    table.add(std::move(row));
  }
  table.print(out);
  return out;
}

std::ostream& operator<<(std::ostream& out, const VCurve& curve) {
  out << "error of d/d " << curve.entry << " = " << number(curve.analytic, 10) << " against the step h\n";
  Table table({"h", "central", "4-point", "6-point", "complex step"});
  for (const VCurve::Row& row : curve.rows)
    table.add({number(row.h, 1), number(row.central, 2), number(row.four_point, 2), number(row.six_point, 2),
               std::isnan(row.complex_step) ? "-" : number(row.complex_step, 2)});
  table.print(out);
  return out;
}

}  // namespace xgrad
