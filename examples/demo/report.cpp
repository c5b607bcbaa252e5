#include "report.hpp"

#include "../common/html.hpp"
#include "../common/plot.hpp"

namespace demo {

using namespace xgrad;
using common::number;

namespace {

std::string cost_curve(const Report& report) {
  common::Curve train{"train", {}}, dev{"dev", {}};
  for (const CostPoint& p : report.costs) {
    train.points.emplace_back(p.iteration, p.train);
    dev.points.emplace_back(p.iteration, p.dev);
  }
  return common::curves("Cost against iteration, for train and dev examples", {"iteration", "cost", true},
                        {train, dev});
}

std::string gradient_table(const Report& report) {
  std::vector<std::vector<std::string>> rows;
  for (const Compared& r : report.gradients) {
    std::vector<std::string> row{r.name, r.shape, r.entry};
    for (double v : {r.tape, r.hand, r.central, r.complex_step}) row.push_back(number(v, 12));
    rows.push_back(std::move(row));
    rows.push_back({"", "", "largest difference, over all entries", ""});
    for (double v : {r.from_hand, r.from_central, r.from_complex_step}) rows.back().push_back(number(v, 2));
  }
  return common::table({"gradient", "shape", "entry", "tape", "hand-derived", "central difference", "complex step"},
                       rows);
}

}  // namespace

void write(const std::string& path, const Report& report, const Net& net) {
  const auto probability = [&](const Tensor& points) {
    return tensor(probabilities(net, points), {points.shape()[0], 1});
  };
  const std::string body =
      "<h2>What it learned</h2>" +
      common::figures(
          {common::figure(
               common::regions("Decision regions of the trained net, with the data", {"x₁", "x₂"}, report.data.train,
                               report.data.dev, probability),
               "Decision regions. Round and blue: class 0; square and orange: class 1. Small, pale marks are "
               "train examples, large ones dev examples; a stronger colour is a surer net."),
           common::figure(cost_curve(report), "Cost, on a logarithmic axis of iterations.")}) +
      "<h2>Four ways to the same gradient</h2><p>" + common::escape(report.gradients_caption) + "</p>" +
      gradient_table(report) + "<h2>The tape of one step</h2><pre>" + common::escape(report.tape) + "</pre>";
  common::write_page(path, common::page(report.title, report.facts, body, report.command));
}

}  // namespace demo
