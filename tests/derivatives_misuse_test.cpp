// Misuses of the derivatives: one clear line each, and nothing has changed. Where they may run, and what they leave.

#define BOOST_TEST_MODULE derivatives_misuse
#include "support.hpp"

#include <limits>

#include <nn/nn.hpp>

using namespace xgrad;

namespace {

// A recording in the middle of its work, with Parameters that have gradients: what must stay.
struct World {
  Rng rng{2};
  Parameter W{randn({2, 3}, rng), "W"}, b{randn({2}, rng), "b"}, frozen{ones({2}), "frozen", {.trainable = false}};
  Tensor x = named("x", randn({5, 3}, rng));
  Tape tape;
  Tensor recorded;
  std::vector<double> before;

  World() {
    tape.backward(sum(matmul(x, transpose(W)) + b));
    recorded = tanh(matmul(x, transpose(W)));
    before = state();
  }
  std::vector<double> state() const {
    std::vector<double> s{static_cast<double>(tape.size()), tape.closed() ? 1. : 0.,
                          Tape::recording() == &tape ? 1. : 0.};
    for (const Parameter* p : {&W, &b}) {
      for (const Tensor& t : {p->value(), p->grad()})
        for (double v : t.values()) s.push_back(v);
      s.push_back(static_cast<double>(p->version()));
    }
    return s;
  }
  ~World() { BOOST_TEST(state() == before); }

  std::function<Tensor()> loss = [this] { return sum(square(matmul(x, transpose(W)) + b)); };
  Function row_sum = [](Inputs in) { return sum(in[0], {1}); };
};

}  // namespace

#define REFUSES(call, text) CHECK_MESSAGE_HERE(call, text)

BOOST_AUTO_TEST_CASE(nothing_to_differentiate_by) {
  World w;
  const std::vector<Tensor> none;
  const std::vector<Parameter*> no_parameters;
  const Function f = [](Inputs) { return scalar(1); };
  const std::string rest = ": there is nothing to differentiate by";
  REFUSES(vjp(f, none, scalar(1)), "vjp" + rest);
  REFUSES(jvp(f, none, none), "jvp" + rest);
  REFUSES(jacobian(w.loss, no_parameters), "jacobian" + rest);
  REFUSES(hvp(w.loss, no_parameters, none), "hvp" + rest);
  REFUSES(hessian(w.loss, no_parameters), "hessian" + rest);
  REFUSES(per_example_gradients(f, no_parameters, {w.x}), "per_example_gradients" + rest);
  nn::Sequential net{nn::Tanh{}};
  REFUSES(hessian(w.loss, net), "hessian" + rest);
}

BOOST_AUTO_TEST_CASE(inputs_that_are_none) {
  World w;
  REFUSES(jacobian(w.row_sum, {w.x, Tensor()}), "jacobian: input 1 is an empty Tensor");
  REFUSES(jacobian([](Inputs) { return Tensor(); }, {w.x}), "jacobian: the function returned an empty Tensor");
  REFUSES(hessian(w.loss, {&w.W, nullptr}), "hessian: a Parameter is null");
  REFUSES(hessian(w.loss, {&w.W, &w.frozen}), "hessian: Parameter frozen is frozen");
  REFUSES(hessian(w.loss, {&w.W, &w.b, &w.W}), "hessian: Parameter W is listed twice");
}

BOOST_AUTO_TEST_CASE(what_is_no_scalar) {
  World w;
  const auto f = [&] { return matmul(w.x, transpose(w.W)); };
  const std::vector<Tensor> v{zeros({2, 3})};
  REFUSES(hessian(w.row_sum, {w.x}), "hessian: sum#1 (5) is not a scalar: reduce it (sum, mean)");
  REFUSES(hessian([](Inputs in) { return in[0]; }, {w.x}), "hessian: x (5, 3) is not a scalar: reduce it (sum, mean)");
  REFUSES(hvp(f, {&w.W}, v), "hvp: matmul#2 (5, 2) is not a scalar: reduce it (sum, mean)");
  const auto loss = [&](Inputs one) { return matmul(one[0], transpose(w.W)); };
  REFUSES(per_example_gradients(loss, {&w.W}, {w.x}),
          "per_example_gradients: matmul#2 (1, 2) is not a scalar: reduce it (sum, mean)");
}

