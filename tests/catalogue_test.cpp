// The laws that every operation of the catalogue obeys, on its own samples.

#define BOOST_TEST_ALTERNATIVE_INIT_API
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <set>

#include <autograd/autograd.hpp>

using namespace xgrad;
using namespace boost::unit_test;

namespace {

constexpr std::size_t operation_count = 49;

std::string label(const Op& op, std::size_t i, const Sample& s) {
  std::string text = op->name + " sample " + std::to_string(i) + " (" + to_string(s.kind) + ")";
  for (const Tensor& x : s.inputs) text += " " + to_string(x.shape());
  return text;
}

// ------------------------------------------------------------------------------------------------ completeness

// Whether a sample is of the kind that it claims to be.
bool is_of_kind(const Sample& s) {
  const auto any_input = [&](auto p) { return std::any_of(s.inputs.begin(), s.inputs.end(), p); };
  const Tensor y = s.call(s.inputs);
  switch (s.kind) {
    case SampleKind::rank0:
      return any_input([](const Tensor& x) { return x.rank() == 0; });
    case SampleKind::size1:
      return any_input([](const Tensor& x) { return x.size() == 1 && x.rank() > 0; }) || y.size() == 1;
    case SampleKind::empty:
      return any_input([](const Tensor& x) { return x.size() == 0; }) || y.size() == 0;
    case SampleKind::non_square:
      return any_input([](const Tensor& x) {
               return x.rank() >= 2 && std::set<Index>(x.shape().begin(), x.shape().end()).size() > 1;
             }) ||
             std::set<Index>(y.shape().begin(), y.shape().end()).size() > 1;
    case SampleKind::broadcast_left:
      return s.inputs.front().shape() != y.shape();
    case SampleKind::broadcast_right:
      return s.inputs.back().shape() != y.shape();
    default:
      return true;
  }
}

void complete(const Op& op) {
  BOOST_TEST_CONTEXT(op->name) {
    const std::vector<Sample> samples = op->samples ? op->samples() : std::vector<Sample>{};
    BOOST_TEST(samples.size() >= 12u);
    BOOST_TEST((op->misuses && !op->misuses().empty()), "has no misuse samples");
    BOOST_TEST(!op->kink.empty());
    BOOST_TEST((op->kink == "smooth") == !op->branch, "states a kink rule exactly if it has branches");
    for (int k = 0; k <= static_cast<int>(SampleKind::ties); ++k) {
      const auto kind = static_cast<SampleKind>(k);
      const bool sampled = std::any_of(samples.begin(), samples.end(), [&](const Sample& s) { return s.kind == kind; });
      const bool excused = std::find(op->without.begin(), op->without.end(), kind) != op->without.end();
      BOOST_TEST((sampled != excused), "kind " << to_string(kind) << " must be sampled or said not to apply, not both");
    }
    for (std::size_t i = 0; i < samples.size(); ++i)
      BOOST_TEST(is_of_kind(samples[i]), label(op, i, samples[i]) << " is of another kind");
  }
}

// ------------------------------------------------------------------------------------------------ derivatives

// A sample's gradient may be all zero where there is nothing to differentiate; then at least nothing disagrees.
std::size_t check_sample(const Op& op, std::size_t i, const Sample& s, const GradcheckOptions& options) {
  std::size_t tested = 0;
  const GradcheckReport report = gradcheck(s.call, s.inputs, options);
  for (const GradcheckInput& input : report.inputs) {
    const GradcheckEntry* worst = input.worst();
    BOOST_TEST((input.verdict != Verdict::fail), label(op, i, s) << ": " << input.name << " order " << input.order
                                                                 << " by " << to_string(report.stencil)
                                                                 << " differs by " << (worst ? worst->difference : 0));
    BOOST_TEST((s.kind != SampleKind::ties || input.order == 2 || input.kinks() > 0),
               label(op, i, s) << ": the tie is not reported as a kink");
    tested += input.verdict == Verdict::pass && input.order == options.order;
  }
  return tested;
}

void agrees(const Op& op, const GradcheckOptions& options, std::size_t at_least) {
  const std::vector<Sample> samples = op->samples();
  std::size_t tested = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) tested += check_sample(op, i, samples[i], options);
  BOOST_TEST(tested >= at_least, op->name << ": only " << tested << " inputs have a gradient that is not 0");
}

void complex_step(const Op& op) { agrees(op, {.stencil = Stencil::complex_step, .tolerance = 1e-13}, 8); }
void six_point(const Op& op) { agrees(op, {.stencil = Stencil::six_point, .tolerance = 1e-9}, 8); }
// Linear operations have a second derivative of 0: it is compared all the same.
void second_order(const Op& op) { agrees(op, {.order = 2, .tolerance = 1e-7}, 0); }

