#include "frame.hpp"

#include <algorithm>
#include <vector>

#include "html.hpp"

namespace common {

std::string px(double v) { return number(std::round(v * 10) / 10, 6); }

void Range::take(double v) {
  if (!std::isfinite(v)) return;
  low = std::min(low, v);
  high = std::max(high, v);
}

void Range::widen(double by) {
  low -= by;
  high += by;
}

void Range::settle() {
  if (low > high) *this = {0, 1};
  if (high - low < 1e-12 * std::max(1., std::abs(high))) widen(0.5 * std::max(1e-3, std::abs(high)));
}

std::string Frame::open(const std::string& title, const std::string& role) const {
  return "<svg viewBox=\"0 0 " + px(width) + " " + px(height) + "\" role=\"" + role + "\" aria-label=\"" +
         escape(title) + "\"><title>" + escape(title) + "</title>";
}

std::string Frame::x_tick(double at, const std::string& text) const {
  return "<path class=\"grid\" d=\"M" + px(x(at)) + " " + px(top) + "V" + px(height - bottom) + "\"/><text x=\"" +
         px(x(at)) + "\" y=\"" + px(height - bottom + 18) + "\" text-anchor=\"middle\">" + text + "</text>";
}

std::string Frame::y_tick(double at, const std::string& text) const {
  return "<path class=\"grid\" d=\"M" + px(left) + " " + px(y(at)) + "H" + px(width - right) + "\"/><text x=\"" +
         px(left - 6) + "\" y=\"" + px(y(at) + 4) + "\" text-anchor=\"end\">" + text + "</text>";
}

std::string Frame::names(const std::string& x_name, const std::string& y_name) const {
  const std::string middle = px(top + (height - top - bottom) / 2);
  return "<text x=\"" + px(left + (width - left - right) / 2) + "\" y=\"" + px(height - 8) +
         "\" text-anchor=\"middle\">" + escape(x_name) + "</text><text transform=\"translate(14 " + middle +
         ") rotate(-90)\" text-anchor=\"middle\">" + escape(y_name) + "</text>";
}

std::string Frame::box() const {
  return "<rect class=\"axis\" x=\"" + px(left) + "\" y=\"" + px(top) + "\" width=\"" + px(width - left - right) +
         "\" height=\"" + px(height - top - bottom) + "\"/>";
}

namespace {

// Round values over a range: 1, 2 or 5 times a power of ten apart, some five of them; on a logarithm powers of ten.
std::vector<double> ticks(const Range& range, bool logarithmic) {
  std::vector<double> result;
  if (logarithmic) {
    const double step = std::max(1., std::ceil((range.high - range.low) / 6));
    const bool few = range.high - range.low < 2;  // decades: 2 and 5 of each as well
    for (double v = std::floor(range.low); v <= range.high + 1e-9; v += few ? 1 : step)
      for (const double between : {0., std::log10(2), std::log10(5)})
        if ((few || between == 0) && v + between >= range.low - 1e-9 && v + between <= range.high + 1e-9)
          result.push_back(v + between);
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
  if (std::abs(exponent) <= 2 || exponent != std::round(exponent)) return number(std::pow(10, exponent), 4);
  const char* const digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = exponent < 0 ? "10⁻" : "10";
  for (char c : number(std::abs(exponent), 4)) text += digits[c - '0'];
  return text;
}

}  // namespace

std::vector<double> Frame::legend(const std::vector<std::string>& names, double symbol) const {
  constexpr double gap = 20, letters[] = {10.5, 7.2};
  std::vector<double> places;
  for (const double letter : letters) {
    double at = left;
    places.clear();
    for (const std::string& name : names) {
      places.push_back(at);
      at += symbol + gap + letter * static_cast<double>(name.size());
    }
    if (at - gap <= width) break;
  }
  return places;
}

void Frame::draw_axes(std::ostream& out, const Axes& axes) const {
  const auto text = [](double v, bool logarithmic) { return logarithmic ? power_of_ten(v) : number(v, 4); };
  for (double v : ticks(xs, axes.log_x)) out << x_tick(v, text(v, axes.log_x));
  for (double v : ticks(ys, axes.log_y)) out << y_tick(v, text(v, axes.log_y));
}

}  // namespace common
