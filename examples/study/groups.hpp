#pragma once
// Summaries that belong together in a picture.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "selection.hpp"

namespace study {

using List = std::vector<const Summary*>;

/// Those that get the same name from their configuration, in the order in which the names first appear.
template <class F>
std::vector<std::pair<std::string, List>> grouped_by(F name, const List& list) {
  std::vector<std::pair<std::string, List>> groups;
  std::map<std::string, std::size_t> places;
  for (const Summary* s : list) {
    const auto [at, added] = places.emplace(name(s->configuration()), groups.size());
    if (added) groups.emplace_back(at->first, List{});
    groups[at->second].second.push_back(s);
  }
  return groups;
}

/// Those after so many iterations.
inline List after(Index iterations, const std::vector<Summary>& all) {
  List list;
  for (const Summary& s : all)
    if (s.iterations == iterations) list.push_back(&s);
  return list;
}

}  // namespace study
