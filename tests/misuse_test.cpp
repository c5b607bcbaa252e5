// Every misuse gives one clear line: what is wrong, where, what to do. Nothing has changed afterwards.

#define BOOST_TEST_MODULE misuse
#include "support.hpp"

#include <nn/nn.hpp>

using namespace xgrad;
using support::message;

namespace {

int checked = 0;

// The message without its source line, which must be there.
std::string without_line(const std::string& text) {
  const std::size_t at = text.rfind(" [");
  BOOST_TEST((at != std::string::npos && text.back() == ']'), "no source line in: " << text);
  return text.substr(0, at);
}

struct Fixture {
  Rng rng{1};
  Parameter w{ones({2}), "w"};
  Tensor x = named("X", ones({3, 2}));
};

// What no misuse may change: the running tape, and a Parameter.
struct State {
  const Tape* tape = Tape::recording();
  std::size_t size = tape ? tape->size() : 0, bytes = tape ? tape->bytes() : 0;
  bool closed = tape && tape->closed();
  std::uint64_t version;
  std::vector<double> value, gradient;
  explicit State(const Parameter& w) : version(w.version()), value(w.value().values()) {
    if (w.has_grad()) gradient = w.grad().values();
  }
  bool operator==(const State&) const = default;
};

}  // namespace

// `w` is the Parameter of the test.
#define UNCHANGED(check)                                   \
  do {                                                     \
    const State before(w);                                 \
    check;                                                 \
    BOOST_TEST((State(w) == before), "something changed"); \
    ++checked;                                             \
  } while (false)
#define HERE(call, text) UNCHANGED(CHECK_MESSAGE_HERE(call, text))
#define EXACT(call, text) UNCHANGED(CHECK_MESSAGE(call, text))

BOOST_AUTO_TEST_CASE(of_every_operation) {
  Parameter w{ones({2}), "w"};
  Tape tape;
  const Tensor recorded = square(w);
  for (const Op& op : catalogue())
    for (const Misuse& misuse : op->misuses()) {
      UNCHANGED(BOOST_TEST(without_line(message(misuse.call)) == misuse.message));
    }
  BOOST_TEST(tape.gradient(sum(recorded), w).at(0) == 2);
}

BOOST_FIXTURE_TEST_CASE(operations_name_operands_and_line, Fixture) {
  Parameter W{ones({4, 2}), "W"}, narrow{ones({2}, f32), "narrow"};
  HERE(matmul(x, W), "matmul: cannot multiply X (3, 2) by W (4, 2)");
  HERE(x + ones({3}), "add: cannot broadcast X (3, 2) and b (3) together");
  HERE(ones({3}) * x, "mul: cannot broadcast a (3) and X (3, 2) together");
  HERE(x - narrow, "sub: X (3, 2) is f64 but narrow (2) is f32; convert one with .to()");
  HERE(x / Tensor(), "div: b is an empty Tensor");
  HERE(sum(x, {2}), "sum: axis 2 is out of range for X (3, 2)");
  HERE(max(zeros({0})), "max: there is no element of x (0) to reduce over axes (0)");
  HERE(mean(slice(x, 0, 1, 1)), "mean: there is no element of x (0, 2) to reduce over axes (0, 1)");
  HERE(reshape(x, {4}), "reshape: cannot give X (3, 2) the shape (4)");
  HERE(concat({x, ones({2, 3})}), "concat: cannot join X (3, 2) and operand 1 (2, 3) along axis 0");
  HERE(sum_to(x, {3}), "sum_to: shape (3) does not broadcast to (3, 2)");
  HERE(binary_cross_entropy_with_logits(x, ones({3})),
       "binary_cross_entropy_with_logits: X (3, 2) and target (3) must have one shape");
  HERE(cross_entropy(x, ones({4})), "cross_entropy: the target of logits (3, 2) must be (3) classes, not target (4)");
}

