#include "report.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include <nn/file.hpp>

namespace demo {

using namespace xgrad;

namespace {

const char* const style = R"(
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --paper: #fff; --c0: #0072b2; --c1: #d55e00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9da7b3; --line: #30363d; --paper: #0d1117; --c0: #56b4e9; --c1: #e69f00; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 1.5rem; line-height: 1.2; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
.facts { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 0; padding: 0; }
.facts div { min-width: 8rem; } .facts dt { color: var(--soft); font-size: .85rem; } .facts dd { margin: 0; font-size: 1.2rem; font-variant-numeric: tabular-nums; }
.pictures { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
figure { margin: 0; } figcaption { color: var(--soft); font-size: .9rem; }
svg { width: 100%; height: auto; display: block; } svg text { fill: var(--ink); font: 13px system-ui, sans-serif; }
.axis { stroke: var(--soft); fill: none; } .grid { stroke: var(--line); fill: none; }
.p0 { stroke: var(--c0); } .p1 { stroke: var(--c1); } .r0 { fill: var(--c0); } .r1 { fill: var(--c1); }
.train { stroke: var(--c0); fill: none; stroke-width: 2; } .dev { stroke: var(--c1); fill: none; stroke-width: 2; stroke-dasharray: 6 3; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; } th:first-child, td:first-child { text-align: left; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--line); border-radius: .4rem; font-size: .8rem; line-height: 1.35; }
.small { color: var(--soft); font-size: .8rem; }
)";

std::string escape(const std::string& text) {
  std::string result;
  for (char c : text) {
    if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '&')
      result += "&amp;";
    else if (c == '"')
      result += "&quot;";
    else
      result += c;
  }
  return result;
}

std::string px(double v) { return number(std::round(v * 10) / 10, 6); }

// From data to picture: the frame of one diagram.
struct Frame {
  double x0, x1, y0, y1;  // of the data
  double width = 560, height = 400, left = 52, right = 24, top = 10, bottom = 44;
  double x(double v) const { return left + (v - x0) / (x1 - x0) * (width - left - right); }
  double y(double v) const { return height - bottom - (v - y0) / (y1 - y0) * (height - top - bottom); }
  std::string open(const std::string& title) const {
    return "<svg viewBox=\"0 0 " + px(width) + " " + px(height) + "\" role=\"img\" aria-label=\"" + escape(title) +
           "\"><title>" + escape(title) + "</title>";
  }
  std::string x_label(double at, const std::string& text) const {
    return "<text x=\"" + px(at) + "\" y=\"" + px(height - bottom + 18) + "\" text-anchor=\"middle\">" + text +
           "</text>";
  }
  std::string y_label(double at, const std::string& text) const {
    return "<text x=\"" + px(left - 6) + "\" y=\"" + px(at + 4) + "\" text-anchor=\"end\">" + text + "</text>";
  }
  std::string axis_names(const std::string& x_name, const std::string& y_name) const {
    const std::string middle = px(top + (height - top - bottom) / 2);
    return "<text x=\"" + px(left + (width - left - right) / 2) + "\" y=\"" + px(height - 8) +
           "\" text-anchor=\"middle\">" + x_name + "</text>" + "<text transform=\"translate(14 " + middle +
           ") rotate(-90)\" text-anchor=\"middle\">" + y_name + "</text>";
  }
  std::string box() const {
    return "<rect class=\"axis\" x=\"" + px(left) + "\" y=\"" + px(top) + "\" width=\"" + px(width - left - right) +
           "\" height=\"" + px(height - top - bottom) + "\"/>";
  }
};

