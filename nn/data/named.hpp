#pragma once
// Data sets by name, for programs that let their user choose one.

#include <string>
#include <vector>

#include <autograd/random.hpp>
#include <nn/data/dataset.hpp>

namespace xgrad::nn::data {

struct NamedSet {
  std::string name;
  std::string about;
  std::string origin;  ///< of a real set: where it comes from, and its licence; of a toy: ""
  bool toy() const { return origin.empty(); }
};

/// All of them: toys, the diabetes table, and the real sets that `./dev data` fetches.
const std::vector<NamedSet>& named_sets();

/// The toys alone, which need no files.
const std::vector<NamedSet>& named_toys();

struct LoadOptions {
  Index n = 1000;              ///< toys: number of points
  double noise = 0.1;          ///< toys: as their functions take it; of blobs the standard deviation is 10 · noise
  std::string directory = "";  ///< of the real sets; unless said, the environment's XGRAD_DATA, else build/data
  DType dtype = f64;
};

/// Pixels are scaled to [0, 1], other features are as they stand. Throws IoError if there is no set of that name, or
/// its file is not there or damaged; and what the toys throw.
Task load(const std::string& name, Rng& rng, const LoadOptions& options = {});
/// The same of a toy: a program that needs no others links none of what reads files.
Task load_toy(const std::string& name, Rng& rng, const LoadOptions& options = {});

}  // namespace xgrad::nn::data
