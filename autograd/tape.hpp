#pragma once
// Tape: what this thread has recorded, oldest first, and the reverse loop over it.

#include <functional>
#include <iosfwd>
#include <limits>
#include <memory>
#include <vector>

#include <autograd/op.hpp>
#include <autograd/operands.hpp>
#include <autograd/parameter.hpp>

namespace xgrad {

class Tape;

/// One line of a recording: an operation, or a leaf (a variable or a Parameter).
struct Node {
  Node() = default;
  Node(Tensor result, const Where& line) : y(std::move(result)), where(line) {}
  const OpSpec* op = nullptr;  ///< null for a leaf; y keeps it alive
  Operands x;
  Attributes attributes;
  Tensor y;
  Where where;
};

/// Tapes and NoGrads of one thread, newest first. The newest decides: a Tape records, a NoGrad does not.
class Scope {
 public:
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 protected:
  explicit Scope(Tape* tape);
  ~Scope();

 private:
  friend class Tape;
  static inline constinit thread_local Scope* newest_ = nullptr;
  Scope* outer_ = nullptr;
  Tape* tape_ = nullptr;  // null for a NoGrad
};

/// While it lives, tapes that were running when it began record nothing.
class NoGrad : Scope {
 public:
  NoGrad() : Scope(nullptr) {}
};

/// While it lives, operations name this line: the user's, where the library composes operations of others. The
/// outermost one counts. Left by an exception, it takes back what was recorded since: a composition is recorded whole
/// or not at all.
class CallSite {
 public:
  explicit CallSite(const Where& where);
  ~CallSite();
  CallSite(const CallSite&) = delete;
  CallSite& operator=(const CallSite&) = delete;
  /// The outermost call site's line, or `otherwise`.
  static const Where& resolve(const Where& otherwise) { return outermost_ ? outermost_->where_ : otherwise; }

 private:
  static inline constinit thread_local const CallSite* outermost_ = nullptr;
  Where where_;
  const CallSite* outer_;
  Tape* tape_;
  std::size_t size_;
  int exceptions_;
};

struct BackwardOptions {
  bool keep = false;  ///< do not close the recording: more operations may follow
  Tensor cotangent;   ///< of a loss that is not a scalar
};

struct GradientOptions {
  bool record = false;  ///< record the gradient too, so that it can be differentiated again
  Tensor cotangent;     ///< of a y that is not a scalar
};

struct TapeOptions {
  bool everything = false;  ///< record operations without a derivative (comparisons …) too, to show them
  /// Throw NumericError as soon as a NaN or an infinity arises, forward or backward, naming the operation that made it.
  bool check_finite = false;
  /// A recording that outgrows these throws TapeError naming the line that adds most to it; evaluation without NoGrad
  /// is the usual cause. No limits unless given.
  std::size_t max_nodes = std::numeric_limits<std::size_t>::max();
  std::size_t max_bytes = std::numeric_limits<std::size_t>::max();
};

/// Starts recording; its end stops it, and the tape outside it goes on.
class Tape : Scope {
 public:
  explicit Tape(const TapeOptions& options = {}) : Scope(this), options_(options) {}

  /// A leaf with these values, to differentiate by.
  Tensor variable(const Tensor& value, const char* file = __builtin_FILE(), int line = __builtin_LINE());

  /// Adds d loss / d p to the gradient of every trainable Parameter p that the loss reaches, and closes the recording.
  /// Throws TapeError or ShapeError before anything has changed.
  void backward(const Arg& loss, const BackwardOptions& options = {});

  /// dy/dx, of x's shape; zeros where y does not depend on x. Closes nothing, changes no Parameter.
  Tensor gradient(const Arg& y, const Arg& x, const GradientOptions& options = {}) {
    return std::move(gradients(y, {x}, options)[0]);
  }
  std::vector<Tensor> gradients(const Arg& y, const Args& x, const GradientOptions& options = {});

  /// Whether a way leads from x to y on this recording. False for what was never recorded.
  bool depends(const Arg& y, const Arg& x) const;

