// Newton's method beside gradient descent: logistic regression on features of different size, where the Hessian knows
// what one learning rate for all cannot.

#include <autograd/autograd.hpp>
#include <nn/data.hpp>

#include <cstdio>

using namespace xgrad;

// d with A·d = b, for a symmetric positive definite A: conjugate gradients, exact after n steps but for rounding.
Tensor solve(const Tensor& A, const Tensor& b) {
  Tensor d = zeros(b.shape()), rest = b, direction = b;
  for (Index i = 0; i < 2 * b.size() && norm(rest).item() > 1e-14 * norm(b).item(); ++i) {
    const Tensor along = matmul(A, direction);
    const double square = dot(rest, rest).item(), step = square / dot(direction, along).item();
    d = d + step * direction;
    rest = rest - step * along;
    direction = rest + dot(rest, rest).item() / square * direction;
  }
  return d;
}

int main() {
  Rng rng(4);
  const nn::data::Dataset data = nn::data::moons(300, 0.3, rng);
  const Tensor X = concat({data.x * tensor({1, 20}), ones({300, 1})}, 1);  // x, 20·y and 1 for the bias
  const Tensor y = reshape(data.y, {-1});
  Parameter w(zeros({3}), "w");
  const auto cost = [&] { return binary_cross_entropy_with_logits(matmul(X, w), y); };
  const auto gradient = [&] { return vjp(cost, {&w}, scalar(1)).gradients[0]; };

  std::printf("Newton's method: w <- w - H⁻¹g\nstep  cost    |g|\n");
  for (int step = 0; step < 7; ++step) {
    const Tensor g = gradient();
    std::printf("%4d  %.4f  %.0e\n", step, cost().item(), norm(g).item());
    w.assign(w.value() - solve(hessian(cost, {&w}).matrix, g));
  }
  const double size = norm(gradient()).item(), least = cost().item();
  std::printf("%4d  %.4f  %s\n\n", 7, least, size < 1e-12 ? "below 1e-12" : "larger");

  const Hessian h = hessian(cost, {&w});
  const Tensor curvature = h.eigenvalues();
  const double steepest = curvature.at(-1), flattest = curvature.at(0);
  std::printf("curvature there from %.4f to %.1f: a ratio of %.0f\n\n", flattest, steepest, steepest / flattest);

  const double rate = 2 / (steepest + flattest);
  w.assign(zeros({3}));
  std::printf("gradient descent at the best fixed rate, 2 / (steepest + flattest) = %.3f\nsteps  cost\n", rate);
  for (int step = 0; step <= 1000; ++step) {
    if (step == 0 || step == 10 || step == 100 || step == 1000) std::printf("%5d  %.4f\n", step, cost().item());
    w.assign(w.value() - rate * gradient());
  }
}
