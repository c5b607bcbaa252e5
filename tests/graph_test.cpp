// Random graphs over every differentiable operation: the tape against numeric derivatives, against itself, against
// another order of recording, and f32 against f64.
//   graph_test [--graphs N] [--seed S]      or RC_PARAMS, as RapidCheck reads it

#define BOOST_TEST_ALTERNATIVE_INIT_API
#include <boost/test/unit_test.hpp>

#include <rapidcheck.h>

#include <cstdlib>
#include <iostream>
#include <sstream>

#include "graphs.hpp"
#include "rule_swap.hpp"

using namespace graphs;
using namespace boost::unit_test;

namespace graphs {

void showValue(const Recipe& recipe, std::ostream& out) {
  out << "\n";
  describe(Graph(recipe), out);
}

}  // namespace graphs

namespace {

// ------------------------------------------------------------------------------------------------ generators

rc::Gen<unsigned> below(unsigned n) { return rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0u, n)); }

rc::Gen<Recipe> recipes() {
  const auto step = rc::gen::build<Step>(rc::gen::set(&Step::op, below(static_cast<unsigned>(choices().size()))),
                                         rc::gen::set(&Step::sample, below(64)), rc::gen::set(&Step::pick, below(12)),
                                         rc::gen::set(&Step::stride, below(12)), rc::gen::set(&Step::offset, below(16)),
                                         rc::gen::set(&Step::shape, below(1u << 20)));
  const auto list = [](auto element, int most) {
    using Element = typename decltype(element)::ValueType;
    return rc::gen::resize(most, rc::gen::nonEmpty(rc::gen::container<std::vector<Element>>(element)));
  };
  return rc::gen::build<Recipe>(rc::gen::set(&Recipe::leaves, list(below(7), 3)),
                                rc::gen::set(&Recipe::steps, list(step, 8)), rc::gen::set(&Recipe::order, below(1000)));
}

// ------------------------------------------------------------------------------------------------ one run

struct Run {
  std::vector<double> y;
  std::vector<std::vector<double>> gradients;  // by each leaf
  std::vector<double> branches;                // which piece every piecewise operation took
  bool repeatable = true;                      // a second sweep of the same recording gives the same bits
};

Tensor weights(const Tensor& y) {
  Rng rng(5);
  return rand(y.shape(), rng, y.dtype() == f32 ? f32 : f64) + 0.5;
}

std::vector<Tensor> declared(Tape& tape, const std::vector<Tensor>& values, bool backwards) {
  std::vector<Tensor> x(values.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t at = backwards ? x.size() - 1 - i : i;
    x[at] = tape.variable(values[at]);
  }
  return x;
}

Run run(const Graph& graph, const std::vector<Tensor>& values, const std::vector<std::size_t>& order,
        bool backwards = false) {
  Tape tape;
  const std::vector<Tensor> x = declared(tape, values, backwards);
  const Tensor y = graph(x, order);
  Run result{y.values(), {}, {}};
  if (!y.tracked()) {
    for (const Tensor& t : x) result.gradients.push_back(std::vector<double>(static_cast<std::size_t>(t.size())));
    return result;
  }
  for (const Tensor& g : tape.gradients(y, Args(x), {.cotangent = weights(y)})) result.gradients.push_back(g.values());
  const std::vector<Tensor> again = tape.gradients(y, Args(x), {.cotangent = weights(y)});
  for (std::size_t i = 0; i < x.size(); ++i) result.repeatable &= again[i].values() == result.gradients[i];
  const NoGrad off;
  for (const Node& node : tape.nodes()) {
    if (!node.op || !node.op->branch) continue;
    const std::vector<double> taken = node.op->branch(Call{*node.op, node.x, node.attributes, node.where}).values();
    result.branches.insert(result.branches.end(), taken.begin(), taken.end());
  }
  return result;
}

// ------------------------------------------------------------------------------------------------ scales

double largest(const std::vector<double>& v) {
  double most = 0;
  for (double x : v) most = std::max(most, std::abs(x));
  return most;
}

