#pragma once
// What the workloads train on and from: the same numbers for the limit, for xgrad and, as .npy files, for the peers.

#include <autograd/tensor.hpp>

#include <string>
#include <vector>

namespace bench {

/// Two moons: points as columns, labels, and the first weights of a net of n hidden units, (n, 2) and (n).
struct MoonsData {
  std::vector<double> x0, x1, y, w1, w2;
  xgrad::Tensor points(xgrad::DType dtype) const;  ///< (samples, 2)
  xgrad::Tensor labels(xgrad::DType dtype) const;  ///< (samples, 1)
};
MoonsData moons(xgrad::Index samples, xgrad::Index hidden);

/// Ten or fewer blurred prototypes with noise, in batches, and the first weights of a net, (in, out) each: as large as
/// real data of that shape, without a download.
struct ClassesData {
  std::vector<std::size_t> sizes;
  std::size_t batch;
  std::vector<std::vector<double>> x, weights;  ///< x: row-major, one a batch
  std::vector<std::vector<int>> classes;
};
ClassesData classes(const std::vector<std::size_t>& sizes, std::size_t batch, std::size_t batches);

/// The nets of W3 and W4.
inline const std::vector<std::size_t> digits_net{64, 128, 128, 64, 10}, images_net{784, 512, 256, 10};

/// Writes what the peers read. Throws xgrad::IoError.
void write_data(const std::string& folder);

}  // namespace bench
