#include "figures.hpp"

#include <cmath>

#include <autograd/autograd.hpp>
#include <nn/nn.hpp>

#include <common/plot.hpp>

namespace figures {

using namespace xgrad;
using nn::data::Dataset;

Example tutorial_example() {
  Rng rng(1);
  const Dataset data = nn::data::moons(200, 0.2, rng);
  const Tensor W1 = 0.5 * randn({4, 2}, rng), W2 = 0.5 * randn({1, 4}, rng);
  nn::Sequential net = nn::mlp({2, 4, 1}, nn::Tanh{}, rng);
  auto p = nn::parameters(net);
  p[0].assign(W1);
  p[1].assign(zeros({4}));
  p[2].assign(W2);
  p[3].assign(zeros({1}));
  return {data, std::move(net)};
}

std::vector<std::pair<double, double>> descend(nn::Sequential& net, const Dataset& data, double rate, int steps) {
  std::vector<std::pair<double, double>> costs;
  nn::Sgd sgd{net, {.lr = rate}};
  Tape tape;
  for (int i = 0; i < steps; ++i) {
    const Tensor cost = binary_cross_entropy_with_logits(net(data.x), data.y);
    costs.emplace_back(i, cost.item());
    tape.backward(cost);
    sgd.step();
  }
  return costs;
}

namespace {

// examples/one_layer.cpp
Picture circles(const std::string& title, const std::vector<Index>& sizes) {
  Rng data_rng(7), rng(1);
  const Dataset data = nn::data::circles(200, 0.08, data_rng, 0.4);
  nn::Sequential net = nn::mlp(sizes, nn::Tanh{}, rng);
  descend(net, data, 1.0, 1000);
  return {common::regions(title, {"x₁", "x₂"}, data, {}, [&](const Tensor& points) { return sigmoid(net(points)); })};
}

Picture cost() {
  Example example = tutorial_example();
  std::vector<std::pair<double, double>> shown;
  for (const auto& [i, c] : descend(example.net, example.data, 1.2, 2001))
    if (static_cast<int>(i) % 10 == 0) shown.emplace_back(i, c);
  return {common::curves("Cost against iteration of the two-layer net on two moons", {"iteration", "cost"},
                         {{"cost", shown}})};
}

// examples/deeper.cpp
double first_gradient(Index layers, const nn::Module& activation, const nn::Initializer& init) {
  Rng rng(0);
  const Dataset data = nn::data::moons(200, 0.1, rng);
  std::vector<Index> sizes(static_cast<std::size_t>(layers), 16);
  sizes.front() = 2;
  sizes.push_back(1);
  nn::Sequential net = nn::mlp(sizes, activation, rng, {.init = init});
  Tape tape;
  tape.backward(binary_cross_entropy_with_logits(net(data.x), data.y));
  return norm(nn::parameters(net)[0].grad()).item();
}

Picture depth() {
  std::vector<common::Curve> all = {{"tanh Xavier", {}}, {"relu He", {}}, {"σ Xavier", {}}, {"relu 0.01", {}}};
  for (Index layers = 2; layers <= 20; ++layers) {
    const auto add = [&](std::size_t i, const nn::Module& activation, const nn::Initializer& init) {
      all[i].points.emplace_back(layers, first_gradient(layers, activation, init));
    };
    add(0, nn::Tanh{}, nn::init::xavier_normal());
    add(1, nn::Relu{}, nn::init::he_normal());
    add(2, nn::Sigmoid{}, nn::init::xavier_normal());
    add(3, nn::Relu{}, nn::init::normal(0.01));
  }
  return {common::curves("Norm of the first layer's gradient against the number of layers",
                         {.x = "layers", .y = "|dW1|", .log_y = true}, all)};
}

// A function of + · / alone, whose rounding errors are the same on every machine; but those of complex numbers may not.
Picture v_curve() {
  const auto f = [](Inputs in) { return in[0] / (1. + in[0] * in[0]); };
  const VCurve curve = xgrad::v_curve(f, {scalar(0.7)}, 0, {});
  std::vector<common::Curve> all = {{"central", {}}, {"six-point", {}}, {"complex step", {}}};
  for (const VCurve::Row& row : curve.rows) {
    const double errors[] = {row.central, row.six_point, row.complex_step};
    for (std::size_t i = 0; i < 3; ++i) all[i].points.emplace_back(row.h, std::max(errors[i], 1e-15));
  }
  return {common::curves("Error of numeric derivatives against the step size h; what is below 1e-15 is drawn there",
                         {.x = "step size h", .y = "relative error", .log_x = true, .log_y = true}, all)};
}

// examples/approximate.cpp
Picture approximation(Index units) {
  const Tensor x = reshape(linspace(-2, 2, 200), {-1, 1}), y = sin(3. * x) + 0.5 * cos(8. * x);
  Rng rng(1);
  nn::Sequential net = nn::mlp({1, units, 1}, nn::Tanh{}, rng);
  for (Parameter& p : nn::parameters(net))
    if (p.name().starts_with("0.")) p.assign(4. * p.value());
  nn::Adam adam{net};
  const nn::Schedule rate = nn::schedule::cosine(0.02, {.T_max = 3000});
  Tape tape;
  for (Index step = 0; step < 3000; ++step) {
    tape.backward(mse(net(x), y));
    adam.set_lr(rate(step));
    adam.step();
  }
  NoGrad off;
  return {common::fit("A curve fitted with " + std::to_string(units) + " hidden units", {x, y},
                      [&](const Tensor& points) { return net(points); })};
}

}  // namespace

void add_plots(Pictures& all) {
  all["one_layer"] = circles("Two circles divided by logistic regression", {2, 1});
  all["two_layer"] = circles("Two circles divided by a two-layer net of 8 units", {2, 8, 1});
  all["cost"] = cost();
  all["depth"] = depth();
  all["v_curve"] = v_curve();
  for (Index units : {2, 5, 20}) all["approximate_" + std::to_string(units)] = approximation(units);
}

}  // namespace figures
