// Products with Jacobian and Hessian, both whole, gradients by example: against formulas, against the complex step,
// against one another.

#define BOOST_TEST_MODULE derivatives
#include "support.hpp"

#include <autograd/parameter_override.hpp>

#include <algorithm>
#include <set>

#include "derivative_laws.hpp"

#include <nn/nn.hpp>

using namespace xgrad;
using support::difference;

namespace {

constexpr double h = 1e-30;  // the complex step

double largest(const std::vector<double>& values) {
  double result = 0;
  for (double v : values) result = std::max(result, std::abs(v));
  return result;
}
double largest(const Tensor& t) { return largest(t.values()); }
/// The largest |a − b|, relative to the largest entry of both.
double distance(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() ? difference(a.values(), b.values(), std::max(largest(a), largest(b))) : INFINITY;
}
double dot(const Tensor& a, const Tensor& b) { return sum(a * b).item(); }

/// One vector of all entries.
Tensor flat(const std::vector<Tensor>& parts) {
  std::vector<Tensor> rows;
  for (const Tensor& t : parts) rows.push_back(reshape(t, {-1}));
  return concat(rows);
}
std::vector<Tensor> directions(const std::vector<Tensor>& like, Rng& rng) {
  std::vector<Tensor> v;
  for (const Tensor& t : like) v.push_back(randn(t.shape(), rng, t.dtype()));
  return v;
}
std::vector<Tensor> values(nn::Module& net) {
  std::vector<Tensor> result;
  for (const Parameter& p : nn::trainable_parameters(net)) result.push_back(p.value());
  return result;
}

/// t with i·h added to element k.
Tensor stepped(const Tensor& t, Index k) {
  Tensor result = to_complex(t + 0.);
  mutable_elements<Complex>(result)[k] += Complex(0, h);
  return result;
}
void append_imaginary(std::vector<double>& row, const Tensor& g) {
  for (Index k = 0; k < g.size(); ++k)
    row.push_back(g.dtype() == DType::complex_step ? elements<Complex>(g)[k].imag() / h : 0);
}

/// The Hessian by the complex step of the gradient: nothing of it comes from hessian().
std::vector<double> complex_step_of_gradient(const Function& f, const std::vector<Tensor>& inputs) {
  std::vector<double> rows;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    for (Index k = 0; k < inputs[i].size(); ++k) {
      Tape tape;
      std::vector<Tensor> leaves;
      for (std::size_t j = 0; j < inputs.size(); ++j)
        leaves.push_back(tape.variable(j == i ? stepped(inputs[j], k) : to_complex(inputs[j])));
      for (const Tensor& g : tape.gradients(f(leaves), leaves)) append_imaginary(rows, g);
    }
  return rows;
}
std::vector<double> complex_step_of_gradient(const std::function<Tensor()>& loss, nn::Module& net) {
  std::vector<double> rows;
  const std::vector<Parameter> parameters = nn::trainable_parameters(net);
  for (const Parameter& p : parameters)
    for (Index k = 0; k < p.value().size(); ++k) {
      ParameterOverride moved(p);
      moved.set(stepped(p.value(), k));
      Tape tape;
      const std::vector<Arg> leaves(parameters.begin(), parameters.end());
      for (const Tensor& g : tape.gradients(loss(), Args(leaves))) append_imaginary(rows, g);
    }
  return rows;
}

/// A net, data, and its loss.
struct Problem {
  Rng rng{11};
  nn::Sequential net;
  Tensor x, y;
  bool softmax;
  Problem(Index in, Index hidden, Index out)
      : net{nn::Linear(in, hidden, rng), nn::Tanh{}, nn::Linear(hidden, out, rng)},
        x(randn({7, in}, rng)),
        y(out == 1 ? rand({7, 1}, rng) > 0.5 : tensor({0, 2, 1, 1, 0, 2, 2})),
        softmax(out > 1) {}
  Tensor loss_on(Inputs batch, Reduction reduction) const {
    const Tensor z = net(batch[0]);
    return softmax ? cross_entropy(z, batch[1], reduction) : binary_cross_entropy_with_logits(z, batch[1], reduction);
  }
  Tensor loss() const { return loss_on(std::vector<Tensor>{x, y}, Reduction::mean); }
};

/// Three inputs of different rank, nothing linear, one of them used twice.
Tensor entangled(Inputs in) {
  return sum(tanh(matmul(in[0], in[1])) * in[2]) + logsumexp(square(in[0])) + exp(in[2] * 0.3) * sum(sin(in[1]));
}
std::vector<Tensor> entangled_at() {
  Rng rng(3);
  return {named("A", randn({2, 3}, rng)), named("B", randn({3, 4}, rng)), named("t", randn({}, rng))};
}

}  // namespace

