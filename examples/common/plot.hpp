#pragma once
// Pictures as SVG: curves, and decision regions with their data. Each says in words what it shows.

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <nn/data.hpp>

namespace common {

struct Curve {
  std::string name;
  std::vector<std::pair<double, double>> points;  ///< what is not finite is left out
};

struct Axes {
  std::string x, y;
  bool log_x = false, log_y = false;
  bool from_zero = true;  ///< a linear y axis starts at 0
};

/// Curves over one pair of axes, told apart by colour and by dashes; a legend if there are several. At most 6.
std::string curves(const std::string& title, const Axes& axes, const std::vector<Curve>& curves);

/// For points (n, 2), the probabilities of each class (n, c), or of class 1 alone (n, 1).
using Probabilities = std::function<xgrad::Tensor(const xgrad::Tensor& points)>;

/// The likeliest class over the plane, in a stronger colour where the net is surer, with the points of both parts.
/// Targets are (n, 1) of 0 and 1 or (n) of classes.
std::string regions(const std::string& title, const std::vector<std::string>& axes,
                    const xgrad::nn::data::Dataset& train, const xgrad::nn::data::Dataset& dev, const Probabilities& f);

/// A curve fitted to points (n, 1) with values (n, 1).
std::string fit(const std::string& title, const xgrad::nn::data::Dataset& data,
                const std::function<xgrad::Tensor(const xgrad::Tensor&)>& f);

}  // namespace common
