#pragma once
// The net that was chosen: trained again, saved, loaded, and tried on examples it has never seen.

#include <optional>

#include <nn/sequential.hpp>

#include "data.hpp"
#include "luck.hpp"
#include "selection.hpp"

namespace study {

/// How the chosen net does on new examples.
struct Trial {
  std::string examples;  ///< `500 new points`, `the test part, 10,000 examples`
  Index count = 0, right = 0;
  std::optional<Index> bayes;     ///< right by Bayes' rule on the same points, where that is known
  std::optional<double> article;  ///< the article's accuracy in the same trial
  double accuracy() const { return static_cast<double>(right) / static_cast<double>(count); }
  Interval within() const { return interval(right, count); }
};

struct Choice {
  Row row;                 ///< of the first seed, as trained again
  bool reproduced = true;  ///< it equals the row in the results, times aside
  xgrad::nn::Sequential net;
  std::string path;  ///< where its parameters are
  std::shared_ptr<const Data> data;
  Dataset shown;  ///< the first of the new examples, for a picture; not defined() where there are none
  std::vector<Trial> trials;
};

/// Trains the chosen configuration with its first seed, saves its parameters in `folder`/chosen.safetensors, loads them
/// into a new net, and tries that; says how far it is on stderr unless quiet. Nothing if the user stopped it. Throws
/// xgrad::IoError.
std::optional<Choice> make_choice(const Grid& grid, DataSource& source, const Summary& chosen,
                                  const std::string& folder, bool quiet);

}  // namespace study
