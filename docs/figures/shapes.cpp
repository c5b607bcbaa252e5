#include "figures.hpp"

#include <algorithm>
#include <vector>

#include <common/html.hpp>

namespace figures {

using common::number;

namespace {

// An axis has a length and a colour; where two axes meet in a product they are the same axis.
struct Axis {
  std::string label;
  double length;
  int colour;
};

// A matrix, or with no axes a sign between two.
struct Term {
  std::string text;
  const Axis* rows = nullptr;
  const Axis* columns = nullptr;
  double height() const { return rows ? rows->length : 0; }
  static std::size_t letters(const std::string& utf8) {
    return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
  }
  /// Wide enough for what is written above and below.
  double slot() const {
    const double name = 8.5 * static_cast<double>(letters(text));
    if (!rows) return name + 12;
    const double sizes = 8.5 * static_cast<double>(letters(rows->label + columns->label) + 3);
    return std::max({columns->length, name, sizes}) + 6;
  }
};

std::string text(double x, double y, const std::string& inner, const std::string& look = "") {
  return "<text x=\"" + number(x, 4) + "\" y=\"" + number(y, 4) + "\"" + look + ">" + inner + "</text>";
}

std::string edge(double x, double y, const std::string& way, int colour) {
  return "<path class=\"p" + std::to_string(colour) + "\" stroke-width=\"4\" d=\"M" + number(x, 5) + " " +
         number(y, 5) + way + "\"/>";
}

class Sheet {
 public:
  void heading(const std::string& words) {
    svg_ += text(16, y_ + 24, words, " style=\"font-weight:bold\"");
    y_ += 34;
  }

  void equation(const std::vector<Term>& terms) {
    double tallest = 0, x = 16;
    for (const Term& t : terms) tallest = std::max(tallest, t.height());
    const double middle = y_ + 26 + tallest / 2;
    for (const Term& t : terms) {
      if (t.rows)
        matrix(t, x + t.slot() / 2, middle);
      else
        svg_ += text(x + t.slot() / 2, middle + 5, t.text, " text-anchor=\"middle\"");
      x += t.slot();
    }
    y_ += tallest + 64;
  }

  Picture picture(const std::string& title) const {
    return {"<svg viewBox=\"0 0 560 " + number(y_, 4) + "\" role=\"img\" aria-label=\"" + title + "\"><title>" + title +
                "</title>" + svg_ + "</svg>",
            560, y_};
  }

 private:
  void matrix(const Term& t, double centre, double middle) {
    const double w = t.columns->length, h = t.height(), left = centre - w / 2, top = middle - h / 2;
    const auto shade = [](const Axis& a) {
      return "<tspan style=\"font-weight:bold;fill:var(--c" + std::to_string(a.colour) + ")\">" + a.label + "</tspan>";
    };
    svg_ +=
        "<rect class=\"grid\" style=\"fill:var(--line)\" fill-opacity=\"0.5\" x=\"" + number(left, 5) + "\" y=\"" +
        number(top, 5) + "\" width=\"" + number(w, 5) + "\" height=\"" + number(h, 5) + "\"/>" +
        edge(left, top, "h" + number(w, 5), t.columns->colour) + edge(left, top, "v" + number(h, 5), t.rows->colour) +
        text(centre, top - 9, t.text, " text-anchor=\"middle\"") +
        text(centre, top + h + 20, "(" + shade(*t.rows) + ", " + shade(*t.columns) + ")", " text-anchor=\"middle\"");
  }

  std::string svg_;
  double y_ = 0;
};

const Term equals{"="}, times{"·"}, plus{"+"}, by_entry{"⊙"};

Picture two_layer() {
  const Axis m{"m", 100, 0}, x{"2", 34, 1}, h{"4", 60, 2}, y{"1", 15, 3}, one{"1", 15, 4};
  Sheet s;
  s.heading("Forward");
  s.equation({{"Z1", &h, &m}, equals, {"W1", &h, &x}, times, {"X", &x, &m}, plus, {"b1", &h, &one}});
  s.equation({{"Z2", &y, &m}, equals, {"W2", &y, &h}, times, {"A1", &h, &m}, plus, {"b2", &y, &one}});
  s.heading("Backward, from dZ2 = A2 − Y");
  s.equation({{"m·dW2", &y, &h}, equals, {"dZ2", &y, &m}, times, {"A1ᵀ", &m, &h}});
  s.equation({{"dZ1", &h, &m}, equals, {"W2ᵀ", &h, &y}, times, {"dZ2", &y, &m}, by_entry, {"g'(Z1)", &h, &m}});
  s.equation({{"m·dW1", &h, &x}, equals, {"dZ1", &h, &m}, times, {"Xᵀ", &m, &x}});
  s.equation({{"m·db2", &y, &one}, {"= sum along m of"}, {"dZ2", &y, &m}});
  s.equation({{"m·db1", &h, &one}, {"= sum along m of"}, {"dZ1", &h, &m}});
  return s.picture("The shapes of the two-layer net's matrices; axes of one colour are the same axis");
}

Picture l_layer() {
  const Axis m{"m", 100, 0}, below{"n_(ℓ−1)", 64, 1}, here{"n_ℓ", 44, 2}, one{"1", 15, 4};
  Sheet s;
  s.heading("Layer ℓ");
  s.equation(
      {{"Zℓ", &here, &m}, equals, {"Wℓ", &here, &below}, times, {"A(ℓ−1)", &below, &m}, plus, {"bℓ", &here, &one}});
  s.equation({{"m·dWℓ", &here, &below}, equals, {"dZℓ", &here, &m}, times, {"A(ℓ−1)ᵀ", &m, &below}});
  s.equation({{"dA(ℓ−1)", &below, &m}, equals, {"Wℓᵀ", &below, &here}, times, {"dZℓ", &here, &m}});
  const std::vector<Axis> n{{"2", 34, 1}, {"5", 72, 2}, {"3", 46, 3}, {"1", 15, 5}};
  s.heading("Layer by layer, for 2, 5, 3 and 1 units");
  for (std::size_t l = 1; l < n.size(); ++l) {
    const std::string i = std::to_string(l);
    s.equation({{"Z" + i, &n[l], &m},
                equals,
                {"W" + i, &n[l], &n[l - 1]},
                times,
                {l == 1 ? "X" : "A" + std::to_string(l - 1), &n[l - 1], &m},
                plus,
                {"b" + i, &n[l], &one}});
  }
  return s.picture("The shapes of an L-layer net's matrices; axes of one colour are the same axis");
}

}  // namespace

void add_shapes(Pictures& all) {
  all["shapes_two_layer"] = two_layer();
  all["shapes_l_layer"] = l_layer();
}

}  // namespace figures