BOOST_AUTO_TEST_CASE(cotangents_and_directions_that_do_not_fit) {
  World w;
  const auto f = w.row_sum;
  const Tensor narrow = ones({5, 3}, f32);
  const std::vector<Tensor> none, two{w.x, w.x}, flat{ones({15})}, f32s{narrow}, empty{Tensor()}, for_W{ones({2, 3})};
  REFUSES(vjp(f, {w.x}, w.x), "vjp: the cotangent (5, 3) must have the shape of sum#1 (5)");
  REFUSES(vjp(f, {w.x}, ones({5}, f32)), "vjp: the cotangent is f32 but sum#1 (5) is f64; convert it with .to(f64)");
  REFUSES(vjp(f, {w.x}, Tensor()), "vjp: the cotangent is an empty Tensor");
  REFUSES(jvp(f, {w.x}, none), "jvp: v holds 0 Tensors for 1 inputs: give one of its shape for each");
  REFUSES(jvp(f, {w.x}, two), "jvp: v holds 2 Tensors for 1 inputs: give one of its shape for each");
  REFUSES(jvp(f, {w.x}, flat), "jvp: v[0] (15) must have the shape of x (5, 3)");
  REFUSES(jvp(f, {w.x}, f32s), "jvp: v[0] is f32 but x (5, 3) is f64; convert it with .to(f64)");
  REFUSES(jvp(f, {narrow}, two), "jvp: v holds 2 Tensors for 1 inputs: give one of its shape for each");
  REFUSES(jvp(f, {narrow}, {w.x}), "jvp: v[0] is f64 but x0 (5, 3) is f32; convert it with .to(f32)");
  REFUSES(jvp(f, {w.x}, empty), "jvp: v[0] is an empty Tensor");
  REFUSES(hvp(w.loss, {&w.W, &w.b}, for_W), "hvp: v holds 1 Tensors for 2 inputs: give one of its shape for each");
  REFUSES(hvp(w.loss, {&w.b}, for_W), "hvp: v[0] (2, 3) must have the shape of b (2)");
}

BOOST_AUTO_TEST_CASE(what_grows_too_large) {
  World w;
  const Tensor deep = ones({1, 1, 1, 1, 2});
  REFUSES(jacobian([](Inputs in) { return sin(in[0]); }, {deep}),
          "jacobian: sin#1 (1, 1, 1, 1, 2) by x0 (1, 1, 1, 1, 2) would have 10 axes, and 8 is the most: reshape one of "
          "them to fewer");
  const Function f = [](Inputs in) { return sum(square(in[0])); };
  REFUSES(hessian(f, {ones({5001})}),
          "hessian: 5001 entries make a matrix of 200 MB, and 5000 are the most: differentiate by fewer, or multiply "
          "by it with hvp");
  Parameter p{ones({1, 1, 1, 1, 1, 1, 1, 2}), "p"};
  REFUSES(
      per_example_gradients([&](Inputs one) { return sum(p * one[0]); }, {&p}, {ones({4})}),
      "per_example_gradients: the gradients of 4 examples by p (1, 1, 1, 1, 1, 1, 1, 2) would have 9 axes, and 8 is "
      "the most: reshape one of them to fewer");
}

BOOST_AUTO_TEST_CASE(batches_that_are_none) {
  World w;
  const Function loss = [&](Inputs one) { return sum(matmul(one[0], transpose(w.W))); };
  const auto of = [&](const std::vector<Tensor>& batch, const Where& where = Where::here()) {
    return per_example_gradients(loss, {&w.W}, batch, where);
  };
  const std::vector<Tensor> none, short_y{w.x, ones({4, 1})}, named_y{w.x, named("y", ones({4}))}, one{scalar(1)},
      empty{w.x, Tensor()};
  const std::string start = "per_example_gradients: ";
  REFUSES(of(none), start + "the batch is empty: give the Tensors whose rows are examples");
  REFUSES(of(short_y), start + "batch[1] (4, 1) does not have as many rows as x (5, 3)");
  REFUSES(of(named_y), start + "y (4) does not have as many rows as x (5, 3)");
  REFUSES(of(one), start + "batch[0] () is a scalar: examples are rows");
  REFUSES(of(empty), start + "batch[1] is an empty Tensor");
}

#ifndef XGRAD_NO_BLAS
BOOST_AUTO_TEST_CASE(eigenvalues_of_what_is_not_finite) {
  World w;
  const Hessian H = hessian([](Inputs in) { return sqrt(in[0]) * in[1]; }, {named("s", scalar(0)), scalar(1)});
  REFUSES(H.eigenvalues(), "eigenvalues: d²/ds ds is not finite");
  REFUSES(Hessian{}.eigenvalues(), "eigenvalues: the Hessian is empty: hessian(…) makes one");
}
#endif