  /// f sees the gradient that reaches t, and may replace it: it returns it, or another of the same shape.
  /// It lives as long as the recording.
  void on_gradient(const Arg& t, std::function<Tensor(const Tensor&)> f) {
    hooks_.push_back({node_of("on_gradient", t), std::make_unique<decltype(f)>(std::move(f))});
  }

  /// Forgets the recording and starts an empty one. Throws TapeError from a rule or a hook of this recording.
  void clear();

  /// The recording, oldest first; readable when closed too.
  const std::vector<Node>& nodes() const { return nodes_; }
  std::size_t size() const { return nodes_.size(); }
  bool closed() const { return closed_; }
  /// Whether t stands on this recording.
  bool owns(const Tensor& t) const { return t.defined() && t.tracked() && t.trace().recording == recording_; }
  /// Bytes of the recorded results; one that waits to be read counts as if it had been.
  std::size_t bytes() const { return bytes_; }

  /// The tape that records on this thread now, or null.
  static Tape* recording() { return newest_ ? newest_->tape_ : nullptr; }

 private:
  friend class CallSite;
  friend Tensor named(const std::string&, const Tensor&);
  static void adopt(const Tensor& t);
  friend Tensor apply(const Op&, std::span<const Arg* const>, const Attributes&, const Where&);
  static Tensor apply(const Op& op, std::span<const Arg* const> args, const Attributes& attributes, const Where& line);
  struct Leaf {
    Parameter parameter;
    std::uint64_t version;
    std::uint32_t node;
  };
  struct Hook {
    std::uint32_t node;
    std::unique_ptr<std::function<Tensor(const Tensor&)>> f;
  };

  void check_operand(const char* what, const Tensor& t, const Where& where) const;
  Tensor record_leaf(const Tensor& value, const Where& where);
  const Tensor& leaf(const Parameter& p, const Where& where);
  const Leaf* find_leaf(const Parameter& p) const;
  void record(const Op& op, std::span<const Arg* const> args, Inputs x, const Attributes& attributes, Tensor& y,
              const Where& where);
  void begin();
  Node& push(const Tensor& y, const Where& where);
  bool keeps(const Tensor& t) const { return owns(t) && nodes_[t.trace().node].y.value_ == t.value_; }
  void roll_back(std::size_t size);
  std::uint32_t node_of(const char* what, const Arg& a) const;
  Tensor seed(const char* what, std::uint32_t node, const Tensor& cotangent, const Where& where) const;
  pool::Vector<char> reached_from(const pool::Vector<std::uint32_t>& sources, std::uint32_t last) const;
  pool::Vector<Tensor> sweep(std::uint32_t last, Tensor seed, const pool::Vector<std::uint32_t>& wanted, bool record);
  static constexpr char wanted_itself = 2;
  void run_hooks(std::uint32_t node, Tensor& g, bool check) const;
  void check_leaves(const char* what, std::uint32_t last, const Where& where) const;

  // Whether a rule is at work whose result goes on to another rule.
  static inline constinit thread_local bool passes_on_ = false;

  std::vector<Node> nodes_;
  std::vector<Leaf> leaves_;  // in the order of their first use
  std::vector<Hook> hooks_;
  std::vector<Tensor> renamed_;  // results as they were before they got a name: others borrow them
  std::uint64_t recording_ = 0;  // 0 before the first node
  std::size_t bytes_ = 0;
  bool closed_ = false, sweeping_ = false;
  TapeOptions options_;
};

/// The same tensor under a name that errors, the printed tape and gradcheck use. Values keep it; so does the recording.
Tensor named(const std::string& name, const Tensor& t);

/// Resolves operands, runs shape rule and kernel, and records: what calling an Op on that line does.
Tensor apply(const Op& op, std::span<const Arg* const> args, const Attributes& attributes, const Where& line);

/// The recording as a table: number, result, operation, operands, shapes, line.
std::ostream& operator<<(std::ostream& out, const Tape& tape);

}  // namespace xgrad
