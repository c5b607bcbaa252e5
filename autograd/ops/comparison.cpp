// Comparisons: f64 ones and zeros. They have no derivative, so they are never recorded.

#include <functional>

#include <autograd/kernel.hpp>
#include <autograd/ops.hpp>
#include <autograd/ops/family.hpp>
#include <autograd/ops/math.hpp>
#include <autograd/ops/samples.hpp>

namespace xgrad {

ops::Family& ops::comparison() {
  static Family family;
  return family;
}

namespace {

template <class T, class F>
Tensor compare(F f, const Call& c, const Shape& shape) {
  Tensor y = detail::allocate(shape, f64);
  loops::map<loops::ScalarLane<T>>(shape, mutable_elements<double>(y),
                                   std::array{elements<T>(c.x[0]), elements<T>(c.x[1])},
                                   std::array{&c.x[0].shape(), &c.x[1].shape()},
                                   [f](const T& a, const T& b) { return f(math::real(a), math::real(b)) ? 1. : 0.; });
  return y;
}

template <class F>
Op define(const std::string& name, const std::string& notation, F f, Tensor (*call)(const Arg&, const Arg&)) {
  const auto kernel = [f]<class T>() { return [f](const Call& c, const Shape& s) { return compare<T>(f, c, s); }; };
  OpSpec spec{.name = name,
              .operands = {"a", "b"},
              .notation = notation,
              .kernel = {kernel.template operator()<float>(), kernel.template operator()<double>(),
                         kernel.template operator()<Complex>()}};
  spec.samples = [call] { return samples::binary(call, {}, {}, samples::equal_somewhere()); };
  spec.without = {SampleKind::negative_axis};
  spec.misuses = [name, call] { return samples::binary_misuses(name, call); };
  spec.example = [=] { return samples::binary_example(name, call); };
  return ops::define(ops::comparison(), std::move(spec));
}

const ops::Entry equal_op([] { return define("equal", "{0} == {1}", std::equal_to<>{}, equal); });
const ops::Entry not_equal_op([] { return define("not_equal", "{0} != {1}", std::not_equal_to<>{}, not_equal); });
const ops::Entry less_op([] { return define("less", "{0} < {1}", std::less<>{}, less); });
const ops::Entry less_equal_op([] { return define("less_equal", "{0} <= {1}", std::less_equal<>{}, less_equal); });
const ops::Entry greater_op([] { return define("greater", "{0} > {1}", std::greater<>{}, greater); });
const ops::Entry greater_equal_op([] {
  return define("greater_equal", "{0} >= {1}", std::greater_equal<>{}, greater_equal);
});

}  // namespace

Tensor equal(const Arg& a, const Arg& b) { return equal_op(a, b); }
Tensor not_equal(const Arg& a, const Arg& b) { return not_equal_op(a, b); }
Tensor less(const Arg& a, const Arg& b) { return less_op(a, b); }
Tensor less_equal(const Arg& a, const Arg& b) { return less_equal_op(a, b); }
Tensor greater(const Arg& a, const Arg& b) { return greater_op(a, b); }
Tensor greater_equal(const Arg& a, const Arg& b) { return greater_equal_op(a, b); }

}  // namespace xgrad
