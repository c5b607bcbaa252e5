// Recorded products and sums with a row wait until somebody reads them. The law: nobody can tell, but for the time and
// memory it takes; recorded = unrecorded, bit for bit, whoever reads what first.

#define BOOST_TEST_MODULE layer
#include "support.hpp"

#include <functional>
#include <map>

#include <autograd/ops/layer.hpp>
#include <autograd/storage.hpp>
#include <autograd/threads.hpp>
#include <nn/nn.hpp>

using namespace xgrad;

namespace {

using Unary = Tensor (*)(const Arg&);

Tensor random(const Shape& shape, std::uint64_t seed, DType dtype = f64) {
  Rng rng(seed);
  return randn(shape, rng, dtype);
}

struct Layer {
  Tensor x, w, b;
  bool flipped;  // w as (out, in)
  Tensor product() const { return matmul(x, flipped ? transpose(w) : w); }
};

// What of z = x·w + b and f(z) is read first.
enum class First { result, sum, product };

// Values of f(product), product, sum and result, on a tape.
std::vector<std::vector<double>> recorded(const Layer& layer, Unary f, First first) {
  Tape tape;
  const Layer on_tape{layer.x, tape.variable(layer.w), tape.variable(layer.b), layer.flipped};
  const Tensor p = on_tape.product();
  if (first == First::product) p.data();
  const Tensor z = p + on_tape.b;
  if (first == First::sum) z.data();
  const Tensor y = f(z), of_product = f(p);
  return {of_product.values(), p.values(), z.values(), y.values()};
}

std::vector<std::vector<double>> unrecorded(const Layer& layer, Unary f) {
  const Tensor p = layer.product(), z = p + layer.b;
  return {f(p).values(), p.values(), z.values(), f(z).values()};
}

constexpr Unary functions[] = {tanh, sigmoid, relu, softplus};

void check(const Layer& layer, const std::string& what) {
  for (const Unary f : functions) {
    const auto expected = unrecorded(layer, f);
    for (const First first : {First::result, First::sum, First::product})
      BOOST_TEST((recorded(layer, f, first) == expected), what << ", first read " << static_cast<int>(first));
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(recorded_layers_have_the_bits_of_unrecorded_ones) {
  for (const DType dtype : {f64, f32})
    for (const Index rows : {1, 2, 7, 33, 300})
      for (const Index in : {1, 2, 3, 4, 5, 17})
        for (const Index out : {1, 2, 4, 7, 50, 65, 130})
          for (const bool flipped : {false, true})
            check({random({rows, in}, 1, dtype), random(flipped ? Shape{out, in} : Shape{in, out}, 2, dtype),
                   random({out}, 3, dtype), flipped},
                  std::to_string(rows) + "x" + std::to_string(in) + "x" + std::to_string(out));
}

BOOST_AUTO_TEST_CASE(rows_of_other_shapes_and_stacks_of_matrices) {
  for (const Shape& row : {Shape{5}, Shape{1, 5}, Shape{}, Shape{1}, Shape{6, 1}, Shape{6, 5}})
    check({random({6, 3}, 1), random({3, 5}, 2), random(row, 3), false}, "row " + to_string(row));
  for (const Shape& x : {Shape{2, 6, 3}, Shape{2, 2, 6, 3}, Shape{3}, Shape{2, 0, 3}})
    check({random(x, 1), random({5, 3}, 2), random({5}, 3), true}, "x " + to_string(x));
  check({random({2, 6, 3}, 1), random({2, 3, 5}, 2), random({5}, 3), false}, "a stack by a stack");
  check({random({6, 0}, 1), random({0, 5}, 2), random({5}, 3), false}, "no terms");
  check({transpose(random({3, 6}, 1)), random({3, 5}, 2), random({5}, 3), false}, "x transposed");
  check({transpose(random({2, 3, 6}, 1)), random({3, 5}, 2), random({5}, 3), false}, "a stack of transposes");
}

// One row is more than is made at a time otherwise.
BOOST_AUTO_TEST_CASE(long_rows) {
  for (const DType dtype : {f64, f32})
    for (const Index in : {2, 5})
      for (const Index out : {1024, 1025, 2048, 2049})
        check({random({3, in}, 1, dtype), random({in, out}, 2, dtype), random({out}, 3, dtype), false},
              "rows of " + std::to_string(out));
}

BOOST_AUTO_TEST_CASE(more_hands_give_the_same_bits) {
  for (const Index in : {3, 100})
    for (const Index out : {9, 513}) {
      const Layer layer{random({401, in}, 1), random({out, in}, 2), random({out}, 3), true};
      const auto expected = unrecorded(layer, tanh);
      for (const int count : {2, 3}) {
        const Threads hands(count);
        BOOST_TEST((recorded(layer, tanh, First::result) == expected));
      }
    }
}

// IEEE: what a sum with a row makes of them.
BOOST_AUTO_TEST_CASE(infinities_and_nan_pass) {
  const double inf = std::numeric_limits<double>::infinity();
  const Layer layer{matrix({{1, 0}, {inf, 1}, {-0., -0.}, {std::nan(""), 1}}), matrix({{1, 2}, {3, -4}}),
                    tensor({-inf, 0}), false};
  for (const Unary f : functions) {
    const auto a = unrecorded(layer, f), b = recorded(layer, f, First::result);
    for (std::size_t i = 0; i < a.size(); ++i)
      for (std::size_t k = 0; k < a[i].size(); ++k)
        BOOST_TEST((a[i][k] == b[i][k] || (std::isnan(a[i][k]) && std::isnan(b[i][k]))));
  }
}

// A training step keeps one output a layer, of the activation.
BOOST_AUTO_TEST_CASE(training_reads_neither_products_nor_sums_below_an_activation) {
  for (const auto& activation : {"tanh", "sigmoid", "relu"}) {
    Rng rng(1);
    const nn::Activation f = nn::activation(activation);
    nn::Sequential net = nn::mlp({3, 5, 4, 1}, f, rng);
    const auto waiting = [&](const std::function<Tensor(Tensor)>& predict) {
      Tape tape;
      tape.backward(mse(predict(random({6, 3}, 2)), random({6, 1}, 3)));
      std::map<std::string, int> count;
      for (const Node& node : tape.nodes())
        if (node.op && ops::waits(node.y)) ++count[node.op->name];
      return count;
    };
    auto layers = waiting([&](const Tensor& x) { return net(x); });
    BOOST_TEST(layers["linear"] == 2, activation << ": the loss reads the last one");
    const auto p = nn::parameters(net);
    auto composed = waiting([&](Tensor y) {
      for (std::size_t l = 0; l < 6; l += 2) {
        y = matmul(y, transpose(p[l])) + p[l + 1];
        if (l < 4) y = f(y);
      }
      return y;
    });
    BOOST_TEST(composed["matmul"] == 3, activation);
    BOOST_TEST(composed["add"] == 2, activation << ": the loss reads the last one");
  }
}

BOOST_AUTO_TEST_CASE(names_and_detached_copies) {
  Rng rng(1);
  const Tensor x = random({6, 3}, 1), w = random({3, 4}, 2), b = random({4}, 3);
  Tape tape;
  const Tensor z = named("Z1", matmul(x, tape.variable(w)) + tape.variable(b));
  BOOST_TEST(ops::waits(z));
  const Tensor a = tanh(z), copy = z.detach();
  const Tensor expected = matmul(x, w) + b;
  BOOST_TEST(a.values() == tanh(expected).values());
  BOOST_TEST(copy.values() == expected.values());
  BOOST_TEST(z.data() == copy.data(), "one of them is made");
  BOOST_TEST(!ops::waits(copy), "it does not hold the operands");
  BOOST_TEST(z.name() == "Z1");
}

// Values are those of the moment of the product.
BOOST_AUTO_TEST_CASE(a_parameter_assigned_since_does_not_change_a_product) {
  Parameter w{matrix({{1, 2}, {3, 4}}), "w"};
  Tape tape;
  const Tensor z = matmul(eye(2), w);
  w.assign(zeros({2, 2}));
  BOOST_TEST(z.values() == support::values({1, 2, 3, 4}));
}

// What waits holds no chain of things that wait: neither reading nor freeing it recurses.
BOOST_AUTO_TEST_CASE(a_deep_net_without_activations) {
  Parameter w{matrix({{0, 1}, {1, 0}}), "w"}, b{tensor({1, 0}), "b"};
  Tape tape;
  Tensor x = matrix({{1, 2}});
  for (int i = 0; i < 100'000; ++i) x = transpose(transpose(matmul(x, w) + b));
  BOOST_TEST(x.values() == support::values({50001, 50002}));
  tape.backward(sum(x));
  BOOST_TEST(b.grad().values() == support::values({100'000, 100'000}));
}

// Backward: products on the way wait for the rule of the activation below. Where everybody's values are read as soon
// as they are there, nothing does.
BOOST_AUTO_TEST_CASE(gradients_have_the_bits_of_those_that_do_not_wait) {
  for (const DType dtype : {f64, f32})
    for (const Unary f : functions)
      for (const Index width : {1, 3, 7, 65})
        for (const bool record : {false, true}) {
          const auto gradients = [&](bool reads) {
            Tape tape;
            const auto leaf = [&](const Shape& shape, std::uint64_t seed) {
              return tape.variable(random(shape, seed, dtype));
            };
            const auto seen = [&](const Tensor& t) {
              if (!reads) return t;
              t.data();
              tape.on_gradient(t, [](const Tensor& g) {
                g.data();
                return g;
              });
              return t;
            };
            const Tensor x = leaf({30, 2}, 1), w1 = leaf({width, 2}, 2), b1 = leaf({width}, 3),
                         w2 = leaf({width, 5}, 4);
            const Tensor a = seen(f(seen(seen(matmul(x, transpose(w1))) + b1)));
            const Tensor y = sum(square(seen(f(seen(matmul(a, w2))))));
            std::vector<std::vector<double>> result;
            for (const Tensor& g : tape.gradients(y, {x, w1, b1, w2}, {.record = record})) result.push_back(g.values());
            return result;
          };
          BOOST_TEST((gradients(true) == gradients(false)));
        }
}

// To the last bit, forward and backward. Only a stack's weight gradient is added up in another order: all at once.
BOOST_AUTO_TEST_CASE(a_linear_layer_is_its_product_and_its_sum) {
  const auto product_and_sum = [](const Arg& x, const Arg& w, const Arg& b) { return matmul(x, transpose(w)) + b; };
  using Layer = std::function<Tensor(const Arg&, const Arg&, const Arg&)>;
  for (const DType dtype : {f64, f32})
    for (const Shape& shape : {Shape{30, 2}, {30, 5}, {1, 3}, {4, 7, 3}, {9, 1}, {3}})
      for (const Index width : {1, 3, 8, 65})
        for (const bool record : {false, true}) {
          const Index in = shape[shape.rank() - 1];
          const auto gradients = [&](const Layer& layer) {
            Tape tape;
            const Tensor x = tape.variable(random(shape, 1, dtype)), w1 = tape.variable(random({width, in}, 2, dtype)),
                         b1 = tape.variable(random({width}, 3, dtype)),
                         w2 = tape.variable(random({2, width}, 4, dtype)), b2 = tape.variable(random({2}, 5, dtype));
            const Tensor y = layer(tanh(layer(x, w1, b1)), w2, b2);
            std::vector<std::vector<double>> result{y.values()};
            for (const Tensor& g : tape.gradients(sum(square(y)), {x, w1, b1, w2, b2}, {.record = record}))
              result.push_back(g.values());
            return result;
          };
          const auto fused = gradients(linear), composed = gradients(product_and_sum);
          for (std::size_t i = 0; i < fused.size(); ++i) {
            const bool same_order = shape.rank() < 3 || (i != 2 && i != 4);
            BOOST_TEST(support::difference(fused[i], composed[i]) <= (same_order     ? 0
                                                                      : dtype == f64 ? 1e-13
                                                                                     : 1e-4),
                       i << " of " << shape << " by " << width);
          }
          BOOST_TEST(
              (linear(random(shape, 1, dtype), random({width, in}, 2, dtype), random({width}, 3, dtype)).values() ==
               product_and_sum(random(shape, 1, dtype), random({width, in}, 2, dtype), random({width}, 3, dtype))
                   .values()));
        }
}

// The row may stand on the product itself.
BOOST_AUTO_TEST_CASE(a_product_added_to_itself) {
  Tape tape;
  const Tensor z = matmul(random({1, 3}, 1), tape.variable(random({3, 4}, 2)));
  const Tensor twice = z + z;  // before anything else reads z
  BOOST_TEST(twice.values() == (2. * z).values());
}

// The gradient is a sum of products; recorded, each of them is differentiated again.
BOOST_AUTO_TEST_CASE(a_matrix_multiplied_twice) {
  const Tensor x = random({2, 2}, 1), a = random({2, 3}, 2), b = random({2, 3}, 3), v = random({2, 2}, 4);
  const auto both = [&](Inputs in) { return matmul(in[0], a) + matmul(in[0], b); };
  const auto [value, along] = jvp(both, {x}, {v});
  BOOST_TEST(support::difference(along.values(), matmul(v, a + b).values()) < 1e-14);
  const auto squares = [&](Inputs in) { return sum(square(matmul(in[0], a))) + sum(square(matmul(in[0], b))); };
  const Tensor by_hand = 2. * (matmul(matmul(v, a), transpose(a)) + matmul(matmul(v, b), transpose(b)));
  BOOST_TEST(support::difference(hvp(squares, {x}, {v})[0].values(), by_hand.values()) < 1e-13);
}

BOOST_AUTO_TEST_CASE(a_product_that_is_both_operands) {
  const Tensor x = random({6, 3}, 1), w = random({3, 4}, 2), p = matmul(x, w);
  Tape tape;
  const Tensor q = matmul(x, tape.variable(w));
  BOOST_TEST(tanh_backward(q, q).values() == tanh_backward(p, p).values());
}

BOOST_AUTO_TEST_CASE(a_second_activation_reads_what_the_first_passed_on) {
  Tape tape;
  const Tensor z = matmul(random({6, 3}, 1), tape.variable(random({3, 4}, 2)));
  tanh(z);
  BOOST_TEST(ops::waits(z));
  sigmoid(z);
  BOOST_TEST(!ops::waits(z));
}

// Predictions and gradients that are kept hold neither weights nor hidden layers.
BOOST_AUTO_TEST_CASE(what_was_read_lets_its_operands_go) {
  Parameter p{random({6, 3}, 1), "p"}, w{random({3, 4}, 2), "w"}, b{random({4}, 3), "b"};
  Tape tape;
  const Tensor y = matmul(p + random({6, 3}, 4), w) + b;
  tape.backward(sum(square(y)), {.keep = true});
  for (const Tensor& t : {y, p.grad(), w.grad()}) BOOST_TEST(!ops::waits(t), "before anybody reads it");
  for (const Tensor& t : {y, p.grad(), w.grad(), p.grad().detach()}) {
    const detail::Storage& v = detail::Storage::of(t);
    BOOST_TEST((!v.other.defined() && !v.row.defined()));
    BOOST_TEST((!v.owner().defined() || detail::Storage::of(v.owner()).deferred == detail::Deferred::nothing));
  }
  const Tensor g = tape.gradient(sum(square(y)), p);
  BOOST_TEST(!ops::waits(g));
}

BOOST_AUTO_TEST_CASE(without_a_recording_nothing_waits) {
  const Tensor x = random({6, 3}, 1), w = random({3, 4}, 2);
  BOOST_TEST(!ops::waits(matmul(x, w)));
  BOOST_TEST(!ops::waits(linear(x, transpose(w), zeros({4}))));
  Parameter p{w, "w"};
  Tape tape;
  BOOST_TEST(ops::waits(matmul(x, p)));
  const NoGrad off;
  BOOST_TEST(!ops::waits(matmul(x, p)));
}
