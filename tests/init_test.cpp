// Initialisers: each has the mean, spread and range that its paper gives it, and depends on the generator alone.

#define BOOST_TEST_MODULE init
#include "support.hpp"

#include <nn/nn.hpp>

using namespace xgrad;

namespace {

struct Moments {
  double mean = 0, std = 0, largest = 0;
};

Moments moments(const Tensor& t) {
  Moments m;
  const std::vector<double> v = t.values();
  const auto n = static_cast<double>(v.size());
  for (double x : v) m.mean += x / n;
  for (double x : v) {
    m.std += (x - m.mean) * (x - m.mean) / n;
    m.largest = std::max(m.largest, std::abs(x));
  }
  m.std = std::sqrt(m.std);
  return m;
}

}  // namespace

BOOST_AUTO_TEST_CASE(fans_of_matrices_and_kernels) {
  BOOST_TEST(nn::fans({5, 3}).in == 3);
  BOOST_TEST(nn::fans({5, 3}).out == 5);
  BOOST_TEST(nn::fans({8, 4, 3, 2}).in == 24);
  BOOST_TEST(nn::fans({8, 4, 3, 2}).out == 48);
  CHECK_MESSAGE(nn::fans({5}), "initialiser: a weight needs the shape (out, in, …) for its fans, not (5)");
}

BOOST_AUTO_TEST_CASE(spreads) {
  namespace init = nn::init;
  const double out = 300, in = 200, bounded = std::sqrt(3.);
  struct Case {
    nn::Initializer draw;
    double std;
    bool uniform;
  };
  const Case cases[] = {{init::normal(0.3), 0.3, false},
                        {init::uniform(0.3), 0.3 / bounded, true},
                        {init::xavier_normal(), std::sqrt(2 / (in + out)), false},
                        {init::xavier_uniform(2), 2 * std::sqrt(2 / (in + out)), true},
                        {init::he_normal(), std::sqrt(2 / in), false},
                        {init::he_uniform(), std::sqrt(2 / in), true},
                        {init::fan_in_uniform(), 1 / std::sqrt(in) / bounded, true}};
  for (const Case& c : cases) {
    Rng rng(1), same(1);
    const Tensor w = c.draw({300, 200}, rng);
    const Moments m = moments(w);
    BOOST_TEST(std::abs(m.mean) < 5 * c.std / std::sqrt(60000.));
    BOOST_TEST(std::abs(m.std / c.std - 1) < 0.02);
    BOOST_TEST((m.largest <= bounded * c.std) == c.uniform);
    BOOST_TEST(w.values() == c.draw({300, 200}, same).values());
  }
}

BOOST_AUTO_TEST_CASE(constants_keep_units_equal) {
  Rng rng(2);
  for (const char* name : {"zeros", "constant"}) {
    nn::Sequential net = nn::mlp({2, 4, 1}, nn::Tanh{}, rng, {.init = nn::init::by_name(name)});
    const auto [x, y] = nn::data::moons(50, 0.1, rng);
    nn::Sgd sgd{net, {.lr = 0.5}};
    Tape tape;
    for (int i = 0; i < 20; ++i) {
      tape.backward(binary_cross_entropy_with_logits(net(x), y));
      sgd.step();
    }
    const Tensor w = nn::parameters(net)[0].value();
    for (Index unit = 1; unit < 4; ++unit)
      for (Index k = 0; k < 2; ++k) BOOST_TEST(w.at(unit, k) == w.at(0, k));
  }
}

BOOST_AUTO_TEST_CASE(layers_take_initialisers) {
  Rng rng(3);
  const nn::Linear usual(100, 50, rng), small(100, 50, rng, {.init = nn::init::normal(0.01)});
  BOOST_TEST(moments(usual.weight.value()).largest <= 0.1);
  BOOST_TEST(moments(usual.bias.value()).largest > 0.05);
  BOOST_TEST(std::abs(moments(small.weight.value()).std - 0.01) < 0.0005);
  BOOST_TEST(moments(small.bias.value()).largest == 0);
  const nn::Conv2d conv(4, 50, 5, rng, {.init = nn::init::he_normal()});
  BOOST_TEST(std::abs(moments(conv.weight.value()).std / std::sqrt(2. / 100) - 1) < 0.05);
  const nn::Embedding table(100, 50, rng);
  BOOST_TEST(std::abs(moments(table.weight.value()).std - 1) < 0.05);
}

BOOST_AUTO_TEST_CASE(a_net_is_drawn_anew) {
  Rng rng(4);
  nn::Sequential net{nn::Linear(3, 4, rng), nn::BatchNorm1d(4), nn::Linear(4, 1, rng, {.dtype = f64})};
  nn::initialize(net, nn::init::constant(0.5), rng);
  for (const Parameter& p : nn::parameters(net)) {
    const double expected = p.name().ends_with("bias") || p.name().ends_with("mean") ? 0
                            : p.name() == "1.weight" || p.name().ends_with("var")    ? 1
                                                                                     : 0.5;
    for (double v : p.value().values()) BOOST_TEST(v == expected, p.name());
  }
}

BOOST_AUTO_TEST_CASE(names_and_bad_arguments) {
  Rng rng(5);
  for (const std::string& name : nn::init::names())
    BOOST_TEST(nn::init::by_name(name)({3, 2}, rng).shape() == (Shape{3, 2}));
  CHECK_MESSAGE(nn::init::by_name("he"),
                "initialiser: there is no 'he'; take one of zeros, constant, normal, uniform, xavier_normal, "
                "xavier_uniform, he_normal, he_uniform, fan_in_uniform");
  CHECK_MESSAGE(nn::init::normal(-1),
                "initialiser: a standard deviation must be a finite number of at least 0, not -1");
  CHECK_MESSAGE(nn::init::uniform(NAN), "initialiser: a bound must be a finite number of at least 0, not nan");
  CHECK_MESSAGE(nn::init::xavier_normal(INFINITY),
                "initialiser: a gain must be a finite number of at least 0, not inf");
  CHECK_MESSAGE(nn::init::constant(NAN), "initialiser: a constant must be a finite number, not nan");
}
