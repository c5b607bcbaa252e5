#include <autograd/tape.hpp>

#include <algorithm>
#include <atomic>
#include <exception>
#include <optional>
#include <utility>

#include <autograd/explain.hpp>
#include <autograd/finite.hpp>
#include <autograd/ops.hpp>
#include <autograd/storage.hpp>

namespace xgrad {
namespace {

// Recordings are told apart by number, so that a Tensor of one that is gone is never taken for another's.
std::uint64_t next_recording() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

// Puts a flag back, whatever happens.
struct Restore {
  bool& flag;
  bool value;
  ~Restore() { flag = value; }
};

// So many nodes ahead the sweep asks for results: those of a long recording have left the caches.
constexpr std::uint32_t ahead = 8;

std::size_t bytes_of(const Tensor& t) { return static_cast<std::size_t>(t.size()) * size_of(t.dtype()); }

// What a rule gave, over broadcast axes still.
Tensor reduced(const Pullback& c, const Tensor& d) {
  const Shape& shape = c.x[c.index].shape();
  if (!d.defined() || !broadcastable(d.shape(), shape) || broadcast(d.shape(), shape) != d.shape())
    c.shape_error("its backward rule for operand " + std::to_string(c.index) + " gave " +
                  (d.defined() ? "shape " + to_string(d.shape()) : "an empty Tensor") + " for " + c.describe(c.index));
  return sum_to(d, shape);
}

Tensor pull(const Node& node, std::size_t operand, const Tensor& g, bool check) {
  const Inputs x = node.x;
  const Pullback c{{*node.op, x, node.attributes, node.where}, g, node.y, operand};
  Tensor d = node.op->rule(operand)(c);
  if (!d.defined() || d.shape() != x[operand].shape()) d = reduced(c, d);
  if (check) detail::check_finite_cotangent(c, d);
  return d;
}

}  // namespace

Scope::Scope(Tape* tape) : outer_(newest_), tape_(tape) { newest_ = this; }

// Scopes may end out of order: each unlinks itself.
Scope::~Scope() {
  Scope** link = &newest_;
  while (*link && *link != this) link = &(*link)->outer_;
  if (*link) *link = outer_;
}

CallSite::CallSite(const Where& where)
    : where_(where),
      outer_(outermost_),
      tape_(Tape::recording()),
      size_(tape_ && !tape_->closed_ ? tape_->size() : 0),
      exceptions_(tape_ ? std::uncaught_exceptions() : 0) {
  if (!outer_) outermost_ = this;
}
CallSite::~CallSite() {
  if (!outer_) outermost_ = nullptr;
  if (tape_ && !tape_->closed_ && std::uncaught_exceptions() > exceptions_) tape_->roll_back(size_);
}
void Tape::clear() {
  if (sweeping_)
    throw TapeError("clear: a rule or a hook must neither clear the recording that it runs in nor begin the next");
  nodes_.clear();
  leaves_.clear();
  hooks_.clear();
  renamed_.clear();
  recording_ = 0;
  bytes_ = 0;
  closed_ = false;
}

void Tape::begin() {
  clear();
  recording_ = next_recording();
}

// ---------------------------------------------------------------------------------------------- recording

// A node for this result, of which nothing else is known yet.
Node& Tape::push(const Tensor& y, const Where& where) {
  const std::size_t grown = bytes_ + bytes_of(y);
  if (nodes_.size() >= options_.max_nodes || grown > options_.max_bytes)
    throw TapeError("the recording has outgrown its limit at " + std::to_string(nodes_.size()) + " nodes and " +
                        std::to_string(bytes_) + " bytes;" + busiest_line(*this) +
                        ": compute under NoGrad what needs no gradient, or call clear()",
                    where);
  Node& node = nodes_.emplace_back(y.second(), where);
  bytes_ = grown;
  return node;
}

// Whoever still has a result that is taken back is told so when using it: it stands on a recording that is gone.
void Tape::roll_back(std::size_t size) {
  const auto take_back = [](Tensor y) { detail::set_trace(y, {next_recording(), y.trace().node}, nullptr); };
  std::erase_if(hooks_, [&](const Hook& hook) { return hook.node >= size; });
  std::erase_if(renamed_, [&](const Tensor& y) { return y.trace().node >= size && (take_back(y), true); });
  for (; nodes_.size() > size; nodes_.pop_back()) {
    bytes_ -= bytes_of(nodes_.back().y);
    take_back(nodes_.back().y);
  }
  while (!leaves_.empty() && leaves_.back().node >= size) leaves_.pop_back();
}

Tensor Tape::record_leaf(const Tensor& value, const Where& where) {
  Tensor y = value.tracked() ? detail::with_name(value.detach(), "")
                             : detail::with_name(value, detail::Storage::of(value).name);
  if (closed_ || recording_ == 0) begin();
  detail::set_trace(y, {recording_, static_cast<std::uint32_t>(nodes_.size())}, nullptr);
  push(y, where);
  return y;
}

Tensor Tape::variable(const Tensor& value, const char* file, int line) {
  const Where where{file, line};
  if (!value.defined()) throw ShapeError("variable: an empty Tensor", where);
  return record_leaf(value, where);
}

const Tape::Leaf* Tape::find_leaf(const Parameter& p) const {
  for (auto leaf = leaves_.rbegin(); leaf != leaves_.rend(); ++leaf)  // the newest version first
    if (leaf->parameter == p) return &*leaf;
  return nullptr;
}

const Tensor& Tape::leaf(const Parameter& p, const Where& where) {
  const Leaf* known = find_leaf(p);
  if (known && known->version == p.version()) return nodes_[known->node].y;
  leaves_.push_back({p.handle(), p.version(), record_leaf(p.value(), where).trace().node});
  return nodes_.back().y;
}

void Tape::check_operand(const char* what, const Tensor& t, const Where& where) const {
  if (owns(t) && !closed_) return;
  const std::string start = std::string(what) + ": " + detail::label(t);
  if (owns(t))
    throw TapeError(start +
                        " belongs to a recording that backward has closed: take its value with detach(), compute under "
                        "NoGrad, or call backward with {.keep = true}",
                    where);
  for (const Scope* s = newest_; s; s = s->outer_)
    if (s->tape_ && s->tape_ != this && s->tape_->owns(t))
      throw TapeError(
          start + " is tracked by an outer tape: take its value with detach(), or make it a variable of the inner one",
          where);
  throw TapeError(start + " belongs to a recording that is gone: take its value with detach(), or compute under NoGrad",
                  where);
}

void Tape::record(const Op& op, std::span<const Arg* const> args, Inputs x, const Attributes& attributes, Tensor& y,
                  const Where& where) {
  Attributes kept = attributes;  // a node's of this recording maybe, which moves or goes
  if (closed_) {
    Operands held;  // by nobody else maybe than the recording
    held.hold(x);
    clear();
    return record(op, args, x, kept, y, where);
  }
  if (recording_ == 0) begin();
  const std::size_t before = nodes_.size();
  const auto recorded = [&](std::size_t i) -> const Tensor& {
    const Parameter* const p = args[i]->parameter;
    return p && p->trainable() ? leaf(*p, where) : x[i];
  };
  try {
    for (std::size_t i = 0; i < args.size(); ++i) recorded(i);  // leaves stand before what uses them
    detail::set_trace(y, {recording_, static_cast<std::uint32_t>(nodes_.size())}, &op);
    Node& node = push(y, where);
    for (std::size_t i = 0; i < args.size(); ++i) {
      const Tensor& t = recorded(i);
      if (keeps(t))
        node.x.borrow(t);
      else
        node.x.hold(t);
    }
    node.op = &*op;
    node.attributes = std::move(kept);
  } catch (...) {
    roll_back(before);
    throw;
  }
}

Tensor named(const std::string& name, const Tensor& t) {
  if (!t.defined()) throw ShapeError("named: cannot call an empty Tensor " + name);
  Tensor result = detail::with_name(t, name);
  Tape::adopt(result);
  return result;
}

// The recording shows the name too.
void Tape::adopt(const Tensor& t) {
  for (const Scope* s = newest_; s; s = s->outer_)
    if (s->tape_ && s->tape_->owns(t)) {
      Tensor& y = s->tape_->nodes_[t.trace().node].y;
      s->tape_->renamed_.push_back(y);
      y = t;
    }
}

// ---------------------------------------------------------------------------------------------- backward

pool::Vector<Tensor> Tape::sweep(std::uint32_t last, Tensor seed, const pool::Vector<std::uint32_t>& wanted,
                                 bool record) {
  std::optional<NoGrad> off;
  if (!record) off.emplace();
  // The check names the operation whose rule it is, so it must not stop at one of the rule's own.
  const bool check = std::exchange(options_.check_finite, false);
  const Restore restore{options_.check_finite, check}, over{sweeping_, std::exchange(sweeping_, true)};
  const pool::Vector<char> needed = reached_from(wanted, last);
  pool::Vector<Tensor> cotangents(last + 1);
  cotangents[last] = std::move(seed);
  const Restore to_nobody{passes_on_, passes_on_};
  Node copy;
  for (std::uint32_t i = last + 1; i-- > 0;) {
    if (i >= ahead) detail::Storage::fetch(nodes_[i - ahead].y);
    if (!cotangents[i].defined()) continue;
    if (!hooks_.empty()) run_hooks(i, cotangents[i], check);
    if (record) copy = nodes_[i];  // recording the rules may move the vector
    const Node& node = record ? copy : nodes_[i];
    const Tensor g = needed[i] == wanted_itself ? cotangents[i] : std::move(cotangents[i]);
    const Inputs x = node.x;
    const CallSite site(node.where);
    for (std::size_t k = 0; k < x.size(); ++k) {
      if (!owns(x[k]) || !needed[x[k].trace().node] || !node.op->passes(k)) continue;
      Tensor& sum = cotangents[x[k].trace().node];
      passes_on_ = needed[x[k].trace().node] != wanted_itself;
      Tensor part = pull(node, k, g, check);
      passes_on_ = false;
      const bool first = !sum.defined();
      sum = first ? std::move(part) : detail::accumulate(std::move(sum), part, record);
      if (check && !first) detail::check_finite_gradient("the gradient summed for", x[k], sum, node.where);
    }
  }
  return cotangents;
}

// Which nodes lie on a way from `sources` up to `last`.
pool::Vector<char> Tape::reached_from(const pool::Vector<std::uint32_t>& sources, std::uint32_t last) const {
  pool::Vector<char> reached(last + 1, 0);
  for (std::uint32_t source : sources)
    if (source <= last) reached[source] = wanted_itself;
  for (std::uint32_t i = 0; i <= last; ++i)
    for (const Tensor& x : Inputs(nodes_[i].x))
      if (!reached[i] && owns(x) && reached[x.trace().node]) reached[i] = 1;
  return reached;
}

void Tape::run_hooks(std::uint32_t node, Tensor& g, bool check) const {
  for (std::size_t i = 0; i < hooks_.size(); ++i) {  // a hook may add hooks
    if (hooks_[i].node != node) continue;
    Tensor replaced = (*hooks_[i].f)(g);
    if (!replaced.defined() || replaced.shape() != g.shape() || replaced.dtype() != g.dtype())
      throw ShapeError("on_gradient: the hook of " + detail::label(nodes_[node].y) +
                       " must return a gradient of that shape and dtype");
    g = std::move(replaced);
    if (check)
      detail::check_finite_gradient("what a hook made of the gradient of", nodes_[node].y, g, nodes_[node].where);
  }
}

std::uint32_t Tape::node_of(const char* what, const Arg& a) const {
  if (a.parameter) {
    if (const Leaf* known = find_leaf(*a.parameter)) return known->node;
    throw TapeError(std::string(what) + ": Parameter " + a.parameter->name() + " is not used in this recording",
                    a.where);
  }
  if (!a.tensor || !a.tensor->defined())
    throw TapeError(std::string(what) + ": needs a recorded Tensor, not " + (a.tensor ? "an empty one" : "a number"),
                    a.where);
  if (owns(*a.tensor)) return a.tensor->trace().node;
  const std::string start = std::string(what) + ": " + detail::label(*a.tensor);
  if (a.tensor->tracked()) throw TapeError(start + " is not part of this recording", a.where);
  throw TapeError(start + " is not recorded: no Parameter or variable led to it while this tape was recording",
                  a.where);
}

Tensor Tape::seed(const char* what, std::uint32_t node, const Tensor& cotangent, const Where& where) const {
  const Tensor& y = nodes_[node].y;
  if (!cotangent.defined()) {
    if (y.size() != 1)
      throw ShapeError(std::string(what) + ": " + detail::label(y) +
                           " is not a scalar: reduce it (sum, mean), or give {.cotangent = …} of its shape",
                       where);
    return detail::ones_like(y);
  }
  if (cotangent.shape() != y.shape())
    throw ShapeError(std::string(what) + ": the cotangent " + to_string(cotangent.shape()) +
                         " must have the shape of " + detail::label(y),
                     where);
  return cotangent;
}

void Tape::check_leaves(const char* what, std::uint32_t last, const Where& where) const {
  for (const Leaf& leaf : leaves_) {
    if (leaf.node > last || leaf.version == leaf.parameter.version() || !reached_from({leaf.node}, last)[last])
      continue;
    throw TapeError(std::string(what) + ": Parameter " + leaf.parameter.name() +
                        " has changed since it was recorded: run the forward pass again",
                    where);
  }
}

void Tape::backward(const Arg& loss, const BackwardOptions& options) {
  const std::uint32_t last = node_of("backward", loss);
  Tensor start = seed("backward", last, options.cotangent, loss.where);
  check_leaves("backward", last, loss.where);
  pool::Vector<std::uint32_t> wanted;
  for (const Leaf& leaf : leaves_)
    if (leaf.node <= last) wanted.push_back(leaf.node);
  pool::Vector<Tensor> cotangents = sweep(last, std::move(start), wanted, false);

  // All sums are made before the first Parameter changes, so that an exception changes none.
  pool::Vector<std::pair<Parameter::State*, Tensor>> sums;
  const NoGrad off;
  for (const Leaf& leaf : leaves_) {
    if (leaf.node > last || !cotangents[leaf.node].defined()) continue;
    Parameter::State& state = *leaf.parameter.state_;
    Tensor part = detail::settled(std::move(cotangents[leaf.node]));
    sums.emplace_back(&state, state.grad.defined() ? state.grad + part : std::move(part));
  }
  if (sums.empty())
    throw TapeError("backward: " + detail::label(nodes_[last].y) +
                        " reaches no trainable Parameter; gradient(y, x) differentiates by variables",
                    loss.where);
  for (auto& [state, sum] : sums) state->grad = std::move(sum);
  if (!options.keep) closed_ = true;
}

std::vector<Tensor> Tape::gradients(const Arg& y, const Args& x, const GradientOptions& options) {
  const std::uint32_t last = node_of("gradient", y);
  pool::Vector<std::uint32_t> wanted;
  for (const Arg& a : x.list()) wanted.push_back(node_of("gradient", a));
  Tensor start = seed("gradient", last, options.cotangent, y.where);
  check_leaves("gradient", last, y.where);
  if (options.record && (closed_ || recording() != this))
    throw TapeError(std::string("gradient: {.record = true} needs this tape to be recording, but ") +
                        (closed_ ? "backward has closed it" : "an inner tape or NoGrad is in force"),
                    y.where);
  const std::size_t before = nodes_.size();
  try {
    const pool::Vector<Tensor> cotangents = sweep(last, std::move(start), wanted, options.record);
    std::vector<Tensor> result;
    for (std::uint32_t node : wanted) {
      const bool reached = node <= last && cotangents[node].defined();
      const Tensor g = reached ? cotangents[node] : detail::zeros_like(nodes_[node].y);
      result.push_back(options.record ? g : detail::settled(g));
    }
    return result;
  } catch (...) {
    roll_back(before);
    throw;
  }
}

bool Tape::depends(const Arg& y, const Arg& x) const {
  const auto find = [this](const Arg& a) -> std::optional<std::uint32_t> {
    if (a.parameter) {
      const Leaf* known = find_leaf(*a.parameter);
      return known ? std::optional(known->node) : std::nullopt;
    }
    return a.tensor && owns(*a.tensor) ? std::optional(a.tensor->trace().node) : std::nullopt;
  };
  const std::optional<std::uint32_t> last = find(y), source = find(x);
  return last && source && *source <= *last && reached_from({*source}, *last)[*last];
}

}  // namespace xgrad
