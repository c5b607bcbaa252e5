#pragma once
// Random expression graphs over the whole catalogue. A recipe is only numbers, each taken modulo what there is to
// choose from: every recipe is a graph, and smaller numbers are simpler ones.

#include <ostream>

#include <autograd/explain.hpp>
#include <autograd/ops/samples.hpp>

#include "laws.hpp"

namespace graphs {

using namespace xgrad;

struct Step {
  unsigned op = 0, sample = 0;
  unsigned pick = 0, stride = 0;  // which tensors it takes, counted from the newest
  unsigned offset = 0;            // where it starts to take elements of them
  unsigned shape = 0;             // elementwise: the shape to broadcast to and who broadcasts; 0: the sample's own
};

struct Recipe {
  std::vector<unsigned> leaves;
  std::vector<Step> steps;
  unsigned order = 0;  // another order of recording
};

// ------------------------------------------------------------------------------------------------ the catalogue

/// An operation with those samples at which it is differentiable.
struct Choice {
  const Op* op;
  std::vector<Sample> samples;
};

inline const std::vector<Choice>& choices() {
  static const std::vector<Choice> all = [] {
    std::vector<Choice> result;
    for (const Op& op : catalogue()) {
      if (!op->has_derivative()) continue;
      Choice choice{&op, {}};
      std::size_t empty = 0;
      for (const Sample& s : op->samples())
        if (s.kind != SampleKind::ties && (s.kind != SampleKind::empty || empty++ == 0)) choice.samples.push_back(s);
      result.push_back(std::move(choice));
    }
    return result;
  }();
  return all;
}

/// Whether it works element by element, so that its samples may have any shapes.
inline bool is_elementwise(const Op& op) { return !op->shape; }

// ------------------------------------------------------------------------------------------------ graphs

/// One operation of a graph: a sample, whose operands are moved a little by tensors made before.
struct Application {
  const Op* op;
  Function call;
  std::vector<Tensor> at;  // around which values the operands vary
  std::vector<char> constant;
  std::vector<std::size_t> from;
  Index offset;
};

class Graph {
 public:
  explicit Graph(const Recipe& recipe) {
    constexpr Index sizes[][3] = {{1, 0, 0}, {3, 0, 0}, {2, 2, 0}, {2, 3, 0}, {1, 4, 0}, {2, 1, 3}, {0, 0, 0}};
    for (std::size_t i = 0; i < recipe.leaves.size(); ++i) {
      Shape shape;
      for (Index size : sizes[recipe.leaves[i] % std::size(sizes)])
        if (size > 0) shape.push_back(size);
      // multiples of 1/64, so that they are the same numbers in f32
      leaves.push_back(
          round(64. * samples::values(shape, {.low = -1, .high = 1}, static_cast<unsigned>(i) + 7 * recipe.leaves[i])) /
          64.);
    }
    for (const Step& step : recipe.steps) add(step);
    uses.assign(leaves.size() + applications.size(), 0);
    for (const Application& a : applications)
      for (std::size_t k = 0; k < a.from.size(); ++k)
        if (!a.constant[k]) ++uses[a.from[k]];
  }

  /// The value, with the applications in any order that has operands before results. `all` receives every tensor,
  /// named.
  Tensor operator()(Inputs x, const std::vector<std::size_t>& order, std::vector<Tensor>* all = nullptr) const {
    std::vector<Tensor> made(x.begin(), x.end());
    made.resize(leaves.size() + applications.size());
    const DType dtype = x[0].dtype() == f32 ? f32 : f64;
    for (std::size_t i : order) {
      const Application& a = applications[i];
      std::vector<Tensor> operands;
      for (std::size_t k = 0; k < a.at.size(); ++k)
        operands.push_back(a.constant[k] ? a.at[k] : moved(a, k, made[a.from[k]], dtype));
      Tensor& y = made[leaves.size() + i];
      y = a.call(operands);
      if (all) y = named("t" + std::to_string(i), y);
    }
    if (all) *all = made;
    return outcome(made, dtype);
  }
  Tensor operator()(Inputs x) const { return (*this)(x, in_order()); }

