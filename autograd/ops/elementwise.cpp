// Arithmetic, powers, exponentials and rounding, element by element.

#include <algorithm>
#include <numbers>

#include <autograd/ops/elementwise.hpp>

namespace xgrad {

ops::Family& ops::elementwise() {
  static Family family;
  return family;
}

namespace {

Op define(OpSpec spec, Tensor (*f)(const Arg&), const samples::Range& range = {},
          const std::vector<double>& kinks = {}) {
  return ops::define_elementwise(ops::elementwise(), std::move(spec), f, range, kinks);
}

const ops::Entry neg_op([] {
  return define({.name = "neg",
                 .notation = "-{0}",
                 .kernel = kernels::vectorised(formulas::Neg{}),
                 .vjps = {[](const Pullback& c) { return -c.g; }}},
                neg);
});

const ops::Entry abs_op([] {
  return define({.name = "abs",
                 .notation = "|{0}|",
                 .kernel = kernels::vectorised(formulas::Abs{}),
                 .vjps = {[](const Pullback& c) { return c.g * ops::side_of_zero(c).to(c.g.dtype()); }},
                 .kink = "x = 0: derivative 0, as PyTorch",
                 .branch = ops::side_of_zero},
                abs, {.gap = 0.1}, {0, 1, -1});
});

const ops::Entry sign_op([] {
  return define({.name = "sign",
                 .kernel = kernels::vectorised(formulas::Sign{}),
                 .vjps = {[](const Pullback& c) { return detail::zeros_like(c.g); }},
                 .kink = "derivative 0 everywhere; jumps at 0",
                 .branch = ops::side_of_zero},
                sign, {.gap = 0.1}, {0, 1, -1});
});

const ops::Entry square_op([] {
  return define({.name = "square",
                 .notation = "{0}²",
                 .kernel = kernels::vectorised(formulas::Square{}),
                 .vjps = {[](const Pullback& c) { return c.g * (2. * c.x[0]); }}},
                square);
});

const ops::Entry sqrt_op([] {
  return define({.name = "sqrt", .kernel = kernels::vectorised(formulas::Sqrt{}), .vjps = {[](const Pullback& c) {
                                                                                    return c.g / (2. * c.y);
                                                                                  }}},
                sqrt, {.low = 0.3, .high = 4});
});

const ops::Entry rsqrt_op([] {
  return define({.name = "rsqrt",
                 .notation = "1 / sqrt({0})",
                 .kernel = kernels::vectorised(formulas::Rsqrt{}),
                 .vjps = {[](const Pullback& c) { return -0.5 * c.g * (c.y * c.y * c.y); }}},
                rsqrt, {.low = 0.3, .high = 4});
});

const ops::Entry reciprocal_op([] {
  return define({.name = "reciprocal",
                 .notation = "1 / {0}",
                 .kernel = kernels::vectorised(formulas::Reciprocal{}),
                 .vjps = {[](const Pullback& c) { return -c.g * square(c.y); }}},
                reciprocal, {.low = 0.3, .high = 4});
});

const ops::Entry exp_op([] {
  return define({.name = "exp", .kernel = kernels::vectorised(formulas::Exp{}), .vjps = {[](const Pullback& c) {
                                                                                  return c.g * c.y;
                                                                                }}},
                exp);
});

const ops::Entry expm1_op([] {
  return define({.name = "expm1",
                 .notation = "e^{0} - 1",
                 .kernel = kernels::vectorised(formulas::Expm1{}),
                 .vjps = {[](const Pullback& c) { return c.g * (c.y + 1.); }}},
                expm1);
});

const ops::Entry log_op([] {
  return define({.name = "log", .kernel = kernels::vectorised(formulas::Log{}), .vjps = {[](const Pullback& c) {
                                                                                  return c.g / c.x[0];
                                                                                }}},
                log, {.low = 0.3, .high = 4});
});

const ops::Entry log1p_op([] {
  return define({.name = "log1p",
                 .notation = "log(1 + {0})",
                 .kernel = kernels::vectorised(formulas::Log1p{}),
                 .vjps = {[](const Pullback& c) { return c.g / (1. + c.x[0]); }}},
                log1p, {.low = -0.7, .high = 3});
});

const ops::Entry erf_op([] {
  return define(
      {.name = "erf",
       .kernel = kernels::vectorised(formulas::Erf{}),
       .vjps = {[](const Pullback& c) { return c.g * (2. / std::sqrt(std::numbers::pi) * exp(-square(c.x[0]))); }}},
      erf);
});

// The result itself tells the pieces apart.
Tensor value(const Call& c) {
  return c.op.name == "floor"  ? floor(c.x[0].detach())
         : c.op.name == "ceil" ? ceil(c.x[0].detach())
                               : round(c.x[0].detach());
}

const ops::Entry floor_op([] {
  return define({.name = "floor",
                 .kernel = kernels::vectorised(formulas::Floor{}),
                 .vjps = {[](const Pullback& c) { return detail::zeros_like(c.g); }},
                 .kink = "derivative 0 everywhere; jumps at whole numbers",
                 .branch = value},
                floor, {.gap = 0.1}, {0, 1, -2});
});

const ops::Entry ceil_op([] {
  return define({.name = "ceil",
                 .kernel = kernels::vectorised(formulas::Ceil{}),
                 .vjps = {[](const Pullback& c) { return detail::zeros_like(c.g); }},
                 .kink = "derivative 0 everywhere; jumps at whole numbers",
                 .branch = value},
                ceil, {.gap = 0.1}, {0, 1, -2});
});

const ops::Entry round_op([] {
  return define({.name = "round",
                 .kernel = kernels::vectorised(formulas::Round{}),
                 .vjps = {[](const Pullback& c) { return detail::zeros_like(c.g); }},
                 .kink = "derivative 0 everywhere; jumps at halves",
                 .branch = value},
                round, {.gap = 0.1}, {0.5, 1.5, -2.5});
});

const ops::Entry clamp_op([] {
  return define(
      {.name = "clamp",
       .notation = "clamp({0}, {low}, {high})",
       .check =
           [](const Call& c) {
             const double low = c.attributes.number("low"), high = c.attributes.number("high");
             if (!(low <= high))
               c.numeric_error("low " + c.attributes.text("low") + " is larger than high " + c.attributes.text("high"));
           },
       .kernel = kernels::with_numbers<formulas::Clamp>("low", "high"),
       .vjps = {[](const Pullback& c) {
         const double low = c.attributes.number("low"), high = c.attributes.number("high");
         return where((c.x[0] >= low) * (c.x[0] <= high), c.g, 0.);
       }},
       .kink = "x = low or x = high: derivative 1, as PyTorch",
       .branch =
           [](const Call& c) { return (c.x[0] > c.attributes.number("low")) + (c.x[0] > c.attributes.number("high")); },
       .misuses =
           [] {
             return std::vector<Misuse>{{[] { clamp(ones({2}), 2, 1); }, "clamp: low 2 is larger than high 1"},
                                        {[] { clamp(Tensor(), 0, 1); }, "clamp: x is an empty Tensor"}};
           },
       .example = XGRAD_EXAMPLE(clamp(tensor({-2, 0.5, 3}), 0, 1))},
      [](const Arg& x) { return clamp(x, -1, 1); }, {}, {-1, 1, 0.5});
});

// Complex numbers stay complex: their dtype is that of a whole gradient check.
template <class T>
Tensor convert(const Call& c, const Shape& shape) {
  const auto fill = [&]<class U>(std::type_identity<U>) {
    Tensor y = detail::allocate(shape, dtype_of<U>);
    const T* from = elements<T>(c.x[0]);
    std::transform(from, from + y.size(), mutable_elements<U>(y), [](const T& v) { return static_cast<U>(v); });
    return y;
  };
  if constexpr (std::same_as<T, Complex>)
    return fill(std::type_identity<Complex>{});
  else
    return c.attributes.is("dtype", "f32") ? fill(std::type_identity<float>{}) : fill(std::type_identity<double>{});
}

const ops::Entry cast_op([] {
  return define({.name = "cast",
                 .notation = "{0}",
                 .kernel = {convert<float>, convert<double>, convert<Complex>},
                 .vjps = {[](const Pullback& c) { return c.g.to(c.x[0].dtype()); }}},
                [](const Arg& x) { return cast(x, f64); });
});

}  // namespace

Tensor neg(const Arg& x) { return neg_op(x); }
Tensor abs(const Arg& x) { return abs_op(x); }
Tensor sign(const Arg& x) { return sign_op(x); }
Tensor square(const Arg& x) { return square_op(x); }
Tensor sqrt(const Arg& x) { return sqrt_op(x); }
Tensor rsqrt(const Arg& x) { return rsqrt_op(x); }
Tensor reciprocal(const Arg& x) { return reciprocal_op(x); }
Tensor exp(const Arg& x) { return exp_op(x); }
Tensor expm1(const Arg& x) { return expm1_op(x); }
Tensor log(const Arg& x) { return log_op(x); }
Tensor log1p(const Arg& x) { return log1p_op(x); }
Tensor erf(const Arg& x) { return erf_op(x); }
Tensor floor(const Arg& x) { return floor_op(x); }
Tensor ceil(const Arg& x) { return ceil_op(x); }
Tensor round(const Arg& x) { return round_op(x); }
Tensor clamp(const Arg& x, double low, double high) { return clamp_op(x, {{"low", low}, {"high", high}}); }
Tensor cast(const Arg& x, DType dtype) { return cast_op(x, {{"dtype", to_string(dtype)}}); }

Tensor to_complex(const Tensor& t) {
  Tensor y = detail::allocate(t.shape(), DType::complex_step);
  const double* from = elements<double>(t);
  std::copy(from, from + t.size(), mutable_elements<Complex>(y));
  return y;
}

Tensor real_part(const Tensor& t) {
  Tensor y = detail::allocate(t.shape(), f64);
  const Complex* from = elements<Complex>(t);
  std::transform(from, from + t.size(), mutable_elements<double>(y), [](const Complex& z) { return z.real(); });
  return y;
}

}  // namespace xgrad