// ------------------------------------------------------------------------------------------------ Hessians

BOOST_AUTO_TEST_CASE(hessian_of_tensors) {
  const std::vector<Tensor> at = entangled_at();
  const Hessian H = hessian(entangled, at);
  BOOST_TEST((H.matrix.shape() == Shape{19, 19}));
  BOOST_TEST(distance(H.matrix, transpose(H.matrix)) <= 1e-12);
  const std::vector<double> rows = complex_step_of_gradient(entangled, at);
  BOOST_TEST(difference(H.matrix.values(), rows, largest(rows)) <= 1e-12);
  BOOST_TEST(largest(rows) > 0.1);
  BOOST_TEST(H.entries.size() == 19u);
  BOOST_TEST(H.entries[0] == "A[0, 0]");
  BOOST_TEST(H.entries[5] == "A[1, 2]");
  BOOST_TEST(H.entries[17] == "B[2, 3]");
  BOOST_TEST(H.entries[18] == "t");
}

BOOST_AUTO_TEST_CASE(hessian_by_formula) {
  // xᵀAx: A + Aᵀ, exactly; the other input is linear, so its own block is zero
  const Tensor A = matrix({{1, 2, 0}, {-3, 4, 5}, {6, 0, 7}});
  const auto f = [&](Inputs in) { return matmul(in[0], matmul(A, in[0])) + sum(in[1]); };
  const Hessian H = hessian(f, {tensor({1., 2., 3.}), ones({2})});
  BOOST_TEST(H.matrix.values() == pad(pad(A + transpose(A), 0, 0, 2), 1, 0, 2).values());
  BOOST_TEST(H.entries.back() == "x1[1]");
  BOOST_TEST(hessian([](Inputs in) { return in[0] * in[0] * in[0]; }, {scalar(2)}).matrix.values() ==
             std::vector<double>{12});
}

