#pragma once
// The frame of a diagram: from data to picture, with axes and their ticks.

#include <cmath>
#include <ostream>
#include <string>
#include <vector>

#include "plot.hpp"

namespace common {

/// Series are told apart by so many colours (classes c0 … of the page's style), then they repeat.
inline constexpr std::size_t colours = 6;

/// A coordinate, to a tenth of a unit.
std::string px(double v);

struct Range {
  double low = INFINITY, high = -INFINITY;
  void take(double v);  ///< passes over what is not finite
  void widen(double by);
  /// A range that is a point, or nothing at all, made one that can be drawn.
  void settle();
};

struct Frame {
  Range xs, ys;  ///< on a logarithmic axis: of the exponents of ten
  double width = 560, height = 400, left = 64, right = 24, top = 10, bottom = 44;
  double x(double v) const { return left + (v - xs.low) / (xs.high - xs.low) * (width - left - right); }
  double y(double v) const { return height - bottom - (v - ys.low) / (ys.high - ys.low) * (height - top - bottom); }

  /// `role` img hides from screen readers what is inside; group does not.
  std::string open(const std::string& title, const std::string& role = "img") const;
  std::string names(const std::string& x_name, const std::string& y_name) const;
  std::string box() const;
  void draw_axes(std::ostream& out, const Axes& axes) const;
  /// Where each entry of a legend begins that has a symbol of this width before its name. Room for the larger letters
  /// of a phone is left if there is any.
  std::vector<double> legend(const std::vector<std::string>& names, double symbol) const;

 private:
  std::string x_tick(double at, const std::string& text) const;
  std::string y_tick(double at, const std::string& text) const;
};

}  // namespace common
