#pragma once
// Gradcheck: the tape's gradient beside numeric derivatives, entry by entry.

#include <functional>
#include <iosfwd>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <autograd/op.hpp>
#include <autograd/parameter.hpp>

namespace xgrad {

namespace nn {
class Module;
}

/// How a numeric derivative is taken. `automatic` is the complex step where the function has a complex form, else the
/// 6-point stencil; the report says which, and why.
enum class Stencil { automatic, complex_step, central, four_point, six_point };
const char* to_string(Stencil stencil);

enum class Verdict {
  pass,          ///< every compared entry agrees, and some gradient is not 0
  fail,          ///< an entry disagrees, or a value is not finite
  zero,          ///< all agree, but every gradient is 0: nothing was tested
  disconnected,  ///< the function does not depend on this input: nothing was tested
  kink,          ///< every entry sits at a kink: nothing could be compared
};
const char* to_string(Verdict verdict);

struct GradcheckOptions {
  Stencil stencil = Stencil::automatic;
  int order = 1;           ///< 2 checks the gradient of the gradient as well, 3 the one of that too
  double tolerance = 0;    ///< largest difference allowed; 0: what the stencil and dtype can give
  double step = 0;         ///< of the stencil, relative to max(1, |x|); 0: the best for it
  std::uint64_t seed = 1;  ///< of the random cotangents
};

/// One entry of an input: d(cotangent · f)/dx[index], taken both ways.
struct GradcheckEntry {
  Dims index;
  double analytic = 0, numeric = 0;
  double difference = 0;  ///< |analytic − numeric| / max(|analytic|, |numeric|, scale)
  bool kink = false;      ///< the stencil straddles a kink: not compared
};

/// One input or Parameter.
struct GradcheckInput {
  std::string name;
  Shape shape;
  int order = 1;
  Verdict verdict = Verdict::pass;
  double scale = 0;  ///< the largest sum of magnitudes of the terms added to form an entry
  std::vector<GradcheckEntry> entries;

  /// The compared entry with the largest difference, or null.
  const GradcheckEntry* worst() const;
  std::size_t kinks() const;
};

struct GradcheckReport {
  Stencil stencil = Stencil::complex_step;
  std::string reason;  ///< why not the complex step, or ""
  double tolerance = 0;
  std::vector<GradcheckInput> inputs;

  /// Every input passed. An input that could not be tested (zero, disconnected, kink) does not count as passed.
  bool passed() const;
  /// The largest difference over all inputs.
  double worst() const;
  explicit operator bool() const { return passed(); }
};

/// Checks f by every input (f64 or f32). f may return any shape: it is weighted by a random cotangent. Inputs stay as
/// they are.
GradcheckReport gradcheck(const Function& f, const std::vector<Tensor>& inputs, const GradcheckOptions& options = {});
/// Checks a loss by Parameters, which it reads itself.
GradcheckReport gradcheck(const std::function<Tensor()>& loss, const std::vector<Parameter*>& parameters,
                          const GradcheckOptions& options = {});
/// The same for the trainable Parameters of a module. (In the nn library.)
GradcheckReport gradcheck(const std::function<Tensor()>& loss, nn::Module& module,
                          const GradcheckOptions& options = {});

/// Error of one entry against the step size: falls with h while truncation rules, rises when rounding does.
struct VCurve {
  struct Row {
    double h = 0, central = 0, four_point = 0, six_point = 0, complex_step = 0;  ///< differences; NaN: no complex form
  };
  std::string entry;  ///< which, `W1[0, 1]`
  double analytic = 0;
  std::vector<Row> rows;
};
VCurve v_curve(const Function& f, const std::vector<Tensor>& inputs, std::size_t input, const Dims& index);
VCurve v_curve(const std::function<Tensor()>& loss, const Parameter& parameter, const Dims& index);

/// Every entry of one input.
std::ostream& operator<<(std::ostream& out, const GradcheckInput& input);
/// One line an input: its worst entry and the verdict.
std::ostream& operator<<(std::ostream& out, const GradcheckReport& report);
std::ostream& operator<<(std::ostream& out, const VCurve& curve);

}  // namespace xgrad