// The probability in eight bands, each one path of horizontal runs, so that neighbours never paint twice.
void draw_regions(std::ostream& out, const Frame& f, const Net& net) {
  constexpr Index columns = 140, rows = 100;
  constexpr int bands = 8;
  std::vector<double> points;
  const double dx = (f.x1 - f.x0) / columns, dy = (f.y1 - f.y0) / rows;
  for (Index r = 0; r < rows; ++r)
    for (Index c = 0; c < columns; ++c)
      points.insert(points.end(),
                    {f.x0 + (static_cast<double>(c) + 0.5) * dx, f.y0 + (static_cast<double>(r) + 0.5) * dy});
  const std::vector<double> p = probabilities(net, tensor(points, {columns * rows, 2}));
  const auto band = [&](Index r, Index c) {
    return std::min(bands - 1, static_cast<int>(p[static_cast<std::size_t>(r * columns + c)] * bands));
  };
  for (int b = 0; b < bands; ++b) {
    out << "<path class=\"r" << (b >= bands / 2 ? 1 : 0) << "\" opacity=\""
        << number(std::abs(b - (bands - 1) / 2.) / bands * 0.9, 2) << "\" d=\"";
    for (Index r = 0; r < rows; ++r)
      for (Index c = 0; c < columns; ++c) {
        if (band(r, c) != b) continue;
        const Index start = c;
        while (c + 1 < columns && band(r, c + 1) == b) ++c;
        const double left = f.x(f.x0 + static_cast<double>(start) * dx),
                     right = f.x(f.x0 + static_cast<double>(c + 1) * dx);
        const double low = f.y(f.y0 + static_cast<double>(r) * dy), high = f.y(f.y0 + static_cast<double>(r + 1) * dy);
        out << "M" << px(left) << " " << px(high) << "H" << px(right + 0.3) << "V" << px(low + 0.3) << "H" << px(left)
            << "Z";
      }
    out << "\"/>";
  }
}

// One path of dots a class: round for 0, square for 1, so that colour is not needed to tell them apart.
void draw_points(std::ostream& out, const Frame& f, const nn::data::Dataset& data, double size, double opacity) {
  const std::vector<double> x = data.x.values(), y = data.y.values();
  for (int cls : {0, 1}) {
    out << "<path class=\"p" << cls << "\" opacity=\"" << opacity << "\" stroke-width=\"" << size
        << "\" stroke-linecap=\"" << (cls ? "square" : "round") << "\" d=\"";
    for (std::size_t i = 0; i < y.size(); ++i)
      if (static_cast<int>(y[i]) == cls) out << "M" << px(f.x(x[2 * i])) << " " << px(f.y(x[2 * i + 1])) << "h0";
    out << "\"/>";
  }
}

std::string regions(const Report& report, const Net& net) {
  Frame f{1e9, -1e9, 1e9, -1e9};
  for (const auto* part : {&report.data.train, &report.data.dev}) {
    const std::vector<double> x = part->x.values();
    for (std::size_t i = 0; i < x.size(); i += 2) {
      f.x0 = std::min(f.x0, x[i] - 0.2);
      f.x1 = std::max(f.x1, x[i] + 0.2);
      f.y0 = std::min(f.y0, x[i + 1] - 0.2);
      f.y1 = std::max(f.y1, x[i + 1] + 0.2);
    }
  }
  std::ostringstream out;
  out << f.open("Decision regions of the trained net, with the data");
  draw_regions(out, f, net);
  draw_points(out, f, report.data.train, 3, 0.45);
  draw_points(out, f, report.data.dev, 5, 0.95);
  out << f.box();
  for (int v = static_cast<int>(std::ceil(f.x0)); v <= f.x1; ++v) out << f.x_label(f.x(v), std::to_string(v));
  for (int v = static_cast<int>(std::ceil(f.y0)); v <= f.y1; ++v) out << f.y_label(f.y(v), std::to_string(v));
  out << f.axis_names("x₁", "x₂") << "</svg>";
  return out.str();
}

