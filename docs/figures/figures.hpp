#pragma once
// The figures of docs/, each as an SVG picture.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <nn/nn.hpp>

namespace figures {

struct Picture {
  std::string svg;
  double width = 560, height = 400;
};
using Pictures = std::map<std::string, Picture>;  ///< by the name of the file, without its ending

/// The two-layer net of the tutorial as it starts, and its data.
struct Example {
  xgrad::nn::data::Dataset data;
  xgrad::nn::Sequential net;
};
Example tutorial_example();
/// Steps of full-batch gradient descent: their numbers, and the cost before each.
std::vector<std::pair<double, double>> descend(xgrad::nn::Sequential& net, const xgrad::nn::data::Dataset& data,
                                               double rate, int steps);

/// Shapes of matrices in the forward and the backward pass.
void add_shapes(Pictures& all);
/// A net drawn as layers, units and weights.
void add_net(Pictures& all);
/// What comes out of training and of gradient checks.
void add_plots(Pictures& all);

}  // namespace figures