// ------------------------------------------------------------------------------------------------ what is left behind

BOOST_AUTO_TEST_CASE(they_run_anywhere_and_leave_nothing) {
  World w;
  const NoGrad off;
  const Hessian H = hessian(w.loss, {&w.W, &w.b});
  BOOST_TEST(!H.matrix.tracked());
  BOOST_TEST(sum(abs(H.matrix)).item() > 0);
  for (const Tensor& t : hvp(w.loss, {&w.W}, {ones({2, 3})})) BOOST_TEST(!t.tracked());
  for (const Tensor& t : jacobian(w.loss, {&w.W})) BOOST_TEST(!t.tracked());
  const auto [y, dy] = jvp(w.row_sum, {w.x}, {ones({5, 3})});
  BOOST_TEST((!y.tracked() && !dy.tracked()));
  const auto [z, g] = vjp(w.row_sum, {w.x}, ones({5}));
  BOOST_TEST((!z.tracked() && !g[0].tracked()));
  BOOST_TEST(dy.values() == std::vector<double>(5, 3.));
  const auto each = [&](Inputs one) { return sum(matmul(one[0], transpose(w.W))); };
  BOOST_TEST(!per_example_gradients(each, {&w.W}, {w.x}).at(0).tracked());
}

BOOST_AUTO_TEST_CASE(an_exception_leaves_everything) {
  World w;
  const auto broken = [&]() -> Tensor { return w.loss() + ones({7}) * ones({3}); };
  BOOST_CHECK_THROW(hessian(broken, {&w.W}), ShapeError);
  int calls = 0;
  const auto third = [&](Inputs one) {
    if (++calls == 3) throw std::runtime_error("in the middle");
    return sum(matmul(one[0], transpose(w.W)));
  };
  BOOST_CHECK_THROW(per_example_gradients(third, {&w.W}, {w.x}), std::runtime_error);
  // a rule that throws only when it is differentiated
  const Op op(
      {.name = "once", .kernel = elementwise([](auto x) { return x * x; }), .vjps = {[](const Pullback& c) -> Tensor {
                                                                              if (!Tape::recording())
                                                                                throw NumericError("once: no more");
                                                                              return c.g * 2. * c.x[0];
                                                                            }}});
  BOOST_CHECK_THROW(hessian([&] { return sum(op(op(w.W * 1.))); }, {&w.W}), NumericError);
  // tensors of the outer tape are values to it, and errors inside it
  BOOST_CHECK_THROW(jacobian([&](Inputs in) { return in[0] * w.recorded; }, {ones({5, 2})}), TapeError);
  BOOST_TEST(jacobian([&](Inputs in) { return sum(in[0]); }, {w.recorded}).at(0).values() ==
             std::vector<double>(10, 1.));
}

BOOST_AUTO_TEST_CASE(what_is_unconnected_gets_zeros) {
  World w;
  const std::vector<double> zero(6, 0.);
  const auto of_b = [&] { return sum(square(w.b)); };
  BOOST_TEST(jacobian(of_b, {&w.W}).at(0).values() == zero);
  BOOST_TEST(vjp(of_b, {&w.W, &w.b}, scalar(1)).gradients[0].values() == zero);
  BOOST_TEST(jvp(of_b, {&w.W}, {ones({2, 3})}).derivative.item() == 0);
  BOOST_TEST(hvp(of_b, {&w.W}, {ones({2, 3})}).at(0).values() == zero);
  BOOST_TEST(hessian(of_b, {&w.W, &w.b}).matrix.values() == pad(pad(2. * eye(2), 0, 6, 0), 1, 6, 0).values());
  BOOST_TEST(per_example_gradients([&](Inputs) { return of_b(); }, {&w.W}, {ones({1})}).at(0).values() == zero);
  const Function constant = [](Inputs) { return scalar(3); };
  BOOST_TEST(hessian(constant, {w.x}).matrix.values() == std::vector<double>(225, 0.));
  BOOST_TEST(jacobian(constant, {w.x}).at(0).values() == std::vector<double>(15, 0.));
  BOOST_TEST(jvp(constant, {w.x}, {w.x}).derivative.item() == 0);
  BOOST_TEST(vjp(constant, {w.x}, scalar(1)).gradients[0].values() == std::vector<double>(15, 0.));
  const Function itself = [](Inputs in) { return in[0]; };
  BOOST_TEST(jvp(itself, {w.x}, {w.x}).derivative.values() == w.x.values());
}