BOOST_FIXTURE_TEST_CASE(compositions, Fixture) {
  Tape tape;  // so that what a composition recorded before it failed would show
  x = named("X", tape.variable(x));
  const Tensor table = named("table", ones({4, 2})), mask = named("mask", ones({2})), scalar_ = named("s", scalar(1));
  HERE(split(x, {1, 1}), "split: the parts 1 + 1 do not make up axis 0 of X (3, 2)");
  HERE(split(x, {4, -1}), "split: a part cannot have size -1");
  HERE(split(x, {1}, 2), "split: axis 2 is out of range for X (3, 2)");
  HERE(split(3., {1}), "split: needs a Tensor, not a number");
  HERE(masked_select(x, mask), "masked_select: the mask mask (2) must have the shape of X (3, 2)");
  HERE(embedding(mask, x), "embedding: the table mask (2) must be a matrix");
  HERE(embedding(table, tensor({4})), "index_select: element 0 of index (1) is 4, not a whole number from 0 to 3");
  HERE(layer_norm(x, ones({3}), zeros({2})),
       "layer_norm: Tensor (3) must have the shape (2) of the channels of X (3, 2)");
  HERE(layer_norm(scalar_, mask, mask), "layer_norm: s () has no axis to normalise");
  HERE(batch_norm(x, w, ones({3})), "batch_norm: Tensor (3) must have the shape (2) of the channels of X (3, 2)");
  HERE(batch_norm(mask, mask, mask), "batch_norm: mask (2) must be (n, channels, …)");
  HERE(batch_norm(zeros({0, 2}), w, w), "standardize: there is no element of x (0, 2) to reduce over axes (0)");
  HERE(dropout(x, 1.5, rng), "dropout: the probability must be in [0, 1], not 1.5");
  HERE(dropout(x, NAN, rng), "dropout: the probability must be in [0, 1], not nan");
  const Tensor square_ = tape.variable(ones({2, 2}));
  HERE(einsum("ii,i->", {square_, ones({2}, f32)}),
       "einsum: diagonal#2 (2) is f64 but Tensor (2) is f32; convert one with .to()");
  const Tensor image = reshape(x, {1, 1, 3, 2}), filter = ones({1, 1, 2, 2});
  HERE(conv2d(image, filter, ones({1}, f32)),
       "add: conv2d#3 (1, 1, 2, 1) is f64 but Tensor (1, 1, 1) is f32; convert one with .to()");
  HERE(dropout(Tensor(), 0.5, rng), "dropout: needs a Tensor, not an empty one");
}

BOOST_FIXTURE_TEST_CASE(inside_a_module_the_users_line_counts, Fixture) {
  const nn::Sequential net{nn::Linear(3, 4, rng), nn::Tanh{}};
  HERE(net(x), "Linear: X (3, 2) must have 3 features on its last axis, for 0.weight (4, 3)");
}

