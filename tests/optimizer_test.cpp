// Optimisers against plain loops over doubles, written from the papers' formulas; what they remember; what they refuse.

#define BOOST_TEST_MODULE optimizer
#include "support.hpp"

#include <memory>

#include <nn/nn.hpp>

using namespace xgrad;

namespace {

using Numbers = std::vector<double>;
using Make = std::function<std::unique_ptr<nn::Optimizer>(Parameter&)>;

// The gradient that step t brings to an entry with this value: a slope, a curvature and noise, of changing sign.
double gradient(int t, std::size_t k, double p) {
  const auto i = static_cast<double>(k);
  return (0.5 + i) * p + std::sin(1.7 * t + i) + (k == 2 ? 1e-3 : 0.2);
}

const Numbers start{1.5, -0.25, 3, 0.01};

// 100 steps of an optimiser, each on the gradient at the values it has reached.
Numbers run(const Make& make, DType dtype) {
  Parameter w{tensor(start, {2, 2}, dtype), "w"};
  const auto optimizer = make(w);
  for (int t = 1; t <= 100; ++t) {
    Numbers g = w.value().values();
    for (std::size_t k = 0; k < g.size(); ++k) g[k] = gradient(t, k, g[k]);
    w.set_grad(tensor(g, {2, 2}, dtype));
    optimizer->step();
  }
  return w.value().values();
}

// The same by a plain formula for one entry: next(t, p, g) is its new value.
Numbers plain(const std::function<std::function<double(int, double, double)>()>& formula) {
  Numbers result;
  for (std::size_t k = 0; k < start.size(); ++k) {
    const auto next = formula();
    double p = start[k];
    for (int t = 1; t <= 100; ++t) p = next(t, p, gradient(t, k, p));
    result.push_back(p);
  }
  return result;
}

void agree(const Make& make, const std::function<std::function<double(int, double, double)>()>& formula) {
  const Numbers expected = plain(formula);
  BOOST_TEST(support::difference(expected, start) > 0.01);  // it went somewhere
  BOOST_TEST(support::difference(run(make, f64), expected) <= 1e-13);
  BOOST_TEST(support::difference(run(make, f32), expected, 0.1) <= 1e-5);
}

template <class O, class Options>
Make with(Options options) {
  return [options](Parameter& w) { return std::make_unique<O>(nn::ParameterList{&w}, options); };
}

}  // namespace

BOOST_AUTO_TEST_CASE(sgd) {
  agree(with<nn::Sgd>(nn::SgdOptions{.lr = 0.03}), [] { return [](int, double p, double g) { return p - 0.03 * g; }; });
  agree(with<nn::Sgd>(nn::SgdOptions{.lr = 0.03, .weight_decay = 0.1}),
        [] { return [](int, double p, double g) { return p - 0.03 * (g + 0.1 * p); }; });
  agree(with<nn::Sgd>(nn::SgdOptions{.lr = 0.03, .momentum = 0.9}),
        [] { return [v = 0.](int, double p, double g) mutable { return p - 0.03 * (v = 0.9 * v + g); }; });
  agree(with<nn::Sgd>(nn::SgdOptions{.lr = 0.03, .momentum = 0.8, .dampening = 0.4, .weight_decay = 0.02}), [] {
    return [v = 0.](int t, double p, double g) mutable {
      g += 0.02 * p;
      v = t == 1 ? g : 0.8 * v + 0.6 * g;
      return p - 0.03 * v;
    };
  });
  agree(with<nn::Sgd>(nn::SgdOptions{.lr = 0.03, .momentum = 0.9, .nesterov = true, .weight_decay = 0.02}), [] {
    return [v = 0.](int, double p, double g) mutable {
      g += 0.02 * p;
      v = 0.9 * v + g;
      return p - 0.03 * (g + 0.9 * v);
    };
  });
}

// Sutskever et al. (2013): the gradient is taken at p + μv. With p' = p + μv that is Nesterov's rule above.
BOOST_AUTO_TEST_CASE(nesterov_looks_ahead) {
  const double lr = 0.03, mu = 0.9;
  Numbers ahead;
  for (std::size_t k = 0; k < start.size(); ++k) {
    double p = start[k], v = 0;
    for (int t = 1; t <= 100; ++t) {
      v = mu * v - lr * gradient(t, k, p + mu * v);
      p += v;
    }
    ahead.push_back(p + mu * v);
  }
  BOOST_TEST(support::difference(run(with<nn::Sgd>(nn::SgdOptions{.lr = lr, .momentum = mu, .nesterov = true}), f64),
                                 ahead) <= 1e-12);
}