std::vector<std::vector<double>> results(const Graph& graph, std::vector<Tensor> values, std::size_t leaf, Index entry,
                                         double delta) {
  std::vector<double> moved = values[leaf].values();
  moved[static_cast<std::size_t>(entry)] += delta;
  values[leaf] = tensor(moved, values[leaf].shape());
  Tape tape;
  graph(declared(tape, values, false));
  std::vector<std::vector<double>> result;
  for (const Node& node : tape.nodes()) result.push_back(node.y.values());
  return result;
}

// How large the terms of each gradient entry are before they cancel, as they do where a softmax is of shifted rows: the
// cotangent of an operation times what the entry moves its operands or its result by, the largest of all operations.
struct Scale {
  std::vector<std::vector<double>> entries;
  double height = 0;  // the largest value of an operation times its cotangent: its roundings are what differences see
  double least = 0;   // the smallest value that is not 0, if anything is recorded
};

Scale scale_of(const Graph& graph) {
  Tape tape;
  const std::vector<Tensor> x = declared(tape, graph.leaves, false);
  const Tensor y = graph(x);
  std::vector<Tensor> made;
  for (const Node& node : tape.nodes()) made.push_back(node.y);
  std::vector<double> cotangents(made.size(), 0);
  Scale scale;
  scale.least = y.tracked() ? 1 : 0;
  for (const Tensor& t : made)
    for (double v : t.values())
      if (v != 0) scale.least = std::min(scale.least, std::abs(v));
  if (y.tracked()) {
    const std::vector<Tensor> all = tape.gradients(y, Args(made), {.cotangent = weights(y)});
    for (std::size_t n = 0; n < all.size(); ++n) {
      cotangents[n] = largest(all[n].values());
      scale.height = std::max(scale.height, cotangents[n] * largest(made[n].values()));
    }
  }
  constexpr double h = 0x1p-20;
  for (std::size_t i = 0; i < x.size(); ++i) {
    scale.entries.emplace_back();
    for (Index k = 0; k < x[i].size(); ++k) {
      const auto above = results(graph, graph.leaves, i, k, h), below = results(graph, graph.leaves, i, k, -h);
      std::vector<double> tangents(made.size(), 0);
      double most = 0;
      for (std::size_t n = 0; n < made.size() && above.size() == made.size() && below.size() == made.size(); ++n) {
        for (std::size_t e = 0; e < above[n].size(); ++e)
          tangents[n] = std::max(tangents[n], std::abs(above[n][e] - below[n][e]) / (2 * h));
        double nearby = tangents[n];
        for (const Tensor& operand : Inputs(tape.nodes()[n].x))
          if (tape.owns(operand)) nearby = std::max(nearby, tangents[operand.trace().node]);
        most = std::max(most, cotangents[n] * nearby);
      }
      scale.entries.back().push_back(most);
    }
  }
  // what cancels twice on its way shows in other entries only, if at all
  double all = 1e-10 * scale.height;
  for (const std::vector<double>& entries : scale.entries) all = std::max(all, largest(entries));
  for (std::vector<double>& entries : scale.entries)
    for (double& entry : entries) entry = std::max(entry, 0.01 * all);
  return scale;
}

using Gradients = std::vector<std::vector<double>>;

double difference(const Gradients& a, const Gradients& b, const Gradients& scale) {
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t k = 0; k < a[i].size(); ++k) {
      const double distance = std::abs(a[i][k] - b[i][k]);
      if (!std::isfinite(distance)) return INFINITY;
      if (distance > 0)
        worst = std::max(worst, distance / std::max({std::abs(a[i][k]), std::abs(b[i][k]), scale[i][k]}));
    }
  return worst;
}

// ------------------------------------------------------------------------------------------------ properties

// Differences relative to the scale of an entry. Each operation adds a few roundings of 1.1e-16 (6e-8), and functions
// of up to 30 operations follow one another.
constexpr double by_complex_step = 1e-13, by_six_point = 1e-9, by_order = 1e-13, in_f32 = 1e-4;
constexpr double step_noise = 1e-12;  // differences divide the roundings of values by a step of 2⁻⁹

