#include "plot.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <sstream>

#include "frame.hpp"
#include "html.hpp"

namespace common {

using namespace xgrad;
using nn::data::Dataset;

namespace {

const char* const dashes[colours] = {"", "6 3", "2 3", "8 3 2 3", "12 4", "1 4"};

std::string path_of(const Frame& f, const std::vector<std::pair<double, double>>& points) {
  std::string d;
  char move = 'M';
  for (const auto& [x, y] : points) {
    if (!std::isfinite(x) || !std::isfinite(y)) {
      move = 'M';
      continue;
    }
    d += move + px(f.x(x)) + " " + px(f.y(y));
    move = 'L';
  }
  return d;
}

}  // namespace

std::string curves(const std::string& title, const Axes& axes, const std::vector<Curve>& given) {
  Frame f;
  std::vector<Curve> drawn = given;
  for (Curve& curve : drawn)
    for (auto& [x, y] : curve.points) {
      if (axes.log_x) x = std::log10(x);
      if (axes.log_y) y = std::log10(y);
      if (!std::isfinite(y)) continue;
      f.xs.take(x);
      f.ys.take(y);
    }
  if (axes.from_zero && !axes.log_y && f.ys.low <= f.ys.high) f.ys.take(0);
  f.xs.settle();
  f.ys.settle();
  f.ys.high += 0.04 * (f.ys.high - f.ys.low);
  const bool legend = drawn.size() > 1;
  if (legend) f.top = 34;

  std::ostringstream out;
  out << f.open(title);
  f.draw_axes(out, axes);
  std::vector<std::string> names;
  for (const Curve& curve : drawn) names.push_back(curve.name);
  const std::vector<double> legend_x = f.legend(names, 34);
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    const std::string look =
        "class=\"l p" + std::to_string(i % colours) + "\" stroke-dasharray=\"" + dashes[i % colours] + "\"";
    out << "<path " << look << " d=\"" << path_of(f, drawn[i].points) << "\"/>";
    if (!legend) continue;
    out << "<path " << look << " d=\"M" << px(legend_x[i]) << " 18h28\"/><text x=\"" << px(legend_x[i] + 34)
        << "\" y=\"22\">" << escape(drawn[i].name) << "</text>";
  }
  out << f.box() << f.names(axes.x, axes.y) << "</svg>";
  return out.str();
}

namespace {

struct Grid {
  static constexpr Index columns = 140, rows = 100;
  Frame f;
  double dx() const { return (f.xs.high - f.xs.low) / columns; }
  double dy() const { return (f.ys.high - f.ys.low) / rows; }
  Tensor centres(DType dtype) const {
    std::vector<double> points;
    for (Index r = 0; r < rows; ++r)
      for (Index c = 0; c < columns; ++c)
        points.insert(points.end(), {f.xs.low + (static_cast<double>(c) + 0.5) * dx(),
                                     f.ys.low + (static_cast<double>(r) + 0.5) * dy()});
    return tensor(points, {rows * columns, 2}, dtype);
  }
};

constexpr int strengths = 4;

// Which class is likeliest at each place, and in which of four steps it is sure: class · strengths + step.
std::vector<int> bands(const Tensor& p) {
  const std::vector<double> v = p.values();
  const auto classes = static_cast<std::size_t>(p.shape()[1]), n = v.size() / classes;
  std::vector<int> result(n);
  for (std::size_t i = 0; i < n; ++i) {
    int cls;
    double surest, least;
    if (classes == 1) {
      cls = v[i] > 0.5;
      surest = cls ? v[i] : 1 - v[i];
      least = 0.5;
    } else {
      const auto row = v.begin() + static_cast<std::ptrdiff_t>(i * classes);
      const auto best = std::max_element(row, row + static_cast<std::ptrdiff_t>(classes));
      cls = static_cast<int>(best - row);
      surest = *best;
      least = 1 / static_cast<double>(classes);
    }
    const double sure = std::clamp((surest - least) / (1 - least), 0., 1.);
    result[i] =
        std::isfinite(surest) ? cls * strengths + std::min(strengths - 1, static_cast<int>(sure * strengths)) : -1;
  }
  return result;
}

// Each band is one path of horizontal runs, so that neighbours never paint twice.
void draw_bands(std::ostream& out, const Grid& grid, const std::vector<int>& band) {
  const int most = *std::max_element(band.begin(), band.end());
  const Frame& f = grid.f;
  for (int b = 0; b <= most; ++b) {
    std::string d;
    for (Index r = 0; r < Grid::rows; ++r)
      for (Index c = 0; c < Grid::columns; ++c) {
        const auto at = [&](Index column) { return band[static_cast<std::size_t>(r * Grid::columns + column)]; };
        if (at(c) != b) continue;
        const Index start = c;
        while (c + 1 < Grid::columns && at(c + 1) == b) ++c;
        const auto x = [&](Index column) { return f.x(f.xs.low + static_cast<double>(column) * grid.dx()); };
        const auto y = [&](Index row) { return f.y(f.ys.low + static_cast<double>(row) * grid.dy()); };
        d += "M" + px(x(start)) + " " + px(y(r + 1)) + "H" + px(x(c + 1) + 0.3) + "V" + px(y(r) + 0.3) + "H" +
             px(x(start)) + "Z";
      }
    if (d.empty()) continue;
    out << "<path class=\"r" << b / strengths % static_cast<int>(colours) << "\" opacity=\""
        << number(0.08 + 0.11 * (b % strengths), 2) << "\" d=\"" << d << "\"/>";
  }
}

// One path of dots a class: round, or square for every other, so that colour is not needed to tell two apart.
void draw_points(std::ostream& out, const Frame& f, const Dataset& data, double size, double opacity) {
  const std::vector<double> x = data.x.values(), y = data.y.values();
  const int most = static_cast<int>(*std::max_element(y.begin(), y.end()));
  for (int cls = 0; cls <= most; ++cls) {
    out << "<path class=\"p" << cls % static_cast<int>(colours) << "\" opacity=\"" << opacity << "\" stroke-width=\""
        << size << "\" stroke-linecap=\"" << (cls % 2 ? "square" : "round") << "\" d=\"";
    for (std::size_t i = 0; i < y.size(); ++i)
      if (static_cast<int>(y[i]) == cls) out << "M" << px(f.x(x[2 * i])) << " " << px(f.y(x[2 * i + 1])) << "h0";
    out << "\"/>";
  }
}

}  // namespace