// ------------------------------------------------------------------------------------------------ f32 against f64

void f32_like_f64(const Op& op) {
  const std::vector<Sample> samples = op->samples();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Sample& s = samples[i];
    std::vector<Tensor> narrow, wide;
    for (std::size_t k = 0; k < s.inputs.size(); ++k) {
      const bool whole = op->name == "one_hot";  // indices are f64 in any case
      narrow.push_back(whole ? s.inputs[k] : s.inputs[k].to(f32));
      wide.push_back(narrow.back().to(f64));
    }
    const auto run = [&](const std::vector<Tensor>& inputs) {
      Tape tape;
      std::vector<Tensor> leaves;
      for (const Tensor& x : inputs) leaves.push_back(tape.variable(x));
      const Tensor y = s.call(leaves);
      std::vector<double> values = y.values();
      if (op->has_derivative()) {
        Rng rng(7);
        for (const Tensor& g : tape.gradients(y, Args(leaves), {.cotangent = rand(y.shape(), rng, y.dtype()) + 0.5}))
          for (double v : g.values()) values.push_back(v);
      }
      return values;
    };
    const std::vector<double> a = run(narrow), b = run(wide);
    BOOST_REQUIRE(a.size() == b.size());
    double scale = 1;
    for (double v : b) scale = std::max(scale, std::abs(v));
    for (std::size_t k = 0; k < a.size(); ++k)
      BOOST_TEST(std::abs(a[k] - b[k]) <= 1e-5 * scale, label(op, i, s)
                                                            << ": " << a[k] << " in f32, " << b[k] << " in f64");
  }
}

// ------------------------------------------------------------------------------------------------ recording

// Derivatives are recorded, comparisons are not; every operation of the catalogue appears in its own samples.
void recorded(const Op& op) {
  const std::vector<Sample> samples = op->samples();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    Tape tape;
    std::vector<Tensor> leaves;
    for (const Tensor& x : samples[i].inputs) leaves.push_back(tape.variable(x));
    const Tensor y = samples[i].call(leaves);
    const bool found = std::any_of(tape.nodes().begin(), tape.nodes().end(),
                                   [&](const Node& n) { return n.op && n.op->name == op->name; });
    BOOST_TEST(found == op->has_derivative(), label(op, i, samples[i]));
    BOOST_TEST(y.tracked() == op->has_derivative());
  }
}

// Broadcasting means nothing but writing the operands out.
void broadcasts(const Op& op) {
  const std::vector<Sample> samples = op->samples();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Sample& s = samples[i];
    if (s.kind != SampleKind::broadcast_left && s.kind != SampleKind::broadcast_right) continue;
    const Shape shape = broadcast(s.inputs[0].shape(), s.inputs[1].shape());
    const std::vector<Tensor> written_out{broadcast_to(s.inputs[0], shape), broadcast_to(s.inputs[1], shape)};
    BOOST_TEST(s.call(s.inputs).values() == s.call(written_out).values(), label(op, i, s));
  }
}

void counts() {
  std::set<std::string> names;
  std::size_t samples = 0;
  for (const Op& op : catalogue()) {
    names.insert(op->name);
    samples += op->samples().size();
  }
  BOOST_TEST(catalogue().size() == operation_count);
  BOOST_TEST(names.size() == operation_count, "names are unique");
  BOOST_TEST_MESSAGE(operation_count << " operations, " << samples << " samples");
  BOOST_TEST(samples >= 12 * operation_count);
}

}  // namespace

bool init_unit_test() {
  master_test_suite_t& all = framework::master_test_suite();
  all.add(make_test_case(counts, "counts", __FILE__, __LINE__));
  for (const Op& op : catalogue()) {
    auto* suite = BOOST_TEST_SUITE(op->name);
    const auto add = [&](const char* name, void (*law)(const Op&)) {
      suite->add(make_test_case([&op, law] { law(op); }, name, __FILE__, __LINE__));
    };
    add("complete", complete);
    add("recorded", recorded);
    add("f32_like_f64", f32_like_f64);
    const std::vector<SampleKind>& without = op->without;
    const bool elementwise = op->operands.size() > 1 && op->name != "matmul";
    if (elementwise && std::find(without.begin(), without.end(), SampleKind::broadcast_left) == without.end())
      add("broadcasts", broadcasts);
    if (op->has_derivative()) {
      add("complex_step", complex_step);
      add("six_point", six_point);
      add("second_order", second_order);
    }
    all.add(suite);
  }
  return true;
}

int main(int argc, char* argv[]) { return unit_test_main(init_unit_test, argc, argv); }