BOOST_AUTO_TEST_CASE(hessian_of_nets) {
  for (const Index out : {1, 3}) {
    Problem p(3, 4, out);
    const auto loss = [&] { return p.loss(); };
    const Hessian H = hessian(loss, p.net);
    const std::vector<double> rows = complex_step_of_gradient(loss, p.net);
    BOOST_TEST(distance(H.matrix, transpose(H.matrix)) <= 1e-12);
    BOOST_TEST(difference(H.matrix.values(), rows, largest(rows)) <= 1e-12);
    BOOST_TEST(largest(rows) > 0.01);
    BOOST_TEST(H.entries.front() == "0.weight[0, 0]");
    BOOST_TEST(H.entries.back() == "2.bias[" + std::to_string(out - 1) + "]");
    BOOST_TEST(gradcheck(loss, p.net, {.stencil = Stencil::complex_step, .order = 3}).worst() <= 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(hvp_is_the_hessian_times_v) {
  Rng rng(5);
  const std::vector<Tensor> at = entangled_at(), v = directions(at, rng);
  BOOST_TEST(distance(flat(hvp(entangled, at, v)), matmul(hessian(entangled, at).matrix, flat(v))) <= 1e-13);
  Problem p(2, 4, 1);
  const auto loss = [&] { return p.loss(); };
  const std::vector<Tensor> w = directions(values(p.net), rng);
  const Tensor Hw = flat(hvp(loss, p.net, w));
  BOOST_TEST(distance(Hw, matmul(hessian(loss, p.net).matrix, flat(w))) <= 1e-13);
  BOOST_TEST(largest(Hw) > 0.01);
}

BOOST_AUTO_TEST_CASE(a_hessian_records_once) {
  const Tape* tape = nullptr;
  std::set<std::size_t> sizes;  // of the tape, whenever a rule runs that is not recorded
  int calls = 0;
  const Op op(
      {.name = "watched", .kernel = elementwise([](auto x) { return x * x * x; }), .vjps = {[&](const Pullback& c) {
                                                                                     if (!Tape::recording())
                                                                                       sizes.insert(tape->size());
                                                                                     return c.g * 3. * square(c.x[0]);
                                                                                   }}});
  hessian(
      [&](Inputs in) {
        ++calls;
        tape = Tape::recording();
        return sum(op(op(in[0])));
      },
      {linspace(0.5, 1, 20)});
  BOOST_TEST(calls == 1);
  BOOST_TEST(sizes.size() == 1u, "the recording does not grow with the rows");
}

// ------------------------------------------------------------------------------------------------ eigenvalues

#ifdef XGRAD_NO_BLAS
BOOST_AUTO_TEST_CASE(without_lapack_there_are_no_eigenvalues) {
  const Hessian H{eye(2), {"a", "b"}};
  CHECK_MESSAGE_HERE(H.eigenvalues(), "eigenvalues: this build has no LAPACK: build it with a BLAS library");
}
#else
BOOST_AUTO_TEST_CASE(eigenvalues_of_known_matrices) {
  const auto of = [](const Tensor& m) { return Hessian{m, {}}.eigenvalues(); };
  BOOST_TEST(distance(of(matrix({{2, 1}, {1, 2}})), tensor({1., 3.})) <= 1e-15);
  BOOST_TEST(distance(of(matrix({{0, 5}, {1, 0}})), tensor({-3., 3.})) <= 1e-15, "of the symmetric part");
  BOOST_TEST(of(zeros({0, 0})).size() == 0);
  const Index n = 50;  // second differences: 2 − 2 cos(kπ/(n + 1))
  const Tensor off = pad(pad(eye(n - 1), 0, 1, 0), 1, 0, 1);
  const Tensor expected = 2. - 2. * cos(arange(1, n + 1) * (M_PI / (n + 1)));
  BOOST_TEST(distance(of(2. * eye(n) - off - transpose(off)), expected) <= 1e-14);
}

BOOST_AUTO_TEST_CASE(eigenvalues_of_a_net) {
  Problem p(3, 4, 1);
  const auto loss = [&] { return p.loss(); };
  const Hessian H = hessian(loss, p.net);
  const Tensor l = H.eigenvalues(), H2 = matmul(H.matrix, H.matrix);
  BOOST_TEST((l.shape() == Shape{21}));
  const std::vector<double> ascending = l.values();
  BOOST_TEST(std::is_sorted(ascending.begin(), ascending.end()));
  const auto trace = [](const Tensor& m) { return sum(m * eye(m.shape()[0])).item(); };
  BOOST_TEST(std::abs(sum(l).item() - trace(H.matrix)) <= 1e-14);
  BOOST_TEST(std::abs(sum(square(l)).item() - trace(H2)) <= 1e-14);
  BOOST_TEST(std::abs(sum(l * l * l).item() - trace(matmul(H2, H.matrix))) <= 1e-14);

  // the largest one once more, by iterating v ← Hv without the matrix
  std::vector<Tensor> v = directions(values(p.net), p.rng);
  double rayleigh = 0;
  for (int i = 0; i < 400; ++i) {
    const std::vector<Tensor> Hv = hvp(loss, p.net, v);
    const double length = norm(flat(Hv)).item();
    rayleigh = dot(flat(Hv), flat(v)) / dot(flat(v), flat(v));
    for (std::size_t k = 0; k < v.size(); ++k) v[k] = Hv[k] / length;
  }
  BOOST_TEST(std::abs(rayleigh - ascending.back()) <= 1e-12);
}
#endif

// ------------------------------------------------------------------------------------------------ Jacobians

BOOST_AUTO_TEST_CASE(jacobians_by_formula) {
  Rng rng(7);
  const Tensor x = randn({4}, rng), A = randn({2, 3}, rng), B = randn({3, 5}, rng);

  const Tensor T = jacobian([](Inputs in) { return tanh(in[0]); }, {x}).at(0);
  BOOST_TEST(distance(T, eye(4) * (1. - square(tanh(x)))) <= 1e-15);

  // (AB)_ij by A_kl: δ_ik B_lj, by B_kl: A_ik δ_lj
  const std::vector<Tensor> J = jacobian([](Inputs in) { return matmul(in[0], in[1]); }, {A, B});
  const Tensor by_A = reshape(eye(2), {2, 1, 2, 1}) * reshape(transpose(B), {1, 5, 1, 3});
  const Tensor by_B = reshape(A, {2, 1, 3, 1}) * reshape(eye(5), {1, 5, 1, 5});
  BOOST_TEST((J[0].shape() == Shape{2, 5, 2, 3} && J[1].shape() == Shape{2, 5, 3, 5}));
  BOOST_TEST(J[0].values() == by_A.values());
  BOOST_TEST(J[1].values() == by_B.values());

  const Tensor s = softmax(x);
  const Tensor S = jacobian([](Inputs in) { return softmax(in[0]); }, {x}).at(0);
  BOOST_TEST(distance(S, eye(4) * s - unsqueeze(s, 1) * s) <= 1e-15);

  const Tensor narrow = jacobian([](Inputs in) { return square(in[0]); }, {tensor({1., 2.}, f32)}).at(0);
  BOOST_TEST((narrow.dtype() == f32));
  BOOST_TEST(narrow.values() == std::vector<double>({2, 0, 0, 4}));
  BOOST_TEST(jacobian([](Inputs in) { return sum(in[0]); }, {x}).at(0).values() == std::vector<double>(4, 1.));
  BOOST_TEST((jacobian([](Inputs in) { return in[0]; }, {zeros({0, 2})}).at(0).shape() == Shape{0, 2, 0, 2}));
}

BOOST_AUTO_TEST_CASE(jvp_vjp_and_jacobian_agree) {
  Rng rng(13);
  const Function f = [](Inputs in) { return softmax(matmul(tanh(in[0]), in[1])) * exp(in[2]); };
  const std::vector<Tensor> at = entangled_at(), v = directions(at, rng);
  const Tensor u = randn({2, 4}, rng);
  const auto [y, g] = vjp(f, at, u);
  const auto [z, dy] = jvp(f, at, v);
  BOOST_TEST(y.values() == f(at).values());
  BOOST_TEST(z.values() == y.values());
  BOOST_TEST(std::abs(dot(u, dy) - dot(flat(g), flat(v))) <= 1e-14);
  BOOST_TEST(std::abs(dot(u, dy)) > 1e-3);
  Tensor Jv = zeros({8});
  const std::vector<Tensor> J = jacobian(f, at);
  for (std::size_t i = 0; i < J.size(); ++i) Jv = Jv + matmul(reshape(J[i], {8, -1}), reshape(v[i], {-1}));
  BOOST_TEST(distance(reshape(dy, {8}), Jv) <= 1e-14);

  Problem p(2, 4, 3);
  const auto net = [&] { return p.net(p.x); };
  const std::vector<Tensor> w = directions(values(p.net), rng);
  const Tensor cotangent = randn({7, 3}, rng), dz = jvp(net, p.net, w).derivative;
  BOOST_TEST(std::abs(dot(cotangent, dz) - dot(flat(vjp(net, p.net, cotangent).gradients), flat(w))) <= 1e-13);
  BOOST_TEST(distance(matmul(reshape(jacobian(net, p.net).at(0), {21, 8}), reshape(w[0], {8})),
                      reshape(jvp(net, p.net, {w[0], 0. * w[1], 0. * w[2], 0. * w[3]}).derivative, {21})) <= 1e-14);
}

BOOST_AUTO_TEST_CASE(dtypes_may_differ_between_inputs) {
  const Function f = [](Inputs in) { return in[0] * in[1].to(f32); };
  const Tensor a = tensor({2., 3.}, f32), b = tensor({5., 7.});
  const auto [y, dy] = jvp(f, {a, b}, {tensor({1., 0.}, f32), tensor({0., 1.})});
  BOOST_TEST((dy.dtype() == f32));
  BOOST_TEST(dy.values() == std::vector<double>({5, 3}));
  const std::vector<Tensor> Hv = hvp([&](Inputs in) { return sum(f(in)); }, {a, b}, {ones({2}, f32), zeros({2})});
  BOOST_TEST((Hv[0].dtype() == f32 && Hv[1].dtype() == f64));
  BOOST_TEST(Hv[1].values() == std::vector<double>({1, 1}));
}

// ------------------------------------------------------------------------------------------------ third derivatives

BOOST_AUTO_TEST_CASE(third_derivatives_of_smooth_operations) {
  std::size_t operations = 0, nonzero = 0;
  for (const Op& op : catalogue()) {
    if (!op->has_derivative() || op->kink != "smooth") continue;
    ++operations;
    bool bends = false;
    for (const std::string& violation : laws::third_derivatives(op, bends)) BOOST_ERROR(violation);
    nonzero += bends;
  }
  BOOST_TEST_MESSAGE(operations << " smooth operations, the third derivative of " << nonzero << " is not zero");
  BOOST_TEST(nonzero >= 20u);
}

BOOST_AUTO_TEST_CASE(a_wrong_third_derivative_fails_at_order_three) {
  // its second derivative is right, and detached
  const Op second({.name = "second",
                   .kernel = elementwise([](auto x) { return x * x + x * x + x * x; }),
                   .vjps = {[](const Pullback& c) { return c.g * 6. * c.x[0].detach(); }}});
  const Op op({.name = "cube",
               .kernel = elementwise([](auto x) { return x * x * x; }),
               .vjps = {[&](const Pullback& c) { return c.g * second(c.x[0]); }}});
  const Function f = [&](Inputs in) { return sum(op(in[0])); };
  for (const Stencil stencil : {Stencil::complex_step, Stencil::six_point}) {
    BOOST_TEST(gradcheck(f, {tensor({0.5, 2})}, {.stencil = stencil, .order = 2}).passed());
    const GradcheckReport report = gradcheck(f, {tensor({0.5, 2})}, {.stencil = stencil, .order = 3});
    BOOST_REQUIRE(report.inputs.size() == 3u);
    BOOST_TEST((report.inputs[1].verdict == Verdict::pass));
    BOOST_TEST((report.inputs[2].verdict == Verdict::fail));
    BOOST_TEST(report.inputs[2].order == 3);
  }
}

// ------------------------------------------------------------------------------------------------ by example

BOOST_AUTO_TEST_CASE(gradients_by_example) {
  for (const Index out : {1, 3}) {
    Problem p(3, 4, out);
    const auto loss = [&](Inputs batch) { return p.loss_on(batch, Reduction::sum); };
    const std::vector<Tensor> g = per_example_gradients(loss, p.net, {p.x, p.y});
    const std::vector<Parameter> parameters = nn::trainable_parameters(p.net);
    BOOST_REQUIRE(g.size() == parameters.size());
    Tape tape;
    tape.backward(loss(std::vector<Tensor>{p.x, p.y}));
    for (std::size_t i = 0; i < g.size(); ++i) {
      BOOST_TEST(g[i].shape()[0] == 7);
      const Tensor batch = parameters[i].grad();
      BOOST_TEST(difference(sum(g[i], {0}).values(), batch.values(), largest(batch)) <= 1e-13);
    }
    for (Index r = 0; r < 7; ++r) {
      for (const Parameter& q : parameters) const_cast<Parameter&>(q).zero_grad();
      tape.backward(loss(std::vector<Tensor>{slice(p.x, 0, r, r + 1), slice(p.y, 0, r, r + 1)}));
      for (std::size_t i = 0; i < g.size(); ++i)
        BOOST_TEST(slice(g[i], 0, r, r + 1).values() == parameters[i].grad().values());
    }
    BOOST_TEST((per_example_gradients(loss, p.net, {zeros({0, 3}), zeros({0, 1})}).at(0).shape() == Shape{0, 4, 3}));
  }
}
