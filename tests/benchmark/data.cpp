#include "data.hpp"

#include <algorithm>
#include <cmath>

#include <autograd/autograd.hpp>
#include <nn/data.hpp>
#include <nn/npy.hpp>

namespace bench {

using namespace xgrad;

namespace {

std::vector<double> normal(std::size_t count, double deviation, Rng& rng) {
  std::vector<double> result(count);
  for (double& v : result) v = deviation * rng.normal();
  return result;
}

void write(const std::string& folder, const std::string& name, const Tensor& t) {
  nn::write_npy(folder + "/" + name + ".npy", t);
}

void write(const std::string& folder, const std::string& name, const ClassesData& data) {
  const auto batches = static_cast<Index>(data.x.size()), batch = static_cast<Index>(data.batch);
  std::vector<double> x, y;
  for (const auto& part : data.x) x.insert(x.end(), part.begin(), part.end());
  for (const auto& part : data.classes) y.insert(y.end(), part.begin(), part.end());
  write(folder, name + ".x", tensor(x, {batches, batch, static_cast<Index>(data.sizes[0])}));
  write(folder, name + ".y", tensor(y, {batches, batch}));
  for (std::size_t l = 0; l < data.weights.size(); ++l)
    write(folder, name + ".w" + std::to_string(l),
          tensor(data.weights[l], {static_cast<Index>(data.sizes[l]), static_cast<Index>(data.sizes[l + 1])}));
}

}  // namespace

Tensor MoonsData::points(DType dtype) const {
  std::vector<double> rows;
  for (std::size_t i = 0; i < x0.size(); ++i) rows.insert(rows.end(), {x0[i], x1[i]});
  return tensor(rows, {static_cast<Index>(x0.size()), 2}, dtype);
}

Tensor MoonsData::labels(DType dtype) const { return tensor(y, {static_cast<Index>(y.size()), 1}, dtype); }

MoonsData moons(Index samples, Index hidden) {
  Rng points(1), weights(static_cast<std::uint64_t>(hidden));
  const auto [x, y] = nn::data::moons(samples, 0.25, points);
  MoonsData data;
  const std::vector<double> rows = x.values();
  for (std::size_t i = 0; i < rows.size(); i += 2) {
    data.x0.push_back(rows[i]);
    data.x1.push_back(rows[i + 1]);
  }
  data.y = y.values();
  const auto n = static_cast<std::size_t>(hidden);
  data.w1 = normal(2 * n, std::sqrt(0.5), weights);
  data.w2 = normal(n, 1 / std::sqrt(static_cast<double>(n)), weights);
  return data;
}

ClassesData classes(const std::vector<std::size_t>& sizes, std::size_t batch, std::size_t batches) {
  Rng rng(2);
  const std::size_t features = sizes.front(), kinds = sizes.back();
  std::vector<double> prototypes = normal(kinds * features, 1, rng);
  for (double& v : prototypes) v = std::clamp(v, 0., 1.);
  ClassesData data{sizes, batch, {}, {}, {}};
  for (std::size_t b = 0; b < batches; ++b) {
    auto& x = data.x.emplace_back();
    auto& y = data.classes.emplace_back();
    for (std::size_t i = 0; i < batch; ++i) {
      const std::size_t kind = rng.below(kinds);
      y.push_back(static_cast<int>(kind));
      for (std::size_t j = 0; j < features; ++j)
        x.push_back(std::clamp(prototypes[kind * features + j] + 0.5 * rng.normal(), 0., 1.));
    }
  }
  for (std::size_t l = 0; l + 1 < sizes.size(); ++l)
    data.weights.push_back(normal(sizes[l] * sizes[l + 1], std::sqrt(2 / static_cast<double>(sizes[l])), rng));
  return data;
}

void write_data(const std::string& folder) {
  for (const Index hidden : {4, 50}) {
    const MoonsData data = moons(2000, hidden);
    const std::string name = "moons" + std::to_string(hidden);
    write(folder, name + ".x", data.points(f64));
    write(folder, name + ".y", data.labels(f64));
    write(folder, name + ".w1", tensor(data.w1, {hidden, 2}));
    write(folder, name + ".w2", tensor(data.w2, {1, hidden}));
  }
  write(folder, "digits128", classes(digits_net, 128, 14));
  write(folder, "images128", classes(images_net, 128, 32));
  write(folder, "images1024", classes(images_net, 1024, 4));
}

}  // namespace bench
