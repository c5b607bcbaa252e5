// Operations composed of others obey the laws of the catalogue too: complex step, stencil, second order, f32 against
// f64.

#define BOOST_TEST_MODULE composition
#include "support.hpp"

using namespace xgrad;

namespace {

struct Composition {
  const char* name;
  std::vector<Tensor> inputs;
  Function f;
};

Tensor some(const Shape& shape, std::uint64_t seed) {
  Rng rng(seed);
  return randn(shape, rng);
}

Tensor all_of(const std::vector<Tensor>& parts) {
  std::vector<Tensor> flat;
  for (std::size_t i = 0; i < parts.size(); ++i)
    flat.push_back(reshape(static_cast<double>(i + 1) * parts[i], {parts[i].size()}));
  return concat(flat);
}

const std::vector<Composition>& compositions() {
  static const std::vector<Composition> all = {
      {"split",
       {some({5, 2}, 1)},
       [](Inputs x) {
         return all_of(split(x[0], {2, 0, 3}));
       }},
      {"split along the last axis",
       {some({2, 5}, 2)},
       [](Inputs x) {
         return all_of(split(x[0], {1, 4}, -1));
       }},
      {"masked_select", {some({3, 4}, 3)}, [](Inputs x) { return masked_select(x[0], x[0].detach() > 0.); }},
      {"masked_select of none", {some({3}, 4)}, [](Inputs x) { return masked_select(x[0], zeros({3})); }},
      {"embedding",
       {some({5, 3}, 5)},
       [](Inputs x) {
         return embedding(x[0], matrix({{0, 4}, {4, 2}}));
       }},
      {"layer_norm",
       {some({4, 3}, 6), some({3}, 7), some({3}, 8)},
       [](Inputs x) { return layer_norm(x[0], x[1], x[2]); }},
      {"layer_norm of rank 3",
       {some({2, 2, 5}, 9), some({5}, 10), some({5}, 11)},
       [](Inputs x) { return layer_norm(x[0], x[1], x[2], 0.01); }},
      {"batch_norm",
       {some({6, 3}, 12), some({3}, 13), some({3}, 14)},
       [](Inputs x) { return batch_norm(x[0], x[1], x[2]); }},
      {"batch_norm of images",
       {some({2, 3, 2, 2}, 15), some({3}, 16), some({3}, 17)},
       [](Inputs x) { return batch_norm(x[0], x[1], x[2]); }},
      {"dropout",
       {some({4, 5}, 18)},
       [](Inputs x) {
         Rng rng(3);  // the same mask at each evaluation
         return square(dropout(x[0], 0.4, rng));
       }},
      {"conv2d with a bias",
       {some({2, 2, 4, 3}, 19), some({3, 2, 2, 2}, 20), some({3}, 21)},
       [](Inputs x) { return conv2d(x[0], x[1], x[2], {.stride = 1, .padding = 1}); }},
  };
  return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(derivatives) {
  for (const Composition& c : compositions()) BOOST_TEST_CONTEXT(c.name) {
      const GradcheckOptions checks[] = {{.stencil = Stencil::complex_step, .tolerance = 1e-12},
                                         {.stencil = Stencil::six_point, .tolerance = 1e-8},
                                         {.order = 2, .tolerance = 1e-7}};
      for (const GradcheckOptions& options : checks)
        for (const GradcheckInput& input : gradcheck(c.f, c.inputs, options).inputs)
          BOOST_TEST((input.verdict != Verdict::fail), input);
    }
}

BOOST_AUTO_TEST_CASE(f32_like_f64) {
  for (const Composition& c : compositions()) {
    std::vector<Tensor> narrow, wide;
    for (const Tensor& x : c.inputs) {
      narrow.push_back(x.to(f32));
      wide.push_back(narrow.back().to(f64));
    }
    BOOST_TEST(support::difference(c.f(narrow).values(), c.f(wide).values(), 1) <= 1e-5, c.name);
  }
}

BOOST_AUTO_TEST_CASE(values) {
  const Tensor x = matrix({{1, 2}, {3, 4}, {5, 6}});
  const std::vector<Tensor> parts = split(x, {1, 2});
  BOOST_TEST(parts[0].values() == (std::vector<double>{1, 2}));
  BOOST_TEST(parts[1].values() == (std::vector<double>{3, 4, 5, 6}));
  BOOST_TEST(concat(parts).values() == x.values());
  BOOST_TEST(masked_select(x, x > 2.).values() == (std::vector<double>{3, 4, 5, 6}));
  const Tensor rows = embedding(x, matrix({{2, 0}}));
  BOOST_TEST((rows.shape() == Shape{1, 2, 2}));
  BOOST_TEST(rows.values() == (std::vector<double>{5, 6, 1, 2}));
}

BOOST_AUTO_TEST_CASE(normalised_values_have_mean_0_and_variance_1) {
  const Tensor x = 3. + 5. * some({40, 6}, 30);
  for (const Tensor& y :
       {layer_norm(x, ones({6}), zeros({6}), 0), transpose(batch_norm(x, ones({6}), zeros({6}), 0))}) {
    for (double m : mean(y, {-1}).values()) BOOST_TEST(std::abs(m) <= 1e-15);
    for (double v : var(y, {-1}, false, 0).values()) BOOST_TEST(std::abs(v - 1) <= 1e-14);
  }
}

BOOST_AUTO_TEST_CASE(dropout_keeps_the_expectation) {
  Rng rng(5);
  const Tensor x = ones({100000}), y = dropout(x, 0.3, rng);
  const double kept = sum(y > 0.).item() / 1e5;
  BOOST_TEST(std::abs(kept - 0.7) <= 0.01);
  BOOST_TEST(std::abs(mean(y).item() - 1) <= 0.01);
  BOOST_TEST(max(y).item() == 1 / 0.7);
  BOOST_TEST(dropout(x, 0.3, rng, false).values() == x.values());
  BOOST_TEST(dropout(x, 0, rng).values() == x.values());
  BOOST_TEST(sum(dropout(x, 1, rng)).item() == 0);
}