struct Statistics {
  std::size_t graphs = 0, nontrivial = 0, complex_step = 0, entries = 0, kinks = 0, same_sums = 0, beyond_f32 = 0;
  double complex = 0, six_point = 0, order = 0, narrow = 0;  // the largest differences
  std::map<std::string, std::size_t> uses;
};

std::string report(const char* what, double found) {
  std::ostringstream out;
  out << what << ": " << found;
  return out.str();
}

std::string against_numeric(const Graph& graph, const Scale& scale, Statistics& statistics) {
  const GradcheckReport checked = gradcheck([&](Inputs x) { return graph(x); }, graph.leaves);
  const bool complex = checked.stencil == Stencil::complex_step;
  double worst = 0;
  bool nontrivial = false;
  const double noise = complex ? 0 : step_noise / by_six_point * scale.height;
  for (std::size_t i = 0; i < scale.entries.size(); ++i)
    for (std::size_t k = 0; k < scale.entries[i].size(); ++k) {
      const GradcheckEntry& e = checked.inputs[i].entries[k];
      ++statistics.entries;
      statistics.kinks += e.kink;
      if (e.kink) continue;
      nontrivial |= e.analytic != 0;
      worst = std::max(worst, difference({{e.analytic}}, {{e.numeric}}, {{scale.entries[i][k] + noise}}));
    }
  statistics.nontrivial += nontrivial;
  statistics.complex_step += complex;
  double& most = complex ? statistics.complex : statistics.six_point;
  most = std::max(most, worst);
  if (worst <= (complex ? by_complex_step : by_six_point)) return "";
  std::ostringstream out;
  out << "differs from " << to_string(checked.stencil) << " by " << worst << "\n";
  for (const GradcheckInput& input : checked.inputs) out << input;
  return out.str();
}

/// What is wrong with a graph, or "".
std::string wrong(const Graph& graph, unsigned order, Statistics& statistics) {
  const Scale scale = scale_of(graph);
  if (const std::string text = against_numeric(graph, scale, statistics); !text.empty()) return text;

  const Run once = run(graph, graph.leaves, graph.in_order()), twice = run(graph, graph.leaves, graph.in_order());
  if (!once.repeatable || once.y != twice.y || once.gradients != twice.gradients)
    return "is not the same when repeated";

  // Sums of two cotangents are the same bits in either order.
  Rng rng(order);
  const Run other = run(graph, graph.leaves, graph.shuffled(rng), true);
  const bool same_sums = std::all_of(graph.uses.begin(), graph.uses.end(), [](std::size_t n) { return n <= 2; });
  const double by_order_found = difference(once.gradients, other.gradients, scale.entries);
  statistics.same_sums += same_sums;
  statistics.order = std::max(statistics.order, by_order_found);
  if (once.y != other.y || (same_sums && once.gradients != other.gradients) || by_order_found > by_order)
    return report("depends on the order of recording by", by_order_found);

  std::vector<Tensor> narrow;
  for (const Tensor& x : graph.leaves) narrow.push_back(x.to(f32));
  const Run in_narrow = run(graph, narrow, graph.in_order());
  // rounded to the other side of a kink, or beyond the range of f32, as a product of 300 numbers may be
  if (in_narrow.branches != once.branches || scale.least < 1e-30) {
    ++statistics.beyond_f32;
    return "";
  }
  const double narrow_found =
      std::max(difference({in_narrow.y}, {once.y}, {std::vector<double>(once.y.size(), scale.height)}),
               difference(in_narrow.gradients, once.gradients, scale.entries));
  statistics.narrow = std::max(statistics.narrow, narrow_found);
  if (narrow_found <= in_f32) return "";
  std::ostringstream out;
  out << "differs in f32 by " << narrow_found << "\nentry: f32, f64, scale\n";
  for (std::size_t i = 0; i < scale.entries.size(); ++i)
    for (std::size_t k = 0; k < scale.entries[i].size(); ++k)
      out << "x" << i << "[" << k << "]: " << in_narrow.gradients[i][k] << ", " << once.gradients[i][k] << ", "
          << scale.entries[i][k] << "\n";
  return out.str();
}

