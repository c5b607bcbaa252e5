// The net's answers over a part of the plane, for pictures.

#include <autograd/ops.hpp>
#include <autograd/tape.hpp>

#include "request.hpp"
#include "walk.hpp"

namespace playground {

using namespace xgrad;

namespace {

// Middles of the cells, row by row from y's low; other features at their mean.
Tensor grid(const Opened& opened, const Json& request, Index columns, Index rows) {
  const Index features = opened.job.example[0];
  Index axes[] = {0, 1};
  if (const auto given = request.find("axes"); given != request.end()) {
    if (!given->is_array() || given->size() != 2) throw BadRequest("axes: must be two numbers of features");
    for (std::size_t k = 0; k < 2; ++k) {
      const Json one{{"axes", (*given)[k]}};
      axes[k] = whole(one, "axes", 0, features - 1, 0);
    }
  }
  if (features < 2 || axes[0] == axes[1])
    throw BadRequest("map: needs two features; this data has " + std::to_string(features));
  const auto [left, right] = interval(request, "x");
  const auto [low, high] = interval(request, "y");
  const std::vector<double> middle = features == 2 ? std::vector<double>(2) : mean(opened.plain.train.x, {0}).values();
  std::vector<double> points;
  points.reserve(static_cast<std::size_t>(rows * columns * features));
  for (Index row = 0; row < rows; ++row)
    for (Index column = 0; column < columns; ++column) {
      points.insert(points.end(), middle.begin(), middle.end());
      double* point = &points[points.size() - middle.size()];
      const auto within = [](double from, double to, Index at, Index count) {
        return from + (to - from) * (static_cast<double>(at) + 0.5) / static_cast<double>(count);
      };
      point[axes[0]] = within(left, right, column, columns);
      point[axes[1]] = within(low, high, row, rows);
    }
  const Tensor x = tensor(points, {rows * columns, features});
  return opened.job.standardize ? opened.run->parts().standardizer(x) : x;
}

// Points by units as one list for each unit.
std::vector<double> by_unit(const Tensor& t) { return transpose(t).values(); }

}  // namespace

Json map(Session& session, const Json& request) {
  Opened& opened = session.now();
  const Index columns = whole(request, "columns", 1, 1000, 60), rows = whole(request, "rows", 1, 1000, 60);
  const NoGrad off;
  const Walk forward = walk(opened.run->net(), grid(opened, request, columns, rows));
  Json layers = Json::array();
  if (request.value("units", false))
    for (const Tensor& A : forward.A)
      layers.push_back({{"units", A.shape()[1]}, {"values", session.floats.add(by_unit(A))}});
  const Tensor net = opened.run->objective().predictions(forward.outputs);
  return {{"net", session.floats.add(by_unit(net))}, {"layers", layers}};
}

}  // namespace playground