std::string cost_curve(const Report& report) {
  double top = 0;
  for (const CostPoint& p : report.costs)
    for (double v : {p.train, p.dev})
      if (std::isfinite(v)) top = std::max(top, v);
  const Frame f{0, std::max(1e-9, std::log10(static_cast<double>(std::max(2, report.costs.back().iteration)))), 0,
                std::max(top, 1e-12) * 1.05};
  std::ostringstream out;
  out << f.open("Cost against iteration, for train and dev examples");
  for (int power = 0; power <= f.x1; ++power) {
    const double x = f.x(power);
    out << "<path class=\"grid\" d=\"M" << px(x) << " " << px(f.top) << "V" << px(f.height - f.bottom) << "\"/>"
        << f.x_label(x, number(std::pow(10, power), 9));
  }
  const double decade = std::pow(10, std::floor(std::log10(f.y1))), step = f.y1 / decade > 5   ? decade
                                                                           : f.y1 / decade > 2 ? decade / 2
                                                                                               : decade / 5;
  for (double v = 0; v <= f.y1; v += step) {
    out << "<path class=\"grid\" d=\"M" << px(f.left) << " " << px(f.y(v)) << "H" << px(f.width - f.right) << "\"/>"
        << f.y_label(f.y(v), number(v, 2));
  }
  for (const bool dev : {false, true}) {
    out << "<path class=\"" << (dev ? "dev" : "train") << "\" d=\"";
    char move = 'M';
    for (const CostPoint& p : report.costs) {
      const double v = dev ? p.dev : p.train;
      if (!std::isfinite(v)) continue;
      out << move << px(f.x(std::log10(static_cast<double>(p.iteration)))) << " " << px(f.y(v));
      move = 'L';
    }
    out << "\"/>";
  }
  out << f.box() << f.axis_names("iteration (logarithmic)", "cost") << "</svg>";
  return out.str();
}

void gradient_table(std::ostream& out, const Report& report) {
  out << "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">gradient</th><th scope=\"col\">shape</th><th "
         "scope=\"col\">entry</th>"
         "<th scope=\"col\">tape</th><th scope=\"col\">hand-derived</th><th scope=\"col\">central difference</th><th "
         "scope=\"col\">complex step</th></tr></thead><tbody>";
  for (const Compared& r : report.gradients) {
    out << "<tr><td>" << r.name << "</td><td>" << r.shape << "</td><td>" << r.entry << "</td>";
    for (double v : {r.tape, r.hand, r.central, r.complex_step}) out << "<td>" << number(v, 12) << "</td>";
    out << "</tr><tr><td class=\"small\" colspan=\"4\">largest difference from the tape, over all entries</td>";
    for (double v : {r.from_hand, r.from_central, r.from_complex_step})
      out << "<td class=\"small\">" << number(v, 2) << "</td>";
    out << "</tr>";
  }
  out << "</tbody></table></div>";
}

std::string page(const Report& report, const Net& net) {
  std::ostringstream out;
  out << "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
         "content=\"width=device-width, initial-scale=1\"><title>"
      << escape(report.title) << "</title><style>" << style << "</style></head><body><main><h1>" << escape(report.title)
      << "</h1><dl class=\"facts\">";
  for (const auto& [label, value] : report.facts)
    out << "<div><dt>" << escape(label) << "</dt><dd>" << escape(value) << "</dd></div>";
  out << "</dl><h2>What it learned</h2><div class=\"pictures\"><figure>" << regions(report, net)
      << "<figcaption>Decision regions. Round and blue: class 0; square and orange: class 1. Small, pale marks are "
         "train examples, large ones dev examples; "
         "a stronger colour is a surer net.</figcaption></figure><figure>"
      << cost_curve(report)
      << "<figcaption>Cost. Solid: train; dashed: dev.</figcaption></figure></div><h2>Four ways to the same "
         "gradient</h2><p>"
      << escape(report.gradients_caption) << "</p>";
  gradient_table(out, report);
  out << "<h2>The tape of one step</h2><pre>" << escape(report.tape) << "</pre><p class=\"small\">Made by <code>"
      << escape(report.command) << "</code>.</p></main></body></html>\n";
  return out.str();
}

}  // namespace

void write(const std::string& path, const Report& report, const Net& net) { nn::write_file(path, page(report, net)); }

}  // namespace demo
