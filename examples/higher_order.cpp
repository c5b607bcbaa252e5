// Derivatives of any order, of functions of Tensors and of a net by its Parameters: see docs/higher-order.md.

#include <autograd/autograd.hpp>
#include <nn/nn.hpp>

#include <cmath>
#include <cstdio>
#include <iostream>

using namespace xgrad;

int main() {
  // A gradient is a value: recorded, it is differentiated again.
  Tape tape;
  Tensor t = tape.variable(scalar(2));
  Tensor d = t * t * t * t;
  std::printf("t^4 at 2:");
  for (int order = 1; order <= 4; ++order) {
    d = tape.gradient(d, t, {.record = true});
    std::printf("  %g", d.item());
  }
  std::printf("\n\n");

  // First derivatives of a function of Tensors, whole and along directions.
  auto polar = [](Inputs in) { return stack({in[0] * cos(in[1]), in[0] * sin(in[1])}); };
  Tensor r = scalar(2), angle = scalar(0.5);
  std::vector<Tensor> J = jacobian(polar, {r, angle});
  auto [y, dy] = jvp(polar, {r, angle}, {scalar(0), scalar(1)});
  auto [z, g] = vjp(polar, {r, angle}, tensor({1., 0.}));
  std::cout << "by r          " << J[0] << "\nby the angle  " << J[1] << "\nas the angle grows  " << dy
            << "\nof x alone    " << g[0] << ' ' << g[1] << "\n\n";

  // Second derivatives of a function of Tensors.
  auto rosenbrock = [](Inputs in) {
    Tensor a = slice(in[0], 0, 0, 1), b = slice(in[0], 0, 1, 2);
    return sum(square(1. - a) + 100. * square(b - square(a)));
  };
  Tensor p = named("p", tensor({1., 1.}));
  Hessian valley = hessian(rosenbrock, {p});
  std::cout << "Hessian at the minimum  " << valley.matrix << "\n";
  Tensor curvature = valley.eigenvalues();
  std::printf("flattest %.4f, steepest %.1f\n\n", curvature.at(0), curvature.at(1));

  // A net: the curvature of its loss by all its Parameters.
  Rng rng(7);
  auto data = nn::data::moons(40, 0.1, rng);
  nn::Sequential net{nn::Linear(2, 3, rng), nn::Tanh{}, nn::Linear(3, 1, rng)};
  auto loss = [&] { return binary_cross_entropy_with_logits(net(data.x), data.y); };
  Hessian h = hessian(loss, net);
  Tensor eigenvalues = h.eigenvalues();
  std::printf("%td Parameter entries, %s to %s\n", h.matrix.shape()[0], h.entries.front().c_str(),
              h.entries.back().c_str());
  std::printf("curvature from %.3f to %.3f\n", eigenvalues.at(0), eigenvalues.at(-1));

  // The steepest direction without the matrix: v, Hv, H²v …, each normalised.
  std::vector<Tensor> v;
  for (const Parameter& q : nn::trainable_parameters(net)) v.push_back(randn(q.shape(), rng));
  double length = 0;
  for (int i = 0; i < 200; ++i) {
    v = hvp(loss, net, v);
    length = 0;
    for (const Tensor& part : v) length += sum(square(part)).item();
    length = std::sqrt(length);
    for (Tensor& part : v) part = part / length;
  }
  std::printf("by iterating v <- Hv: %.3f\n\n", length);

  // Which example pulls hardest?
  auto loss_of = [&](Inputs one) { return binary_cross_entropy_with_logits(net(one[0]), one[1]); };
  std::vector<Tensor> by_example = per_example_gradients(loss_of, net, {data.x, data.y});
  Tensor squares = zeros({40});
  for (const Tensor& part : by_example) squares = squares + sum(square(reshape(part, {40, -1})), {1});
  std::printf("example %.0f has the largest gradient: %.2f, the mean is %.2f\n", argmax(squares).item(),
              std::sqrt(max(squares).item()), mean(sqrt(squares)).item());

  // Checked to third order.
  GradcheckReport report = gradcheck(loss, net, {.order = 3});
  std::printf("gradients of order 1, 2 and 3 right to 1e-12: %s\n",
              report.passed() && report.worst() < 1e-12 ? "yes" : "no");
}