BOOST_FIXTURE_TEST_CASE(recordings, Fixture) {
  Tensor gone;
  {
    Tape tape;
    gone = named("gone", square(w));
  }
  Tape outer;
  const Tensor a = named("a", outer.variable(ones({2})));
  const Tensor b = exp(a), loss = named("loss", sum(b * w));
  HERE(gone + w,
       "add: gone (2) belongs to a recording that is gone: take its value with detach(), or compute under NoGrad");
  HERE(outer.backward(gone), "backward: gone (2) is not part of this recording");
  HERE(outer.backward(x),
       "backward: X (3, 2) is not recorded: no Parameter or variable led to it while this tape was recording");
  HERE(outer.backward(3.), "backward: needs a recorded Tensor, not a number");
  HERE(outer.backward(Tensor()), "backward: needs a recorded Tensor, not an empty one");
  HERE(outer.backward(b),
       "backward: exp#1 (2) is not a scalar: reduce it (sum, mean), or give {.cotangent = …} of its shape");
  HERE(outer.backward(b, {.cotangent = ones({3})}), "backward: the cotangent (3) must have the shape of exp#1 (2)");
  const Tensor of_variables = sum(b);
  HERE(outer.backward(of_variables),
       "backward: sum#5 () reaches no trainable Parameter; gradient(y, x) differentiates by variables");
  HERE(outer.gradient(b, a),
       "gradient: exp#1 (2) is not a scalar: reduce it (sum, mean), or give {.cotangent = …} of its shape");
  HERE(outer.gradient(loss, x),
       "gradient: X (3, 2) is not recorded: no Parameter or variable led to it while this tape was recording");
  Parameter unused{ones({2}), "unused"};
  HERE(outer.gradient(loss, unused), "gradient: Parameter unused is not used in this recording");
  HERE(outer.on_gradient(x, nullptr),
       "on_gradient: X (3, 2) is not recorded: no Parameter or variable led to it while this tape was recording");
  HERE(outer.variable(Tensor()), "variable: an empty Tensor");
  {
    Tape inner;
    HERE(
        a * 2.,
        "mul: a (2) is tracked by an outer tape: take its value with detach(), or make it a variable of the inner one");
    HERE(outer.gradient(loss, a, {.record = true}),
         "gradient: {.record = true} needs this tape to be recording, but an inner tape or NoGrad is in force");
  }
  outer.backward(loss);
  HERE(tanh(a),
       "tanh: a (2) belongs to a recording that backward has closed: take its value with detach(), compute under "
       "NoGrad, or call backward with {.keep = true}");
  HERE(outer.gradient(loss, a, {.record = true}),
       "gradient: {.record = true} needs this tape to be recording, but backward has closed it");
  w.assign(zeros({2}));
  HERE(outer.backward(loss), "backward: Parameter w has changed since it was recorded: run the forward pass again");
  BOOST_TEST(w.grad().at(0) == std::exp(1.), boost::test_tools::tolerance(1e-15));
}

BOOST_FIXTURE_TEST_CASE(parameters, Fixture) {
  EXACT(w.grad(), "Parameter w has no gradient: call backward on a loss that uses it first (has_grad() asks)");
  HERE(w.assign(ones({3})), "assign: cannot give w (2) a value of shape (3)");
  HERE(w.assign(ones({2}, f32)), "assign: w is f64, the value f32; convert it with .to(f64)");
  HERE(w.assign(Tensor()), "assign: cannot give w an empty Tensor");
  EXACT(Parameter(Tensor(), "v"), "Parameter v: its value is an empty Tensor");
  BOOST_TEST(w.version() == 0u);
}

BOOST_FIXTURE_TEST_CASE(tensors, Fixture) {
  EXACT(tensor({1., 2., 3.}, {2, 2}), "tensor: 3 values do not fill shape (2, 2)");
  EXACT(zeros({2, -1}), "full: negative size in shape (2, -1)");
  EXACT(matrix({{1, 2}, {3}}), "matrix: rows of 2 and of 1 values");
  EXACT(arange(0, 1, 0), "arange: step is 0");
  EXACT(zeros({1, 1, 1, 1, 1, 1, 1, 1, 1}), "a Tensor has at most 8 axes");
  EXACT(x.item(), "item: X (3, 2) has 6 elements, not one");
  EXACT(x.at(3, 0), "at: (3, 0) into X (3, 2): axis 0 has size 3");
  EXACT(x.at(0, -3), "at: (0, -3) into X (3, 2): axis 1 has size 2");
  EXACT(x.at(0), "at: (0) into X (3, 2): 2 indices are needed");
  EXACT(Tensor().shape(), "an empty Tensor has neither shape nor values");
  EXACT(named("Z", Tensor()), "named: cannot call an empty Tensor Z");
  EXACT(elements<float>(x), "elements of X (3, 2) are f64, not f32");
  EXACT(randperm(-1, rng), "randperm: negative count -1");
  EXACT(rng.below(0), "Rng::below: n must be at least 1");
}

