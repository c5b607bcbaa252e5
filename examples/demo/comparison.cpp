#include "comparison.hpp"

#include "../common/html.hpp"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <ostream>
#include <sstream>

namespace demo {

using namespace xgrad;
using common::number;

namespace {

hand::Matrix matrix_of(const Tensor& t) {
  return {static_cast<std::size_t>(t.shape()[0]), static_cast<std::size_t>(t.shape()[1]), t.values()};
}

// What gradcheck found numerically, entry by entry, times a factor.
std::vector<double> numeric(const GradcheckInput& input, double factor) {
  std::vector<double> values;
  for (const GradcheckEntry& e : input.entries) values.push_back(factor * e.numeric);
  return values;
}

std::vector<double> times(std::vector<double> values, double factor) {
  for (double& v : values) v *= factor;
  return values;
}

struct Ways {
  std::vector<double> tape, central, complex_step;
};

Compared row(const std::string& name, const Shape& shape, const Ways& ways, const hand::Gradient& derived) {
  const auto largest = std::max_element(ways.tape.begin(), ways.tape.end(),
                                        [](double a, double b) { return std::abs(a) < std::abs(b); });
  const auto at = static_cast<std::size_t>(largest - ways.tape.begin());
  std::string entry;
  Index rest = static_cast<Index>(at);
  for (Index i = shape.rank(); i-- > 0; rest /= shape[i])
    entry = std::to_string(rest % shape[i]) + (entry.empty() ? "" : ", ") + entry;
  return {.name = name,
          .shape = xgrad::to_string(shape),
          .entry = "[" + entry + "]",
          .tape = ways.tape[at],
          .hand = derived.v[at],
          .central = ways.central[at],
          .complex_step = ways.complex_step[at],
          .from_hand = hand::largest_difference(ways.tape, derived.v, derived.scale),
          .from_central = hand::largest_difference(ways.tape, ways.central, derived.scale),
          .from_complex_step = hand::largest_difference(ways.tape, ways.complex_step, derived.scale)};
}

}  // namespace

std::vector<Compared> compare(Net& net, const Tensor& x, const Tensor& y) {
  const auto m = static_cast<double>(x.shape()[0]);
  const std::vector<hand::Layer> layers{{matrix_of(net.W1.value()), net.b1.value().values(), net.activation},
                                        {matrix_of(net.W2.value()), net.b2.value().values()}};
  const std::vector<hand::LayerGradient> derived =
      hand::gradients(matrix_of(x), matrix_of(y), layers, hand::Output::sigmoid);

  Tape tape;
  const Tensor z1 = net.hidden_input(x), z2 = net.logits_of(z1);
  const Tensor loss = binary_cross_entropy_with_logits(z2, y);
  const std::vector<Tensor> g = tape.gradients(loss, {z2, net.W2, net.b2, z1, net.W1, net.b1});

  // the same losses as functions of Z2, of Z1, and of the Parameters
  const auto check = [&](Stencil stencil) {
    const GradcheckOptions options{.stencil = stencil};
    const auto by_z2 = gradcheck([&](Inputs in) { return binary_cross_entropy_with_logits(in[0], y); }, {z2}, options);
    const auto by_z1 =
        gradcheck([&](Inputs in) { return binary_cross_entropy_with_logits(net.logits_of(in[0]), y); }, {z1}, options);
    const auto by_parameters = gradcheck([&] { return binary_cross_entropy_with_logits(net.logits(x), y); },
                                         {&net.W2, &net.b2, &net.W1, &net.b1}, options);
    const auto& p = by_parameters.inputs;
    return std::vector<std::vector<double>>{numeric(by_z2.inputs[0], m), numeric(p[0], 1), numeric(p[1], 1),
                                            numeric(by_z1.inputs[0], m), numeric(p[2], 1), numeric(p[3], 1)};
  };
  const auto central = check(Stencil::central), complex_step = check(Stencil::complex_step);

  const char* const names[] = {"dZ2", "dW2", "db2", "dZ1", "dW1", "db1"};
  const hand::Gradient* const by_hand[] = {&derived[1].dZ, &derived[1].dW, &derived[1].db,
                                           &derived[0].dZ, &derived[0].dW, &derived[0].db};
  std::vector<Compared> rows;
  for (std::size_t i = 0; i < 6; ++i) {
    const bool of_z = i % 3 == 0;
    rows.push_back(
        row(names[i], g[i].shape(), {times(g[i].values(), of_z ? m : 1), central[i], complex_step[i]}, *by_hand[i]));
  }
  return rows;
}

void print(std::ostream& out, const std::vector<Compared>& rows) {
  const auto line = [&](const std::vector<std::string>& cells) {
    constexpr int widths[] = {5, 10, 9, 19, 19, 19, 19};
    for (std::size_t i = 0; i < cells.size(); ++i) out << std::left << std::setw(widths[i]) << cells[i];
    out << '\n';
  };
  line({"", "shape", "entry", "tape", "hand-derived", "central difference", "complex step"});
  for (const Compared& r : rows) {
    line({r.name, r.shape, r.entry, number(r.tape, 12), number(r.hand, 12), number(r.central, 12),
          number(r.complex_step, 12)});
    line({"", "", "", "largest difference", number(r.from_hand, 2), number(r.from_central, 2),
          number(r.from_complex_step, 2)});
  }
}

}  // namespace demo
