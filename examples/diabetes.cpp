// The small class example: one object holds weights and learning rate, and learns from five people who has diabetes.
// Where to go from here: the width of the layer (units), more layers (l_layer.cpp), cyclical rates
// (nn::schedule::cyclic).

#include <autograd/autograd.hpp>
#include <nn/nn.hpp>

#include <algorithm>
#include <cstdio>

using namespace xgrad;

class NeuralNetwork {
 public:
  NeuralNetwork(Index inputs, Index units, double rate, Rng& rng)
      : W1(randn({inputs, units}, rng), "W1"),
        b1(zeros({units}), "b1"),
        W2(randn({units, 1}, rng), "W2"),
        b2(zeros({1}), "b2"),
        rate_(rate) {}

  Tensor predict(const Tensor& x) const { return sigmoid(logit(x)); }

  /// One step of gradient descent; the cost before it.
  double train(const Tensor& x, const Tensor& y) {
    Tape tape;
    const Tensor cost = binary_cross_entropy_with_logits(logit(x), y);
    tape.backward(cost);
    for (Parameter* p : {&W1, &b1, &W2, &b2}) {
      p->assign(p->value() - rate_ * p->grad());
      p->zero_grad();
    }
    return cost.item();
  }

 private:
  Tensor logit(const Tensor& x) const { return matmul(sigmoid(matmul(x, W1) + b1), W2) + b2; }

  Parameter W1, b1, W2, b2;
  double rate_;
};

void plot(const std::vector<double>& cost) {
  const int rows = 10, columns = 60;
  const auto stride = cost.size() / columns;
  const double top = *std::max_element(cost.begin(), cost.end());
  for (int row = rows; row >= 1; --row) {
    std::printf("%5.2f |", top * row / rows);
    for (std::size_t i = 0; i < columns; ++i) {
      const double level = std::max(1., cost[i * stride] / top * rows);
      std::putchar(level > row - 0.5 && level <= row + 0.5 ? '*' : ' ');
    }
    std::putchar('\n');
  }
  std::printf("      +%s\n       0%*zu epochs\n", std::string(columns, '-').c_str(), columns - 1, cost.size());
}

int main() {
  const nn::data::Task people = nn::data::prepare(nn::data::diabetes_table());
  const auto& [x, y] = people.data;
  Rng rng(0);
  NeuralNetwork net(x.shape()[1], 4, 0.2, rng);
  std::vector<double> cost;
  for (int epoch = 0; epoch < 1000; ++epoch) cost.push_back(net.train(x, y));
  plot(cost);

  for (const std::string& feature : people.features) std::printf("%s  ", feature.c_str());
  std::printf("diabetic  predicted\n");
  const Tensor p = net.predict(x);
  for (Index i = 0; i < x.shape()[0]; ++i)
    std::printf("%7.0f  %7.0f  %8.0f  %8.0f  %9.2f\n", x.at(i, 0), x.at(i, 1), x.at(i, 2), y.at(i, 0), p.at(i, 0));
}
