#include "plot.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <sstream>

#include "html.hpp"

namespace common {

using namespace xgrad;
using nn::data::Dataset;

namespace {

constexpr std::size_t colours = 6;
const char* const dashes[colours] = {"", "6 3", "2 3", "8 3 2 3", "12 4", "1 4"};

std::string px(double v) { return number(std::round(v * 10) / 10, 6); }

struct Range {
  double low = INFINITY, high = -INFINITY;
  void take(double v) {
    if (!std::isfinite(v)) return;
    low = std::min(low, v);
    high = std::max(high, v);
  }
  void widen(double by) {
    low -= by;
    high += by;
  }
};

// From data to picture: the frame of one diagram.
struct Frame {
  Range xs, ys;
  double width = 560, height = 400, left = 64, right = 24, top = 10, bottom = 44;
  double x(double v) const { return left + (v - xs.low) / (xs.high - xs.low) * (width - left - right); }
  double y(double v) const { return height - bottom - (v - ys.low) / (ys.high - ys.low) * (height - top - bottom); }

  std::string open(const std::string& title) const {
    return "<svg viewBox=\"0 0 " + px(width) + " " + px(height) + "\" role=\"img\" aria-label=\"" + escape(title) +
           "\"><title>" + escape(title) + "</title>";
  }
  std::string x_tick(double at, const std::string& text) const {
    return "<path class=\"grid\" d=\"M" + px(x(at)) + " " + px(top) + "V" + px(height - bottom) + "\"/><text x=\"" +
           px(x(at)) + "\" y=\"" + px(height - bottom + 18) + "\" text-anchor=\"middle\">" + text + "</text>";
  }
  std::string y_tick(double at, const std::string& text) const {
    return "<path class=\"grid\" d=\"M" + px(left) + " " + px(y(at)) + "H" + px(width - right) + "\"/><text x=\"" +
           px(left - 6) + "\" y=\"" + px(y(at) + 4) + "\" text-anchor=\"end\">" + text + "</text>";
  }
  std::string names(const std::string& x_name, const std::string& y_name) const {
    const std::string middle = px(top + (height - top - bottom) / 2);
    return "<text x=\"" + px(left + (width - left - right) / 2) + "\" y=\"" + px(height - 8) +
           "\" text-anchor=\"middle\">" + escape(x_name) + "</text><text transform=\"translate(14 " + middle +
           ") rotate(-90)\" text-anchor=\"middle\">" + escape(y_name) + "</text>";
  }
  std::string box() const {
    return "<rect class=\"axis\" x=\"" + px(left) + "\" y=\"" + px(top) + "\" width=\"" + px(width - left - right) +
           "\" height=\"" + px(height - top - bottom) + "\"/>";
  }
};

// Round values over a range: 1, 2 or 5 times a power of ten apart, some five of them; powers of ten on a logarithm.
std::vector<double> ticks(const Range& range, bool logarithmic) {
  std::vector<double> result;
  if (logarithmic) {
    const double step = std::max(1., std::ceil((range.high - range.low) / 6));
    for (double v = std::ceil(range.low - 1e-9); v <= range.high + 1e-9; v += step) result.push_back(v);
    return result;
  }
  const double rough = (range.high - range.low) / 5, decade = std::pow(10, std::floor(std::log10(rough)));
  const double step = rough / decade > 5   ? 10 * decade
                      : rough / decade > 2 ? 5 * decade
                      : rough / decade > 1 ? 2 * decade
                                           : decade;
  for (double k = std::ceil(range.low / step - 1e-9) + 0.; k * step <= range.high + step * 1e-9; ++k)
    result.push_back(k * step + 0.);
  return result;
}

// 10⁻⁷; what is short stays plain: 0.01, 0.1, 1, 10, 100.
std::string power_of_ten(double exponent) {
  if (std::abs(exponent) <= 2) return number(std::pow(10, exponent), 4);
  const char* const digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = exponent < 0 ? "10⁻" : "10";
  for (char c : number(std::abs(exponent), 4)) text += digits[c - '0'];
  return text;
}

void draw_axes(std::ostream& out, const Frame& f, const Axes& axes) {
  const auto text = [](double v, bool logarithmic) { return logarithmic ? power_of_ten(v) : number(v, 4); };
  for (double v : ticks(f.xs, axes.log_x)) out << f.x_tick(v, text(v, axes.log_x));
  for (double v : ticks(f.ys, axes.log_y)) out << f.y_tick(v, text(v, axes.log_y));
}

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

// A range that is a point, or nothing at all, made one that can be drawn.
void settle(Range& range) {
  if (range.low > range.high) range = {0, 1};
  if (range.high - range.low < 1e-12 * std::max(1., std::abs(range.high)))
    range.widen(0.5 * std::max(1e-3, std::abs(range.high)));
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
  settle(f.xs);
  settle(f.ys);
  f.ys.high += 0.04 * (f.ys.high - f.ys.low);
  const bool legend = drawn.size() > 1;
  if (legend) f.top = 34;

  std::ostringstream out;
  out << f.open(title);
  draw_axes(out, f, axes);
  double legend_x = f.left;
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    const std::string look =
        "class=\"l p" + std::to_string(i % colours) + "\" stroke-dasharray=\"" + dashes[i % colours] + "\"";
    out << "<path " << look << " d=\"" << path_of(f, drawn[i].points) << "\"/>";
    if (!legend) continue;
    out << "<path " << look << " d=\"M" << px(legend_x) << " 18h28\"/><text x=\"" << px(legend_x + 34) << "\" y=\"22\">"
        << escape(drawn[i].name) << "</text>";
    legend_x += 50 + 7.2 * static_cast<double>(drawn[i].name.size());
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
    settle(*range);
    range->widen(0.06 * (range->high - range->low));
  }
  std::ostringstream out;
  out << grid.f.open(title);
  draw_axes(out, grid.f, {});
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
  settle(frame.xs);
  std::vector<std::pair<double, double>> line;
  const Tensor at = linspace(frame.xs.low, frame.xs.high, 300);
  std::vector<double> column = at.values();
  const std::vector<double> values = f(tensor(column, {300, 1}, data.x.dtype())).values();
  for (std::size_t i = 0; i < column.size(); ++i) {
    line.emplace_back(column[i], values[i]);
    frame.ys.take(values[i]);
  }
  settle(frame.ys);
  for (Range* range : {&frame.xs, &frame.ys}) range->widen(0.05 * (range->high - range->low));
  std::ostringstream out;
  out << frame.open(title);
  draw_axes(out, frame, {});
  out << "<path class=\"p0\" opacity=\"0.5\" stroke-width=\"4\" stroke-linecap=\"round\" d=\"";
  for (std::size_t i = 0; i < x.size(); ++i) out << "M" << px(frame.x(x[i])) << " " << px(frame.y(y[i])) << "h0";
  out << "\"/><path class=\"l p1\" d=\"" << path_of(frame, line) << "\"/>" << frame.box() << frame.names("x", "y")
      << "</svg>";
  return out.str();
}

}  // namespace common
