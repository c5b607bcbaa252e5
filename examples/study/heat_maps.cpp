#include "heat_maps.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "../common/html.hpp"
#include "groups.hpp"

namespace study {

using common::number;

namespace {

constexpr std::size_t most_maps = 150;

// Colours go by the logarithm of the error rate: from 88 to 94 % half of the errors are gone, as from 50 to 75 %.
class Scale {
 public:
  explicit Scale(const std::vector<Summary>& all) {
    for (const Summary& s : all)
      if (!s.diverged) {
        low_ = std::min(low_, level(s.dev_accuracy));
        high_ = std::max(high_, level(s.dev_accuracy));
      }
  }
  // What the colours mean.
  std::string words() const {
    if (!(high_ > low_)) return "";
    const auto accuracy = [](double level) { return common::percent(1 - std::exp(-level)); };
    return "; the paler, the nearer to " + accuracy(low_) + ", the bluer, the nearer to " + accuracy(high_) +
           ", by the share of errors";
  }
  // Light enough for dark figures at either end.
  std::string colour(double accuracy) const {
    const double t = high_ > low_ ? (level(accuracy) - low_) / (high_ - low_) : 1;
    const int from[] = {245, 243, 235}, to[] = {64, 164, 222};
    std::string text = "#";
    for (int k = 0; k < 3; ++k) {
      const int v = static_cast<int>(std::lround(from[k] + t * (to[k] - from[k])));
      for (const int digit : {v / 16, v % 16}) text += "0123456789abcdef"[digit];
    }
    return text;
  }

 private:
  static double level(double accuracy) { return -std::log(std::max(1 - accuracy, 1e-4)); }
  double low_ = INFINITY, high_ = -INFINITY;
};

// What one table has in common.
std::string name_of(const Configuration& c, const Grid& grid) {
  std::string text = c.activation == "none" ? "no hidden layer" : c.activation;
  if (c.depth && grid.depths.size() > 1) text += ", depth " + std::to_string(c.depth);
  return text + batch_and_decay(c, grid);
}

std::string cell(const Summary* s, const Scale& scale, bool chosen) {
  if (!s) return "<td class=\"empty\">–</td>";
  if (s->diverged) return "<td class=\"empty\">diverged</td>";
  return "<td style=\"background:" + scale.colour(s->dev_accuracy) + "\"" + (chosen ? " data-chosen" : "") + ">" +
         number(100 * s->dev_accuracy, 3) + (chosen ? "<span class=\"hidden\"> (chosen)</span>" : "") + "</td>";
}

using Cells = std::map<std::pair<Index, double>, const Summary*>;  // by width and rate

std::string map_of(const std::string& name, const Cells& cells, const Grid& grid, const Scale& scale,
                   const Summary* chosen) {
  std::vector<Index> widths;
  for (const auto& [at, s] : cells)
    if (widths.empty() || widths.back() != at.first) widths.push_back(at.first);
  std::string html = "<div class=\"scroll\" tabindex=\"0\"><table class=\"heat\"><caption>" + common::escape(name) +
                     "</caption><thead><tr><th scope=\"col\">width \\ rate</th>";
  for (const double rate : grid.rates) html += "<th scope=\"col\">" + number(rate, 4) + "</th>";
  html += "</tr></thead><tbody>";
  for (const Index width : widths) {
    html += "<tr><th scope=\"row\">" + (width ? std::to_string(width) : "–") + "</th>";
    for (const double rate : grid.rates) {
      const auto at = cells.find({width, rate});
      const Summary* s = at == cells.end() ? nullptr : at->second;
      html += cell(s, scale, s && s == chosen);
    }
    html += "</tr>";
  }
  return html + "</tbody></table></div>";
}

}  // namespace

std::string heat_maps(const Grid& grid, const std::vector<Summary>& all, const Summary* chosen) {
  const Scale scale(all);
  std::string html = "<h2>Width and rate</h2><p>Dev accuracy in %" +
                     std::string(grid.repeats > 1 ? ", means over the seeds" : "") + scale.words() +
                     (chosen ? ", the framed one is chosen" : "") + ".</p>";
  std::size_t maps = 0;
  // What ran longest, or as long as the chosen one, is open.
  const Index open = chosen ? chosen->iterations : grid.iterations.back();
  for (const Index n : grid.iterations) {
    html += std::string("<details") + (n == open ? " open" : "") + "><summary>after " + common::grouped(n) +
            (n == 1 ? " iteration" : " iterations") + "</summary><div class=\"heats\">";
    for (const auto& [name, list] :
         grouped_by([&](const Configuration& c) { return name_of(c, grid); }, after(n, all))) {
      Cells cells;
      for (const Summary* s : list) cells.emplace(std::pair(s->configuration().width, s->configuration().rate), s);
      const bool chosen_here = std::find(list.begin(), list.end(), chosen) != list.end();
      if (++maps <= most_maps || chosen_here) html += map_of(name, cells, grid, scale, chosen);
    }
    html += "</div></details>";
  }
  if (maps > most_maps)
    html += "<p>" + common::grouped(static_cast<long long>(maps - most_maps)) + " more are left out here.</p>";
  return html;
}

}  // namespace study
