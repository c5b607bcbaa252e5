#pragma once
// What is minimised, and how well a net does it, for each kind of problem.

#include <string>

#include <nn/module.hpp>

#include "task.hpp"

namespace train {

class Objective {
 public:
  /// Throws BadUsage if the loss does not go with the problem.
  Objective(const Options& options, Problem problem);

  /// The mean loss of these outputs of the net, without penalties.
  xgrad::Tensor loss(const xgrad::Tensor& outputs, const xgrad::Tensor& target) const;
  /// What is differentiated: the loss with the penalties on the net's weights.
  xgrad::Tensor penalised(const xgrad::Tensor& loss, xgrad::nn::Module& net) const;
  /// Probabilities of classes, (n, 1) or (n, c); of a regression the outputs themselves.
  xgrad::Tensor predictions(const xgrad::Tensor& outputs) const;

  /// How many are right, or the sum of the squared errors: what score() is made from, so that batches add up.
  double tally(const xgrad::Tensor& outputs, const xgrad::Tensor& target) const;
  /// The accuracy, or the root of the mean squared error.
  double score(double tally, xgrad::Index examples) const;
  Problem problem() const { return problem_; }
  bool classifies() const { return problem_ != Problem::regression; }
  const char* score_name() const { return classifies() ? "accuracy" : "rmse"; }
  std::string score_text(double score) const;
  const std::string& name() const { return loss_; }

 private:
  Problem problem_;
  std::string loss_;
  double l1_, l2_;
};

/// Loss and score of a net in evaluation mode on some data, a thousand examples at a time.
struct Evaluation {
  double loss, score;
};
Evaluation evaluate(xgrad::nn::Module& net, const Objective& objective, const Dataset& data);
/// The net's outputs, in the same manner.
xgrad::Tensor outputs_of(xgrad::nn::Module& net, const xgrad::Tensor& x);

}  // namespace train
