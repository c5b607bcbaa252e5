#include <nn/data/split.hpp>

#include <cmath>
#include <map>

#include <autograd/ops.hpp>
#include <autograd/tape.hpp>

namespace xgrad::nn::data {
namespace {

using Order = std::vector<double>;

// Each example's class, checked.
std::vector<double> classes(const char* what, const Tensor& y) {
  std::vector<double> values = y.values();
  if (y.rank() == 0 || y.shape()[0] != y.size())
    throw ShapeError(std::string(what) + ": the targets " + to_string(y.shape()) + " should be one class an example");
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] != std::floor(values[i]))
      throw NumericError(std::string(what) + ": target " + std::to_string(i) + " is " + number_text(values[i]) +
                         ", not a class; classes are whole numbers");
  return values;
}

std::size_t quota(double share, std::size_t count) {
  return share > 0 && share < 1 ? static_cast<std::size_t>(std::llround(share * static_cast<double>(count))) : 0;
}

void check(double share, std::size_t chosen, Index n) {
  if (chosen == 0 || chosen >= static_cast<std::size_t>(n))
    throw ShapeError("split: a share of " + number_text(share) + " of " + std::to_string(n) +
                     " examples leaves one side empty");
}

std::vector<Fold> folds(const std::vector<double>& label, Index k, Rng& rng) {
  const auto n = static_cast<Index>(label.size());
  if (k < 2 || k > n)
    throw ShapeError("kfold: " + std::to_string(k) + " folds of " + std::to_string(n) +
                     " examples; there must be from 2 to one an example");
  std::map<double, std::size_t> next;  // class: how many examples come before its next one in order of class
  for (const double c : label) ++next[c];
  std::size_t before = 0;
  for (auto& [c, count] : next) before += std::exchange(count, before);
  const auto parts = static_cast<std::size_t>(k);
  std::vector<Order> train(parts), dev(parts);
  for (const double i : randperm(n, rng).values()) {
    const std::size_t own = next[label[static_cast<std::size_t>(i)]]++ % parts;
    for (std::size_t fold = 0; fold < parts; ++fold) (fold == own ? dev : train)[fold].push_back(i);
  }
  std::vector<Fold> result;
  for (std::size_t fold = 0; fold < parts; ++fold) result.push_back({tensor(train[fold]), tensor(dev[fold])});
  return result;
}

}  // namespace

Dataset take(const Dataset& data, const Tensor& index) {
  size(data);
  const NoGrad off;
  return {index_select(data.x, 0, index), index_select(data.y, 0, index)};
}

Split split(const Dataset& data, double share, Rng& rng) {
  const Index n = size(data);
  const std::size_t cut = quota(share, static_cast<std::size_t>(n));
  check(share, cut, n);
  const Tensor order = randperm(n, rng);
  const auto at = static_cast<Index>(cut);
  return {take(data, slice(order, 0, 0, at)), take(data, slice(order, 0, at))};
}

Split stratified_split(const Dataset& data, double share, Rng& rng) {
  const Index n = size(data);
  const std::vector<double> label = classes("stratified_split", data.y);
  std::map<double, std::size_t> left;  // class: what its training share still lacks
  for (const double c : label) ++left[c];
  std::size_t chosen = 0;
  for (auto& [c, count] : left) chosen += count = quota(share, count);
  check(share, chosen, n);
  Order train, dev;
  for (const double i : randperm(n, rng).values()) {
    std::size_t& room = left[label[static_cast<std::size_t>(i)]];
    (room > 0 ? train : dev).push_back(i);
    if (room > 0) --room;
  }
  return {take(data, tensor(train)), take(data, tensor(dev))};
}

std::vector<Fold> kfold(Index n, Index k, Rng& rng) {
  return folds(std::vector<double>(static_cast<std::size_t>(std::max<Index>(0, n))), k, rng);
}

std::vector<Fold> stratified_kfold(const Tensor& y, Index k, Rng& rng) {
  return folds(classes("stratified_kfold", y), k, rng);
}

}  // namespace xgrad::nn::data