  std::vector<std::size_t> in_order() const {
    std::vector<std::size_t> order(applications.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    return order;
  }

  /// Another order with operands before results.
  std::vector<std::size_t> shuffled(Rng& rng) const {
    std::vector<std::size_t> order, ready;
    std::vector<char> done(leaves.size() + applications.size(), 0);
    std::fill_n(done.begin(), leaves.size(), 1);
    while (order.size() < applications.size()) {
      ready.clear();
      for (std::size_t i = 0; i < applications.size(); ++i) {
        const std::vector<std::size_t>& from = applications[i].from;
        if (!done[leaves.size() + i] && std::all_of(from.begin(), from.end(), [&](std::size_t k) { return done[k]; }))
          ready.push_back(i);
      }
      order.push_back(ready[rng.below(ready.size())]);
      done[leaves.size() + order.back()] = 1;
    }
    return order;
  }

  std::vector<Tensor> leaves;
  std::vector<Application> applications;
  std::vector<std::size_t> uses;  // how often each leaf, then each result is an operand

 private:
  void add(const Step& step) {
    const Choice& choice = choices()[step.op % choices().size()];
    const Sample* sample = &choice.samples[step.sample % choice.samples.size()];
    Application a{choice.op, sample->call, sample->inputs, {}, {}, static_cast<Index>(step.offset)};
    const std::size_t before = leaves.size() + applications.size();
    // where a sample keeps an operand to itself, it is of the shape of the others
    const bool whole = a.at.size() + (*choice.op)->index_operands.size() == (*choice.op)->operands.size();
    const bool reshaped =
        step.shape % 2 == 1 && is_elementwise(*choice.op) && whole && sample->kind != SampleKind::empty;
    for (std::size_t k = 0; k < a.at.size(); ++k) {
      a.constant.push_back(laws::is_index(*choice.op, *sample, k));
      a.from.push_back(before - 1 - (step.pick + k * step.stride) % before);
      if (reshaped) a.at[k] = redrawn(a.at[k], step.shape / 2, k);
    }
    applications.push_back(std::move(a));
  }

  // The elements of t, over and over, in a shape that broadcasts with those of the other operands.
  static Tensor redrawn(const Tensor& t, unsigned code, std::size_t operand) {
    Shape shape;
    const unsigned rank = code % 4, ones = code / 4 / 64 >> (4 * operand);
    for (unsigned i = 0, sizes = code / 4; i < rank; ++i, sizes /= 4) {
      const bool one = ones >> i & 1;
      if (shape.empty() && one && i + 1 < rank && (ones >> 3 & 1)) continue;  // a leading axis left out
      shape.push_back(one ? 1 : static_cast<Index>(sizes % 4) + 1);
    }
    const std::vector<double> from = t.values();
    std::vector<double> v(static_cast<std::size_t>(element_count(shape)));
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = from[(i + code) % from.size()];
    return tensor(v, shape);
  }

  // z in another shape: broadcast, a run of its elements, or all of them over and over.
  static Tensor fit(const Tensor& z, const Shape& shape, Index offset) {
    if (broadcastable(z.shape(), shape) && broadcast(z.shape(), shape) == shape) return broadcast_to(z, shape);
    const Index have = z.size(), need = element_count(shape);
    const Tensor row = reshape(z, {have});
    if (have >= need) {
      const Index start = offset % (have - need + 1);
      return reshape(slice(row, 0, start, start + need), shape);
    }
    std::vector<double> index(static_cast<std::size_t>(need));
    for (Index i = 0; i < need; ++i) index[static_cast<std::size_t>(i)] = static_cast<double>((offset + i) % have);
    return reshape(index_select(row, 0, tensor(index)), shape);
  }

  // The sample's operand and a little of z, so that it stays where the operation is differentiable. The sine is as
  // steep far out as near 0, tanh would be flat there. No two operands move alike, so that nothing cancels exactly.
  static Tensor moved(const Application& a, std::size_t k, const Tensor& z, DType dtype) {
    const Tensor at = a.at[k].to(dtype);
    if (z.size() == 0) return at;
    const Tensor same = dtype == f32 || z.dtype() == f32 ? z.to(dtype) : z;
    return at + (0.05 - 0.01 * static_cast<double>(k % 3)) * sin(fit(same, at.shape(), a.offset));
  }

  // All results that no operation took, in one row; deep ones raised by what 0.05 has made of them.
  Tensor outcome(const std::vector<Tensor>& made, DType dtype) const {
    std::vector<Tensor> rows;
    std::vector<double> raised(made.size(), 1);
    for (std::size_t i = 0; i < applications.size(); ++i) {
      double least = 1e300;
      for (std::size_t from : applications[i].from) least = std::min(least, raised[from]);
      const std::size_t at = leaves.size() + i;
      raised[at] = 20 * least;
      const Tensor& y = made[at];
      if (uses[at] == 0 && y.size() > 0)
        rows.push_back(least * reshape(dtype == f32 || y.dtype() == f32 ? y.to(dtype) : y, {-1}));
    }
    if (rows.empty()) rows.push_back(reshape(made[0], {-1}));
    return concat(rows);
  }
};

inline void describe(const Graph& graph, std::ostream& out) {
  Tape tape;
  std::vector<Tensor> x, all;
  for (std::size_t i = 0; i < graph.leaves.size(); ++i) {
    x.push_back(named("x" + std::to_string(i), tape.variable(graph.leaves[i])));
    out << "  " << x[i] << "\n";
  }
  graph(x, graph.in_order(), &all);
  for (std::size_t i = 0; i < graph.applications.size(); ++i) {
    const Tensor& t = all[graph.leaves.size() + i];
    std::string text = tape.owns(t) ? "" : "constant";
    try {
      if (text.empty()) text = formula(tape, t);
    } catch (const Error& e) {
      text = (*graph.applications[i].op)->name + "(…): " + e.what();
    }
    out << "  t" << i << " = " << text << "   " << to_string(t.shape()) << "\n";
  }
}

}  // namespace graphs