std::string regions(const std::string& title, const std::vector<std::string>& axes, const Dataset& train,
                    const Dataset& dev, const Probabilities& probabilities) {
  Grid grid;
  for (const Dataset* part : {&train, &dev}) {
    if (!part->x.defined()) continue;
    const std::vector<double> x = part->x.values();
    for (std::size_t i = 0; i < x.size(); i += 2) {
      grid.f.xs.take(x[i]);
      grid.f.ys.take(x[i + 1]);
    }
  }
  for (Range* range : {&grid.f.xs, &grid.f.ys}) {
    range->settle();
    range->widen(0.06 * (range->high - range->low));
  }
  std::ostringstream out;
  out << grid.f.open(title);
  grid.f.draw_axes(out, {});
  draw_bands(out, grid, bands(probabilities(grid.centres(train.x.dtype()))));
  draw_points(out, grid.f, train, 3, 0.55);
  if (dev.x.defined()) draw_points(out, grid.f, dev, 5, 0.95);
  out << grid.f.box() << grid.f.names(axes.at(0), axes.at(1)) << "</svg>";
  return out.str();
}

std::string fit(const std::string& title, const Dataset& data, const std::function<Tensor(const Tensor&)>& f) {
  const std::vector<double> x = data.x.values(), y = data.y.values();
  Frame frame;
  for (std::size_t i = 0; i < x.size(); ++i) {
    frame.xs.take(x[i]);
    frame.ys.take(y[i]);
  }
  frame.xs.settle();
  std::vector<std::pair<double, double>> line;
  const Tensor at = linspace(frame.xs.low, frame.xs.high, 300);
  std::vector<double> column = at.values();
  const std::vector<double> values = f(tensor(column, {300, 1}, data.x.dtype())).values();
  for (std::size_t i = 0; i < column.size(); ++i) {
    line.emplace_back(column[i], values[i]);
    frame.ys.take(values[i]);
  }
  frame.ys.settle();
  for (Range* range : {&frame.xs, &frame.ys}) range->widen(0.05 * (range->high - range->low));
  std::ostringstream out;
  out << frame.open(title);
  frame.draw_axes(out, {});
  out << "<path class=\"p0\" opacity=\"0.5\" stroke-width=\"4\" stroke-linecap=\"round\" d=\"";
  for (std::size_t i = 0; i < x.size(); ++i) out << "M" << px(frame.x(x[i])) << " " << px(frame.y(y[i])) << "h0";
  out << "\"/><path class=\"l p1\" d=\"" << path_of(frame, line) << "\"/>" << frame.box() << frame.names("x", "y")
      << "</svg>";
  return out.str();
}

}  // namespace common
