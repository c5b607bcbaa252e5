#include <nn/data/batches.hpp>

#include <autograd/ops.hpp>
#include <nn/data/split.hpp>

namespace xgrad::nn::data {

Batches::Batches(const Dataset& data, Index size, Rng& rng, const BatchOptions& options) : data_(data), batch_(size) {
  const Index n = data::size(data);
  if (size < 1) throw ShapeError("batches: a batch needs at least 1 example, not " + std::to_string(size));
  count_ = n / size + (!options.drop_last && n % size > 0);
  if (count_ == 0)
    throw ShapeError("batches: " + std::to_string(n) + " examples do not fill a batch of " + std::to_string(size));
  order_ = options.shuffle ? randperm(n, rng) : arange(0, static_cast<double>(n));
}

Tensor Batches::index(Index i) const {
  if (i < 0 || i >= count_)
    throw ShapeError("batches: there is no batch " + std::to_string(i) + " of " + std::to_string(count_));
  return slice(order_, 0, i * batch_, std::min((i + 1) * batch_, order_.size()));
}

Dataset Batches::operator[](Index i) const { return take(data_, index(i)); }

Batches batches(const Dataset& data, Index size, Rng& rng, const BatchOptions& options) {
  return {data, size, rng, options};
}

}  // namespace xgrad::nn::data
