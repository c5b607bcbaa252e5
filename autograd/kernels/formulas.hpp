#pragma once
// What elementwise operations compute of an element, for a SIMD batch, a float or double, or a complex number. Each is
// a type, so that one set of loops over it can be built for every instruction set (run.hpp); the list at the end says
// which have such loops.

#include <cstddef>
#include <limits>

#include <autograd/kernels/rules.hpp>
#include <autograd/ops/math.hpp>

namespace xgrad::formulas {

#define XGRAD_FORMULA(name, formula)           \
  struct name {                                \
    static constexpr std::size_t operands = 1; \
    template <class X>                         \
    X operator()(const X& x) const {           \
      return formula;                          \
    }                                          \
  };
#define XGRAD_FORMULA_OF_TWO(name, formula)      \
  struct name {                                  \
    static constexpr std::size_t operands = 2;   \
    template <class X>                           \
    X operator()(const X& a, const X& b) const { \
      return formula;                            \
    }                                            \
  };

XGRAD_FORMULA(Neg, math::neg(x))
XGRAD_FORMULA(Abs, math::abs(x))
XGRAD_FORMULA(Sign, math::sign(x))
XGRAD_FORMULA(Square, x* x)
XGRAD_FORMULA(Sqrt, math::sqrt(x))
XGRAD_FORMULA(Rsqrt, X(1) / math::sqrt(x))
XGRAD_FORMULA(Reciprocal, X(1) / x)
XGRAD_FORMULA(Exp, math::exp(x))
XGRAD_FORMULA(Expm1, math::expm1(x))
XGRAD_FORMULA(Log, math::log(x))
XGRAD_FORMULA(Log1p, math::log1p(x))
XGRAD_FORMULA(Floor, math::floor(x))
XGRAD_FORMULA(Ceil, math::ceil(x))
XGRAD_FORMULA(Round, math::round(x))
XGRAD_FORMULA(Sin, math::sin(x))
XGRAD_FORMULA(Cos, math::cos(x))
XGRAD_FORMULA(Tan, math::tan(x))
XGRAD_FORMULA(Asin, math::asin(x))
XGRAD_FORMULA(Acos, math::acos(x))
XGRAD_FORMULA(Atan, math::atan(x))
XGRAD_FORMULA(Sinh, math::sinh(x))
XGRAD_FORMULA(Cosh, math::cosh(x))
XGRAD_FORMULA(Tanh, math::tanh(x))
XGRAD_FORMULA(Sigmoid, math::sigmoid(x))
XGRAD_FORMULA(LogSigmoid, math::neg(math::softplus(math::neg(x))))
XGRAD_FORMULA(Softplus, math::softplus(x))
XGRAD_FORMULA(Relu, math::positive_part(x))
XGRAD_FORMULA(Silu, math::silu(x))
XGRAD_FORMULA(GeluTanh, math::gelu_tanh(x))

XGRAD_FORMULA_OF_TWO(Add, a + b)
XGRAD_FORMULA_OF_TWO(Sub, a - b)
XGRAD_FORMULA_OF_TWO(Mul, a* b)
XGRAD_FORMULA_OF_TWO(Div, a / b)
XGRAD_FORMULA_OF_TWO(Maximum, math::maximum(a, b))
XGRAD_FORMULA_OF_TWO(Minimum, math::minimum(a, b))
XGRAD_FORMULA_OF_TWO(Pow, math::pow(a, b))
XGRAD_FORMULA_OF_TWO(Atan2, math::atan2(a, b))
XGRAD_FORMULA_OF_TWO(ExpOfDifference, math::exp(a - b))
XGRAD_FORMULA_OF_TWO(SquaredError, (a - b) * (a - b))
XGRAD_FORMULA_OF_TWO(SquareOfRatio, (a / b) * (a / b))
XGRAD_FORMULA_OF_TWO(AbsoluteError, math::abs(a - b))
// of a logit a and a target b: NaN where that is no probability
XGRAD_FORMULA_OF_TWO(LogisticLoss, math::select(math::is_probability(b),
                                                math::smooth_positive_part(a) - b * a + math::log1p_exp_minus_abs(a),
                                                math::constant<X>(std::numeric_limits<double>::quiet_NaN())))
// of a probability a and a target b
XGRAD_FORMULA_OF_TWO(BinaryCrossEntropy,
                     math::neg(math::weighted(b, math::log(a)) + math::weighted(X(1) - b, math::log1p(math::neg(a)))))

// of a cotangent a and the result of an activation, or its operand, b
XGRAD_FORMULA_OF_TWO(TanhBackward, a*(X(1) - b * b))
XGRAD_FORMULA_OF_TWO(SigmoidBackward, a*(b*(X(1) - b)))
XGRAD_FORMULA_OF_TWO(ReluBackward, math::select(math::real(b) > math::real(X(0)), a, X(0)))

#undef XGRAD_FORMULA
#undef XGRAD_FORMULA_OF_TWO

// Those without a complex form.

struct Erf {
  static constexpr std::size_t operands = 1;
  template <class X>
  requires(!math::is_complex<X>) X operator()(const X& x) const { return math::erf(x); }
};

struct Gelu {
  static constexpr std::size_t operands = 1;
  template <class X>
  requires(!math::is_complex<X>) X operator()(const X& x) const { return math::gelu(x); }
};

struct Choose {
  static constexpr std::size_t operands = 3;
  template <class X>
  X operator()(const X& mask, const X& a, const X& b) const {
    return math::select(math::real(mask) == math::real(X(0)), b, a);
  }
};

// Those that have numbers of their own.

struct Clamp {
  static constexpr std::size_t operands = 1;
  double low, high;
  template <class X>
  X operator()(const X& x) const {
    const X least = math::constant<X>(low), most = math::constant<X>(high);
    const X raised = math::select(math::real(x) < math::real(least), least, x);
    return math::select(math::real(raised) > math::real(most), most, raised);
  }
};

struct LeakyRelu {
  static constexpr std::size_t operands = 1;
  double slope;
  template <class X>
  X operator()(const X& x) const {
    return math::select(math::real(x) > math::real(X(0)), x, x * math::constant<X>(slope));
  }
};

struct Elu {
  static constexpr std::size_t operands = 1;
  double alpha;
  template <class X>
  X operator()(const X& x) const {
    return math::select(math::real(x) > math::real(X(0)), x, math::expm1(x, math::constant<X>(alpha)));
  }
};

/// Klambauer, Unterthiner, Mayr, Hochreiter: Self-Normalizing Neural Networks (2017).
struct Selu {
  static constexpr std::size_t operands = 1;
  static constexpr double scale = 1.0507009873554804934193349852946, scaled_alpha = 1.7580993408473768599402175208123;
  template <class X>
  X operator()(const X& x) const {
    return math::select(math::real(x) > math::real(X(0)), math::constant<X>(scale) * x,
                        math::expm1(x, math::constant<X>(scaled_alpha)));
  }
};

/// The derivative of `LogisticLoss` by its logit, times a cotangent, over the count of a mean: divided last, as the
/// losses promise.
struct LogisticLossBackward {
  static constexpr std::size_t operands = 3;
  double count;
  template <class X>
  X operator()(const X& g, const X& logit, const X& target) const {
    return (math::sigmoid(logit) - target) * g / math::constant<X>(count);
  }
};

/// The same of `SquaredError` by its first operand.
struct SquaredErrorBackward {
  static constexpr std::size_t operands = 3;
  double count;
  template <class X>
  X operator()(const X& g, const X& prediction, const X& target) const {
    return X(2) * (prediction - target) * g / math::constant<X>(count);
  }
};

template <class... F>
struct List {};

using Listed = List<Neg, Abs, Sign, Square, Sqrt, Rsqrt, Reciprocal, Exp, Expm1, Log, Log1p, Floor, Ceil, Round, Sin,
                    Cos, Tan, Asin, Acos, Atan, Sinh, Cosh, Tanh, Sigmoid, LogSigmoid, Softplus, Relu, Silu, GeluTanh,
                    Add, Sub, Mul, Div, Maximum, Minimum, Pow, Atan2, ExpOfDifference, SquaredError, SquareOfRatio,
                    AbsoluteError, LogisticLoss, BinaryCrossEntropy, TanhBackward, SigmoidBackward, ReluBackward, Erf,
                    Gelu, Choose, Clamp, LeakyRelu, Elu, Selu, LogisticLossBackward, SquaredErrorBackward, rules::Sgd,
                    rules::Momentum, rules::Adam<false>, rules::Adam<true>>;

}  // namespace xgrad::formulas
