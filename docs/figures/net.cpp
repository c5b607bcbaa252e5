#include "figures.hpp"

#include <cmath>

#include <autograd/autograd.hpp>
#include <nn/nn.hpp>

#include <common/html.hpp>

namespace figures {

using namespace xgrad;
using common::number;

namespace {

struct Point {
  double x, y;
};

std::string text(Point at, const std::string& words, const std::string& anchor = "middle") {
  return "<text x=\"" + number(at.x, 4) + "\" y=\"" + number(at.y, 4) + "\" text-anchor=\"" + anchor + "\">" + words +
         "</text>";
}

// Centres of the units of a layer, one below the other.
std::vector<Point> column(double x, Index units) {
  std::vector<Point> result;
  for (Index i = 0; i < units; ++i)
    result.push_back({x, 205 + 72 * (static_cast<double>(i) - static_cast<double>(units - 1) / 2)});
  return result;
}

std::string weights(const std::vector<Point>& from, const std::vector<Point>& to, const Tensor& W) {
  std::string svg;
  for (std::size_t j = 0; j < to.size(); ++j)
    for (std::size_t i = 0; i < from.size(); ++i) {
      const double w = W.at(static_cast<Index>(j), static_cast<Index>(i));
      svg += "<path class=\"" + std::string(w > 0 ? "p0" : "p1\" stroke-dasharray=\"7 4") + "\" stroke-width=\"" +
             number(std::max(0.5, std::round(10 * std::min(8., std::abs(w))) / 10), 2) + "\" d=\"M" +
             number(from[i].x, 4) + " " + number(from[i].y, 4) + "L" + number(to[j].x, 4) + " " + number(to[j].y, 4) +
             "\"/>";
    }
  return svg;
}

std::string units(const std::vector<Point>& layer, const std::string& name, bool numbered) {
  const char* const digits[] = {"₁", "₂", "₃", "₄"};
  std::string svg;
  for (std::size_t i = 0; i < layer.size(); ++i)
    svg += "<circle style=\"fill:var(--paper)\" class=\"axis\" stroke-width=\"1.5\" cx=\"" + number(layer[i].x, 4) +
           "\" cy=\"" + number(layer[i].y, 4) + "\" r=\"24\"/>" +
           text({layer[i].x, layer[i].y + 5}, name + (numbered ? digits[i] : ""));
  return svg;
}

}  // namespace

void add_net(Pictures& all) {
  Example example = tutorial_example();
  descend(example.net, example.data, 1.2, 2001);
  const auto p = nn::parameters(example.net);

  const auto inputs = column(80, 2), hidden = column(280, 4), output = column(480, 1);
  const std::string title = "A two-layer net: two inputs, four hidden units, one output";
  std::string svg = "<svg viewBox=\"0 0 560 400\" role=\"img\" aria-label=\"" + title + "\"><title>" + title +
                    "</title>" + text({80, 28}, "inputs") + text({80, 48}, "X (2, m)") + text({280, 28}, "layer 1") +
                    text({280, 48}, "A1 (4, m)") + text({480, 28}, "layer 2") + text({480, 48}, "A2 (1, m)") +
                    weights(inputs, hidden, p[0].value()) + weights(hidden, output, p[2].value()) +
                    units(inputs, "x", true) + units(hidden, "a", true) + units(output, "a", false) +
                    text({180, 72}, "W1 (4, 2)") + text({380, 72}, "W2 (1, 4)") +
                    text({280, 388}, "After training: thick is large, dashed is negative.") + "</svg>";
  all["net"] = {svg};
}

}  // namespace figures
