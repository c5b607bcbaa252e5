#include "scatter.hpp"

#include <cmath>
#include <sstream>

#include "frame.hpp"
#include "html.hpp"

namespace common {
namespace {

// Around the origin, each about as large as the others.
const char* const shapes[colours] = {"M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z",
                                     "M-3.6 -3.6h7.2v7.2h-7.2Z",
                                     "M0 -4.8L4.6 3.4H-4.6Z",
                                     "M0 -5L5 0L0 5L-5 0Z",
                                     "M-1.5 -4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3Z",
                                     "M0 4.8L4.6 -3.4H-4.6Z"};

std::string look(std::size_t group) {
  return "class=\"mark p" + std::to_string(group % colours) + " r" + std::to_string(group % colours) + "\"";
}

}  // namespace

std::string scatter(const std::string& title, const Axes& axes, const std::vector<std::string>& groups,
                    const std::vector<Mark>& marks, const std::vector<Guide>& guides) {
  const auto place_x = [&](double v) { return axes.log_x ? std::log10(v) : v; };
  const auto place_y = [&](double v) { return axes.log_y ? std::log10(v) : v; };
  Frame f;
  f.top = 34;
  for (const Mark& m : marks) {
    f.xs.take(place_x(m.x));
    f.ys.take(place_y(m.y));
  }
  for (const Guide& g : guides) (g.vertical ? f.xs : f.ys).take(g.vertical ? place_x(g.at) : place_y(g.at));
  for (Range* range : {&f.xs, &f.ys}) {
    range->settle();
    range->widen(0.03 * (range->high - range->low));
  }
  std::ostringstream out;
  out << f.open(title, "group");
  out << "<g aria-hidden=\"true\">";
  f.draw_axes(out, axes);
  const std::vector<double> legend_x = f.legend(groups, 16);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    out << "<path " << look(i) << " transform=\"translate(" << px(legend_x[i] + 6) << " 18)\" d=\""
        << shapes[i % colours] << "\"/><text x=\"" << px(legend_x[i] + 16) << "\" y=\"22\">" << escape(groups[i])
        << "</text>";
  }
  for (const Guide& g : guides) {
    if (g.vertical)
      out << "<path class=\"guide\" d=\"M" << px(f.x(place_x(g.at))) << " " << px(f.top) << "V"
          << px(f.height - f.bottom) << "\"/><text class=\"guide-name\" x=\"" << px(f.x(place_x(g.at)) - 5) << "\" y=\""
          << px(f.height - f.bottom - 8) << "\" text-anchor=\"end\">" << escape(g.label) << "</text>";
    else
      out << "<path class=\"guide\" d=\"M" << px(f.left) << " " << px(f.y(place_y(g.at))) << "H"
          << px(f.width - f.right) << "\"/><text class=\"guide-name\" x=\"" << px(f.left + 6) << "\" y=\""
          << px(f.y(place_y(g.at)) + 14) << "\">" << escape(g.label) << "</text>";
  }
  out << f.box() << f.names(axes.x, axes.y) << "</g><g class=\"marks\" role=\"listbox\" aria-label=\"" << escape(title)
      << ", mark by mark; the arrow keys lead from one to the next\">";
  for (const Mark& m : marks)
    out << "<path " << look(m.group) << (m.strong ? " data-strong" : "")
        << " role=\"option\" aria-selected=\"false\" tabindex=\"-1\" aria-label=\"" << escape(m.label)
        << "\" transform=\"translate(" << px(f.x(place_x(m.x))) << " " << px(f.y(place_y(m.y)))
        << (m.strong ? ") scale(1.7" : "") << ")\" d=\"" << shapes[m.group % colours] << "\"><title>" << escape(m.label)
        << "</title></path>";
  out << "</g></svg>";
  return out.str();
}

}  // namespace common