BOOST_FIXTURE_TEST_CASE(custom_operations, Fixture) {
  const auto kernel = elementwise([](auto v) { return v; });
  EXACT(Op(OpSpec{}), "Op: it has no name");
  EXACT(Op({.name = "f"}), "Op f: it has no kernel");
  EXACT(Op({.name = "f", .operands = {}, .kernel = kernel}), "Op f: it has no operands");
  EXACT(Op({.name = "f", .operands = {"a", "b"}, .kernel = kernel, .vjps = {[](const Pullback& c) { return c.g; }}}),
        "Op f: 1 backward rules for 2 operands; give one for each (nullptr where no gradient flows)");
  const Op f({.name = "f", .kernel = kernel});
  HERE(f(x, x), "f: takes 1 operands, not 2");
  const Op slope({.name = "slope", .kernel = array_kernel([]<class T>(const Call& c, T* y) {
                                     *y = static_cast<T>(c.attributes.number("slope"));
                                   })});
  EXACT(slope(scalar(1)), "an operation asked for its attribute 'slope', which the call did not give");
  const Op blind({.name = "blind", .kernel = kernel, .vjps = {[](const Pullback&) { return Tensor(); }}});
  Tape tape;
  const Tensor y = sum(blind(w));
  BOOST_TEST(without_line(message([&] { tape.backward(y); })) ==
             "blind: its backward rule for operand 0 gave an empty Tensor for w (2)");
  ++checked;
}

BOOST_FIXTURE_TEST_CASE(nets_and_data, Fixture) {
  EXACT(nn::Linear(0, 3, rng), "Linear: needs sizes of at least 1, not 0 and 3");
  nn::Sequential net{nn::Linear(2, 3, rng)};
  nn::Sgd sgd{net, {.lr = 0.1}};
  EXACT(sgd.step(), "step: no Parameter has a gradient; call backward on a loss that uses them first");
  EXACT(nn::Sgd(net, {.lr = -1}), "Sgd: lr must be a finite number of at least 0, not -1");
  EXACT(net[1], "Sequential: there is no module 1 among 1");
  EXACT(net.add(nullptr), "Sequential: cannot add an empty module");
  nn::set_trainable(net, false);
  EXACT(nn::Sgd(net), "Sgd: there is no trainable Parameter to update");
  EXACT(nn::accuracy(ones({3}), ones({4})),
        "accuracy: logits (3) and target (4) must have one shape, or be (n, c) and (n)");
  EXACT(nn::accuracy(zeros({0}), zeros({0})), "accuracy: there is no example");
  EXACT(nn::data::moons(1, 0.1, rng), "moons: needs at least 2 points, not 1");
  EXACT(nn::data::moons(9, -1, rng), "moons: the noise must be a finite number of at least 0, not -1");
  EXACT(nn::data::circles(9, 0, rng, 1.5), "circles: the factor must lie in [0, 1), not 1.5");
  EXACT(nn::data::split(nn::data::moons(3, 0, rng), 0.99, rng),
        "split: a share of 0.99 of 3 examples leaves one side empty");
}

BOOST_FIXTURE_TEST_CASE(gradcheck_itself, Fixture) {
  const Function f = [](Inputs in) { return sum(in[0]); };
  EXACT(gradcheck(f, std::vector<Tensor>{}), "gradcheck: there is no input to check");
  EXACT(gradcheck(f, {Tensor()}), "gradcheck: input 0 is an empty Tensor");
  EXACT(gradcheck(f, {x}, {.order = 4}), "gradcheck: order is 1, 2 or 3, not 4");
  EXACT(gradcheck([](Inputs) { return Tensor(); }, {x}), "gradcheck: the function returned an empty Tensor");
  EXACT(gradcheck([](Inputs in) { return log(in[0] - 1.); }, {x}),
        "gradcheck: the function is not finite at the inputs; check it elsewhere");
  EXACT(v_curve(f, {x}, 1, {0, 0}), "v_curve: there is no input 1");
  w.set_trainable(false);
  EXACT(gradcheck([&] { return sum(w * 1.); }, {&w}), "gradcheck: Parameter w is frozen");
}

BOOST_AUTO_TEST_CASE(there_are_enough) {
  BOOST_TEST_MESSAGE(checked << " misuses");
  BOOST_TEST(checked >= 150);
}
