// An operation of one's own is one value: it prints, is checked, and differentiates to any order like a built-in one.

#include <autograd/autograd.hpp>
#include <autograd/explain.hpp>

#include <cstdio>
#include <iostream>

using namespace xgrad;

const Op cube({.name = "cube",
               .notation = "{0}³",
               .kernel = elementwise([](auto x) { return x * x * x; }),
               .vjps = {[](const Pullback& c) { return c.g * (3. * square(c.x[0])); }}});

int main() {
  Tape tape;
  Tensor x = named("x", tape.variable(tensor({1., 2., 3.})));
  Tensor y = sum(cube(x));
  std::cout << "y      = " << formula(tape, y) << '\n';
  Tensor g = tape.gradient(y, x, {.record = true});
  std::cout << "dy/dx  = " << formula(tape, g) << " = " << g.detach() << '\n';
  Tensor h = tape.gradient(sum(g), x);
  std::cout << "d²y/dx² = " << h << '\n';

  GradcheckReport report = gradcheck([](Inputs in) { return cube(in[0]); }, {tensor({0.5, -1.5, 2.})}, {.order = 2});
  std::printf("checked by %s, order 1 and 2: %s\n", to_string(report.stencil), report.passed() ? "passed" : "failed");
  try {
    cube(x) + ones({2});
  } catch (const ShapeError& e) {
    std::cout << e.what() << '\n';
  }
}
