#include "objective.hpp"

#include <cmath>

#include <autograd/autograd.hpp>
#include <nn/loss.hpp>
#include <nn/metrics.hpp>

#include "../common/text.hpp"

namespace train {

using namespace xgrad;

Objective::Objective(const Options& o, Problem problem) : problem_(problem), loss_(o.loss), l1_(o.l1), l2_(o.l2) {
  if (loss_ == "auto") loss_ = classifies() ? "cross_entropy" : "mse";
  if (!classifies() && loss_.starts_with("cross_entropy"))
    throw BadUsage("--loss: " + loss_ + " is for classes, and the target is a number; take mse, mae or huber");
  if (classifies() && (loss_ == "mae" || loss_ == "huber"))
    throw BadUsage("--loss: " + loss_ + " is for numbers, and the target is a class; take cross_entropy or mse");
}

Tensor Objective::predictions(const Tensor& z) const {
  return problem_ == Problem::binary ? sigmoid(z) : problem_ == Problem::classes ? softmax(z) : z;
}

Tensor Objective::loss(const Tensor& z, const Tensor& y) const {
  const bool binary = problem_ == Problem::binary;
  if (loss_ == "cross_entropy") return binary ? binary_cross_entropy_with_logits(z, y) : cross_entropy(z, y);
  if (loss_ == "cross_entropy_from_probabilities")
    return binary ? binary_cross_entropy(sigmoid(z), y) : categorical_cross_entropy(softmax(z), y);
  if (loss_ == "mae") return mae(z, y);
  if (loss_ == "huber") return huber(z, y);
  return mse(predictions(z), problem_ == Problem::classes ? one_hot(y, z.shape()[1], z.dtype()) : y);
}

Tensor Objective::penalised(const Tensor& loss, nn::Module& net) const {
  Tensor total = loss;
  if (l2_ > 0) total = total + nn::l2_penalty(net, l2_);
  if (l1_ > 0) total = total + nn::l1_penalty(net, l1_);
  return total;
}

double Objective::tally(const Tensor& z, const Tensor& y) const {
  const NoGrad off;
  if (classifies()) return std::round(nn::accuracy(z, y) * static_cast<double>(y.shape()[0]));
  return sum(square(z - y)).item();
}

double Objective::score(double tally, Index examples) const {
  const double mean = tally / static_cast<double>(examples);
  return classifies() ? mean : std::sqrt(mean);
}

std::string Objective::score_text(double score) const {
  return classifies() ? common::percent(score) : common::number(score, 4);
}

namespace {

constexpr Index chunk = 1000;

// f(from, to) of each chunk with the net in evaluation mode and nothing recorded.
template <class F>
void in_chunks(nn::Module& net, Index n, F f) {
  const NoGrad off;
  const bool training = net.training();
  net.eval();
  for (Index from = 0; from < n; from += chunk) f(from, std::min(n, from + chunk));
  net.train(training);
}

}  // namespace

Evaluation evaluate(nn::Module& net, const Objective& objective, const Dataset& d) {
  const Index n = d.x.shape()[0];
  double loss = 0, tally = 0;
  in_chunks(net, n, [&](Index from, Index to) {
    const Tensor z = net(slice(d.x, 0, from, to)), y = slice(d.y, 0, from, to);
    loss += objective.loss(z, y).item() * static_cast<double>(to - from);
    tally += objective.tally(z, y);
  });
  return {loss / static_cast<double>(n), objective.score(tally, n)};
}

Tensor outputs_of(nn::Module& net, const Tensor& x) {
  std::vector<Tensor> parts;
  in_chunks(net, x.shape()[0], [&](Index from, Index to) { parts.push_back(net(slice(x, 0, from, to))); });
  return concat(parts);
}

}  // namespace train