BOOST_AUTO_TEST_CASE(rmsprop) {
  for (const bool centered : {false, true})
    for (const double momentum : {0., 0.7})
      for (const double decay : {0., 0.05})
        agree(with<nn::RmsProp>(nn::RmsPropOptions{.lr = 0.02,
                                                   .alpha = 0.95,
                                                   .eps = 1e-6,
                                                   .momentum = momentum,
                                                   .centered = centered,
                                                   .weight_decay = decay}),
              [=] {
                return [=, v = 0., a = 0., b = 0.](int, double p, double g) mutable {
                  g += decay * p;
                  v = 0.95 * v + 0.05 * g * g;
                  a = 0.95 * a + 0.05 * g;
                  b = momentum * b + g / (std::sqrt(centered ? v - a * a : v) + 1e-6);
                  return p - 0.02 * b;
                };
              });
}

BOOST_AUTO_TEST_CASE(adagrad) {
  agree(with<nn::Adagrad>(nn::AdagradOptions{.lr = 0.1}), [] {
    return [s = 0.](int, double p, double g) mutable {
      s += g * g;
      return p - 0.1 * g / (std::sqrt(s) + 1e-10);
    };
  });
  agree(with<nn::Adagrad>(nn::AdagradOptions{
            .lr = 0.2, .lr_decay = 0.03, .weight_decay = 0.1, .initial_accumulator_value = 0.5, .eps = 1e-4}),
        [] {
          return [s = 0.5](int t, double p, double g) mutable {
            g += 0.1 * p;
            s += g * g;
            return p - 0.2 / (1 + (t - 1) * 0.03) * g / (std::sqrt(s) + 1e-4);
          };
        });
}

BOOST_AUTO_TEST_CASE(adam) {
  for (const bool amsgrad : {false, true})
    for (const double decay : {0., 0.05}) {
      const auto formula = [=](bool decoupled) {
        return [=] {
          return [=, m = 0., v = 0., largest = 0.](int t, double p, double g) mutable {
            if (decoupled)
              p -= 0.02 * decay * p;
            else
              g += decay * p;
            m = 0.8 * m + 0.2 * g;
            v = 0.95 * v + 0.05 * g * g;
            largest = std::max(largest, v);
            const double mean = m / (1 - std::pow(0.8, t));
            const double square = (amsgrad ? largest : v) / (1 - std::pow(0.95, t));
            return p - 0.02 * mean / (std::sqrt(square) + 1e-6);
          };
        };
      };
      agree(with<nn::Adam>(nn::AdamOptions{
                .lr = 0.02, .beta1 = 0.8, .beta2 = 0.95, .eps = 1e-6, .weight_decay = decay, .amsgrad = amsgrad}),
            formula(false));
      agree(with<nn::AdamW>(nn::AdamWOptions{
                .lr = 0.02, .beta1 = 0.8, .beta2 = 0.95, .eps = 1e-6, .weight_decay = decay, .amsgrad = amsgrad}),
            formula(true));
    }
}

// In a register or in the tail behind the last full one.
BOOST_AUTO_TEST_CASE(what_an_entry_gets_does_not_depend_on_its_place) {
  const std::vector<std::pair<const char*, Make>> all = {
      {"sgd", with<nn::Sgd>(nn::SgdOptions{.lr = 0.03, .weight_decay = 0.1})},
      {"momentum", with<nn::Sgd>(nn::SgdOptions{.lr = 0.03, .momentum = 0.8, .dampening = 0.4})},
      {"nesterov", with<nn::Sgd>(nn::SgdOptions{.lr = 0.03, .momentum = 0.9, .nesterov = true})},
      {"rmsprop", with<nn::RmsProp>(nn::RmsPropOptions{.lr = 0.02, .momentum = 0.7, .centered = true})},
      {"adagrad", with<nn::Adagrad>(nn::AdagradOptions{.lr = 0.1})},
      {"adam", with<nn::Adam>(nn::AdamOptions{.lr = 0.02, .weight_decay = 0.05})},
      {"amsgrad", with<nn::Adam>(nn::AdamOptions{.lr = 0.02, .amsgrad = true})},
      {"adamw", with<nn::AdamW>(nn::AdamWOptions{.lr = 0.02})}};
  const auto after = [](const Make& make, const Numbers& values, DType dtype) {
    Parameter w{tensor(values, dtype), "w"};
    const auto optimizer = make(w);
    for (const double slope : {0.7, -1.3, 0.4}) {
      w.set_grad(slope * w.value() + 0.1);
      optimizer->step();
    }
    return w.value().values();
  };
  Numbers values;
  for (int k = 0; k < 77; ++k) values.push_back(std::sin(3. * k));
  for (const DType dtype : {f32, f64})
    for (const auto& [name, make] : all) {
      const Numbers together = after(make, values, dtype);
      for (std::size_t k = 0; k < values.size(); ++k)
        BOOST_TEST(after(make, {values[k]}, dtype)[0] == together[k], name << " entry " << k);
    }
}