// ------------------------------------------------------------------------------------------------ tests

void count_uses(const Graph& graph, Statistics& statistics) {
  Tape tape;
  std::vector<Tensor> all;
  graph(declared(tape, graph.leaves, false), graph.in_order(), &all);
  for (std::size_t i = 0; i < graph.applications.size(); ++i)
    if (all[graph.leaves.size() + i].tracked()) ++statistics.uses[(*graph.applications[i].op)->name];
}

void random_graphs() {
  Statistics s;
  const bool held = rc::check("a random graph has the gradient that differences say, in any order and dtype", [&] {
    const Recipe recipe = *recipes();
    const Graph graph(recipe);
    const std::string text = wrong(graph, recipe.order, s);
    if (!text.empty()) RC_FAIL(text);
    ++s.graphs;
    count_uses(graph, s);
  });
  BOOST_TEST(held, "see the graph above");
  if (!held) return;
  std::size_t least = s.graphs, operations = 0;
  for (const Choice& choice : choices()) {
    const std::size_t uses = s.uses[(*choice.op)->name];
    least = std::min(least, uses);
    operations += uses;
    BOOST_TEST(uses >= s.graphs / 50, (*choice.op)->name << " is used " << uses << " times only");
  }
  std::cout << s.graphs << " graphs of " << operations << " operations, each of " << choices().size()
            << " used at least " << least << " times; " << s.nontrivial << " have a gradient that is not 0\n"
            << s.complex_step << " by the complex step, differences up to " << s.complex << "; the others up to "
            << s.six_point << "; " << s.kinks << " of " << s.entries << " entries at kinks\n"
            << "order of recording: " << s.same_sums << " bit for bit, the others up to " << s.order << "; f32: up to "
            << s.narrow << ", " << s.beyond_f32 << " beyond it\n";
  BOOST_TEST(10 * s.nontrivial >= 9 * s.graphs);
  BOOST_TEST(20 * s.beyond_f32 <= s.graphs);
}

// The test itself is tested: a factor of 1.0001 in one rule is found soon.
void planted_bug() {
  for (const char* name : {"conv2d", "softmax", "gather", "erf"}) {
    const auto choice =
        std::find_if(choices().begin(), choices().end(), [&](const Choice& c) { return (*c.op)->name == name; });
    const RuleSwap swap(*choice->op, 0, [](const Vjp& right) -> Vjp {
      return [right](const Pullback& c) { return 1.0001 * right(c); };
    });
    Statistics s;
    unsigned tries = 0;
    for (bool found = false; !found && tries < 20; ++tries) {
      Recipe recipe{
          {1, 3}, {Step{.op = static_cast<unsigned>(choice - choices().begin()), .sample = tries}, Step{.op = tries}}};
      found = !wrong(Graph(recipe), 0, s).empty();
    }
    BOOST_TEST(tries < 20, name << ": a wrong rule is not found");
  }
}

}  // namespace

bool init_unit_test() {
  master_test_suite_t& all = framework::master_test_suite();
  all.add(make_test_case(random_graphs, "random_graphs", __FILE__, __LINE__));
  all.add(make_test_case(planted_bug, "planted_bug", __FILE__, __LINE__));
  return true;
}

int main(int argc, char* argv[]) {
  std::string graph_count = "2000", seed = "1";
  bool chosen = false;
  std::vector<char*> rest;
  for (int i = 0; i < argc; ++i) {
    const std::string option = argv[i];
    if ((option == "--graphs" || option == "--seed") && i + 1 < argc) {
      (option == "--seed" ? seed : graph_count) = argv[++i];
      chosen = true;
    } else {
      rest.push_back(argv[i]);
    }
  }
  // the same graphs every time unless asked for others
  setenv("RC_PARAMS", ("seed=" + seed + " max_success=" + graph_count).c_str(), chosen ? 1 : 0);
  return unit_test_main(init_unit_test, static_cast<int>(rest.size()), rest.data());
}
