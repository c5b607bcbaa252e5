#include <nn/metrics.hpp>

#include <algorithm>

namespace xgrad::nn {

double accuracy(const Tensor& logits, const Tensor& target) {
  const bool binary = logits.shape() == target.shape();
  const bool classes =
      logits.rank() == 2 && target.rank() == 1 && logits.shape()[0] == target.shape()[0] && logits.shape()[1] > 0;
  if (!binary && !classes)
    throw ShapeError("accuracy: logits " + to_string(logits.shape()) + " and target " + to_string(target.shape()) +
                     " must have one shape, or be (n, c) and (n)");
  if (target.size() == 0) throw ShapeError("accuracy: there is no example");
  const std::vector<double> z = logits.values(), t = target.values();
  const std::size_t step = binary ? 1 : static_cast<std::size_t>(logits.shape()[1]);
  std::size_t right = 0;
  for (std::size_t i = 0; i < t.size(); ++i) {
    const auto row = z.begin() + static_cast<std::ptrdiff_t>(i * step);
    right += binary ? (z[i] > 0) == (t[i] > 0.5)
                    : static_cast<double>(std::max_element(row, row + static_cast<std::ptrdiff_t>(step)) - row) == t[i];
  }
  return static_cast<double>(right) / static_cast<double>(t.size());
}

}  // namespace xgrad::nn
