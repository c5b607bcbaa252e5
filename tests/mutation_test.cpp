// Every backward rule of the catalogue with one bug planted at a time: the laws must notice.
//   mutation_test [--op NAME] [--list]
// A survivor is either the same function, and stands in the table below with the reason, or shows a law or a sample
// that is too weak.

#define BOOST_TEST_ALTERNATIVE_INIT_API
#include <boost/test/unit_test.hpp>

#include <iomanip>
#include <iostream>
#include <set>

#include "derivative_laws.hpp"
#include "kinks.hpp"
#include "mutants.hpp"

using namespace mutation;
using namespace boost::unit_test;

namespace {

std::string only_op;
bool listing = false;

struct Equivalent {
  std::string reason;
  std::vector<std::string> mutants;
};
const std::vector<Equivalent> equivalent = {
    {"y is positive exactly where x is",
     {"relu by x: relu_backward#0 operand 1 x0 instead", "selu by x: greater#0 operand 0 y instead"}},
    {"no gradient flows to that operand",
     {"relu by x: relu_backward#0 operand 1 detached", "relu_backward by g: relu_backward#0 operand 1 detached",
      "max_pool2d by x: max_pool2d_backward#0 operand 0 detached",
      "max_pool2d by x: max_pool2d_backward#0 operand 1 detached"}},
    {"padding is never the largest element, whatever lies there", {"max_pool2d_backward by g: unfold#1 value + 0.01"}},
    {"of a single element the others have the product 1, so the factor is 1",
     {"prod by x: mul#0 operand 0 alone", "prod by x: mul#0 div instead"}},
    {"the product of an even number of others (of 3 or 5 elements, or of the 3 pairs of 5) loses the sign",
     {"prod by x, way 3: permute#0 negated", "prod by x, way 3: reshape#1 negated",
      "prod by x, way 4: permute#0 negated", "prod by x, way 4: reshape#1 negated", "prod by x, way 4: mul#0 negated"}},
    {"where the recursion ends, the product of the others is 1",
     {"prod by x, way 3: mul#1 operand 1 alone", "prod by x, way 3: mul#2 operand 1 alone",
      "prod by x, way 4: mul#2 operand 1 alone", "prod by x, way 4: mul#3 operand 1 alone",
      "prod by x, way 5: mul#1 operand 1 alone", "prod by x, way 5: mul#2 operand 1 alone"}},
    {"an even row was not padded: the slice takes all of it",
     {"prod by x, way 3: slice#4 left out", "prod by x, way 4: slice#6 left out", "prod by x, way 5: slice#4 left out",
      "prod by x, way 5: slice#5 left out", "prod by x, way 5: slice#5 axis next"}},
    {"it fits single elements only, whose deviation is 0, and throws elsewhere",
     {"stddev by x: reshape#1 operand 0 x0 instead", "stddev by x: mean#0 operand 0 y instead",
      "stddev by x: sub#0 operand 0 y instead"}},
    {"the guard's own number is discarded",
     {"stddev by x: where#0 operand 1 off by 1 %", "norm by x, way 2: where#0 operand 1 off by 1 %",
      "pow by b: where#2 operand 1 off by 1 %",
      "categorical_cross_entropy by probability: where#0 operand 1 off by 1 %",
      "categorical_cross_entropy by probability, way 2: where#0 operand 1 off by 1 %",
      "categorical_cross_entropy by probability, way 3: where#0 operand 1 off by 1 %"}},
    {"only the sign of the difference counts",
     {"mae by prediction: sub#0 times 1.01", "mae by prediction, way 2: sub#0 times 1.01",
      "mae by target: sub#0 times 1.01", "mae by target, way 2: sub#0 times 1.01"}},
    {"where y is 0 so are all x or deviations: 0 / 1 is the 0 of the guard; there is no second derivative there",
     {"stddev by x: where#1 operand 2 alone", "norm by x, way 2: where#1 operand 2 alone"}},
    {"of a base that is not positive the gradient by the exponent is 0, ±inf or NaN, and so is all that follows from "
     "it",
     {"pow by b: where#0 operand 2 off by 1 %", "pow by b: mul#2 times 1.01", "pow by b: mul#2 detached",
      "pow by b: mul#2 operand 1 detached", "pow by b: where#1 times 1.01", "pow by b: where#1 detached",
      "pow by b: log#1 negated", "pow by b: log#1 times 1.01", "pow by b: log#1 detached", "pow by b: mul#3 negated",
      "pow by b: mul#3 times 1.01", "pow by b: mul#3 detached", "pow by b: mul#3 operand 1 alone",
      "pow by b: mul#3 operand 0 g forgotten", "pow by b: where#2 operand 2 detached", "pow by b: where#3 times 1.01",
      "pow by b: where#3 detached", "pow by b: where#2 times 1.01", "pow by b: where#2 detached"}},
    {"a single column: its transpose is the same elements in the same order",
     {"matmul by a: transpose#0 left out", "matmul by b: transpose#0 left out",
      "matmul by b, way 3: transpose#0 left out"}},
    {"the deviations are squared", {"standardize by x: sub#2 negated", "standardize by x: sub#2 operands swapped"}},
    {"the result is reshaped to the operand",
     {"conv2d by weight: sum#0 keepdims other", "max_pool2d_backward by g: sum#1 keepdims other"}}};

// ------------------------------------------------------------------------------------------------ mutants

struct Mutant {
  std::string name;
  std::size_t rule;
  std::string path;
  std::size_t place;  // of the operation on its path
  Change change;
};

std::string operand_name(const Op& op, std::size_t rule) { return op->variadic ? "x" : op->operands[rule]; }

// The n-th operation of that name in a rule, from 0.
std::string node_name(const Script& s, std::size_t k) {
  if (k == Script::constant) return "constant";
  if (k < s.leaves) return s.leaf(k);
  std::size_t nth = 0;
  for (std::size_t i : s.operations()) {
    if (i == k) break;
    nth += s.nodes[i].op->name == s.nodes[k].op->name;
  }
  return s.nodes[k].op->name + "#" + std::to_string(nth);
}

// What can be changed on the way that a rule took: its operations, or a result that is none.
std::vector<std::size_t> places(const Script& s) {
  const std::vector<std::size_t> operations = s.operations();
  return operations.empty() ? std::vector<std::size_t>{s.result} : operations;
}

// How a change fared on the calls of a rule that took one way.
struct Trials {
  std::size_t fits = 0, misfits = 0, differs = 0;
};

void try_out(const Change& change, const Script& s, const Pullback& c, std::size_t node, Trials& trials) {
  const NoGrad off;
  bool fits = true, differs = false;
  const auto watched = [&](const Site& at) {
    differs = true;  // a change that throws differs
    const std::optional<Tensor> result = change(at);
    fits = result.has_value();
    const Tensor right = node < s.leaves || node == Script::constant ? at.x[0] : at.call();
    differs = fits && (result->shape() != right.shape() || result->values() != right.values());
    return result;
  };
  try {
    replay(s, c, node, watched);
  } catch (const Error&) {}
  ++(fits ? trials.fits : trials.misfits);
  trials.differs += differs;
}

// All mutants that apply to some sample, found by differentiating the samples once. A rule may take several ways, told
// apart by their operations: each has its own mutants.
std::vector<Mutant> mutants_of(const Op& op) {
  std::vector<Mutant> result;
  for (std::size_t rule = 0; rule < op->vjps.size(); ++rule) {
    if (!op->vjps[rule]) continue;
    std::vector<std::string> ways;
    std::vector<Mutant> mutants;
    std::map<std::string, Trials> trials;
    const auto try_all = [&](const Script& s, const Pullback& c) {
      const auto way = std::find(ways.begin(), ways.end(), s.path()) - ways.begin();
      if (way == std::ssize(ways)) ways.push_back(s.path());
      const std::string start =
          op->name + " by " + operand_name(op, rule) + (way > 0 ? ", way " + std::to_string(way + 1) : "") + ": ";
      const std::vector<std::size_t> nodes = places(s);
      for (std::size_t place = 0; place < nodes.size(); ++place)
        for (const Candidate& candidate : candidates(s, nodes[place])) {
          const std::string name = start + node_name(s, nodes[place]) + " " + candidate.what;
          if (!trials.contains(name)) mutants.push_back({name, rule, s.path(), place, candidate.change});
          try_out(candidate.change, s, c, nodes[place], trials[name]);
        }
    };
    const RuleSwap swap(op, rule, [&](const Vjp& right) -> Vjp {
      return [&, right](const Pullback& c) {
        try_all(record(right, c), c);
        return right(c);
      };
    });
    for (const Sample& sample : op->samples()) laws::value_and_gradients(op, sample, sample.inputs);
    // What never differs where it fits, and elsewhere would throw, is no bug that could be overlooked.
    for (const Mutant& m : mutants)
      if (const Trials& t = trials[m.name]; t.fits > 0 && (t.differs > 0 || t.misfits == 0)) result.push_back(m);
  }
  return result;
}

// ------------------------------------------------------------------------------------------------ their trial

Vjp mutated(const Vjp& right, const Mutant& m) {
  return [right, m](const Pullback& c) {
    const Script s = record(right, c);
    return s.path() == m.path ? replay(s, c, places(s)[m.place], m.change) : right(c);
  };
}

// The law that notices, or "" if none does.
std::string noticed(const Op& op) {
  using Law = laws::Violations (*)(const Op&);
  const std::pair<const char*, Law> all[] = {{"complex_step", laws::complex_step}, {"six_point", laws::six_point},
                                             {"second_order", laws::second_order}, {"adjoint", laws::adjoint},
                                             {"symmetric", laws::symmetric},       {"kinks", laws::kinks},
                                             {"f32_like_f64", laws::f32_like_f64}, {"third_order", laws::third_order}};
  for (const auto& [name, law] : all) {
    try {
      if (!law(op).empty()) return name;
    } catch (const std::exception&) {
      return "exception";
    }
  }
  return "";
}

bool chosen(const Op& op) { return op->has_derivative() && (only_op.empty() || op->name == only_op); }

// Recorded and run again without a change, every rule obeys every law: what the laws notice below are the mutants.
void unchanged_rules() {
  for (const Op& op : catalogue()) {
    if (!chosen(op)) continue;
    for (std::size_t rule = 0; rule < op->vjps.size(); ++rule) {
      if (!op->vjps[rule]) continue;
      const RuleSwap swap(op, rule, [](const Vjp& right) -> Vjp {
        return [right](const Pullback& c) { return replay(record(right, c), c, 0, nullptr); };
      });
      BOOST_TEST(noticed(op) == "", op->name << " is noticed though nothing is changed");
    }
  }
}

void planted_bugs() {
  std::size_t total = 0, caught = 0;
  std::map<std::string, std::size_t> by_law;
  std::vector<std::string> survivors;
  for (const Op& op : catalogue()) {
    if (!chosen(op)) continue;
    const std::vector<Mutant> mutants = mutants_of(op);
    std::size_t caught_here = 0;
    for (const Mutant& m : mutants) {
      const RuleSwap swap(op, m.rule, [&m](const Vjp& right) { return mutated(right, m); });
      const std::string law = noticed(op);
      if (law.empty()) survivors.push_back(m.name);
      caught_here += !law.empty();
      ++by_law[law];
      if (listing) std::cout << "  " << m.name << (law.empty() ? "  SURVIVES" : "  " + law) << "\n";
    }
    std::cout << std::left << std::setw(36) << op->name << std::right << std::setw(6) << mutants.size() << std::setw(6)
              << caught_here << "\n";
    total += mutants.size();
    caught += caught_here;
  }
  std::cout << total << " mutants, " << caught << " caught:";
  for (const auto& [law, count] : by_law)
    if (!law.empty()) std::cout << " " << count << " by " << law << ";";
  std::cout << "\n";

  std::set<std::string> known;
  for (const Equivalent& e : equivalent)
    for (const std::string& mutant : e.mutants)
      if (only_op.empty() || mutant.starts_with(only_op + " by ")) known.insert(mutant);
  for (const std::string& mutant : survivors) {
    std::cout << "survivor: " << mutant << "\n";
    BOOST_TEST(known.erase(mutant) == 1, mutant << " survives");
  }
  for (const std::string& mutant : known) BOOST_ERROR(mutant + " is in the table of survivors, but is caught");
  if (!only_op.empty()) return;
  BOOST_TEST(total >= 300);
  BOOST_TEST(static_cast<double>(caught) >= 0.98 * static_cast<double>(total));
}

}  // namespace

bool init_unit_test() {
  master_test_suite_t& all = framework::master_test_suite();
  all.add(make_test_case(unchanged_rules, "unchanged_rules", __FILE__, __LINE__));
  all.add(make_test_case(planted_bugs, "planted_bugs", __FILE__, __LINE__));
  return true;
}

int main(int argc, char* argv[]) {
  laws::first_violation_only = true;
  std::vector<char*> rest;
  for (int i = 0; i < argc; ++i) {
    if (std::string(argv[i]) == "--op" && i + 1 < argc)
      only_op = argv[++i];
    else if (std::string(argv[i]) == "--list")
      listing = true;
    else
      rest.push_back(argv[i]);
  }
  return unit_test_main(init_unit_test, static_cast<int>(rest.size()), rest.data());
}