// PyTorch's defaults, by what two steps with them give.
BOOST_AUTO_TEST_CASE(defaults) {
  const auto after = [](const Make& make) {
    Parameter w{scalar(2), "w"};
    const auto optimizer = make(w);
    for (const double g : {0.5, -3.}) {
      w.set_grad(scalar(g));
      optimizer->step();
    }
    return w.value().item();
  };
  const double root = std::sqrt(0.0025), second = std::sqrt(0.99 * 0.0025 + 0.01 * 9);
  BOOST_TEST(support::difference({after(with<nn::Sgd>(nn::SgdOptions{}))}, {2 - 1e-3 * (0.5 - 3)}) <= 1e-15);
  BOOST_TEST(support::difference({after(with<nn::RmsProp>(nn::RmsPropOptions{}))},
                                 {2 - 1e-2 * (0.5 / (root + 1e-8) - 3 / (second + 1e-8))}) <= 1e-15);
  BOOST_TEST(support::difference({after(with<nn::Adagrad>(nn::AdagradOptions{}))},
                                 {2 - 1e-2 * (0.5 / (0.5 + 1e-10) - 3 / (std::sqrt(9.25) + 1e-10))}) <= 1e-15);
  const double mean = (0.9 * 0.05 - 0.1 * 3) / (1 - 0.81),
               square = (0.999 * 0.001 * 0.25 + 0.001 * 9) / (1 - 0.999 * 0.999);
  const double one = 1e-3 * 0.5 / (0.5 + 1e-8), two = 1e-3 * mean / (std::sqrt(square) + 1e-8);
  BOOST_TEST(support::difference({after(with<nn::Adam>(nn::AdamOptions{}))}, {2 - one - two}) <= 1e-15);
  BOOST_TEST(support::difference({after(with<nn::AdamW>(nn::AdamWOptions{}))},
                                 {(2 * (1 - 1e-5) - one) * (1 - 1e-5) - two}) <= 1e-15);
}

// Weight decay that is not asked for is left out: 0 · inf would be NaN.
BOOST_AUTO_TEST_CASE(an_infinite_entry_is_not_decayed_into_nan) {
  for (const auto& make : {with<nn::Sgd>(nn::SgdOptions{}), with<nn::Sgd>(nn::SgdOptions{.momentum = 0.9}),
                           with<nn::Adam>(nn::AdamOptions{}), with<nn::AdamW>(nn::AdamWOptions{})}) {
    Parameter w{tensor({INFINITY, 2}), "w"};
    const auto optimizer = make(w);
    for (int t = 0; t < 2; ++t) {
      w.set_grad(tensor({1, 1}));
      optimizer->step();
    }
    BOOST_TEST(w.value().at(0) == INFINITY);
    BOOST_TEST(std::isfinite(w.value().at(1)));
  }
}

// The variance of a constant gradient tends to 0, and rounds below it.
BOOST_AUTO_TEST_CASE(a_centered_average_never_takes_the_root_of_less_than_nothing) {
  for (const DType dtype : {f32, f64}) {
    Parameter w{full({64}, 1, dtype), "w"};
    nn::RmsProp rmsprop{{&w}, {.lr = 1e-6, .alpha = 0.5, .eps = 1, .centered = true}};
    Numbers g;
    for (int k = 0; k < 64; ++k) g.push_back(0.1 + 0.37 * k);
    for (int t = 0; t < 200; ++t) {
      w.set_grad(tensor(g, dtype));
      rmsprop.step();
    }
    BOOST_TEST(all_finite(w.value()));
  }
}
