#include <nn/metrics.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <ostream>

namespace xgrad::nn {
namespace {

// Predicted and actual classes, one an example.
struct Classes {
  std::vector<Index> predicted;
  std::vector<double> actual;
  Index count;
};

Classes classes_of(const char* what, const Tensor& logits, const Tensor& target) {
  const bool binary = logits.shape() == target.shape();
  const bool by_class =
      logits.rank() == 2 && target.rank() == 1 && logits.shape()[0] == target.shape()[0] && logits.shape()[1] > 0;
  if (!binary && !by_class)
    throw ShapeError(std::string(what) + ": logits " + to_string(logits.shape()) + " and target " +
                     to_string(target.shape()) + " must have one shape, or be (n, c) and (n)");
  if (target.size() == 0) throw ShapeError(std::string(what) + ": there is no example");
  const std::vector<double> z = logits.values();
  const Index step = binary ? 1 : logits.shape()[1];
  Classes result{{}, target.values(), binary ? 2 : step};
  for (auto row = z.begin(); row != z.end(); row += step)
    result.predicted.push_back(binary ? *row > 0 : std::max_element(row, row + step) - row);
  if (binary)
    for (double& y : result.actual)
      if (y >= 0 && y <= 1) y = y > 0.5;  // a probability stands for its likelier class
  return result;
}

// Characters of a UTF-8 text: bytes that do not continue one.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

double share(Index part, Index whole) {
  return whole ? static_cast<double>(part) / static_cast<double>(whole) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

double accuracy(const Tensor& logits, const Tensor& target) {
  const Classes c = classes_of("accuracy", logits, target);
  Index right = 0;
  for (std::size_t i = 0; i < c.actual.size(); ++i) right += static_cast<double>(c.predicted[i]) == c.actual[i];
  return share(right, static_cast<Index>(c.actual.size()));
}

ConfusionMatrix::ConfusionMatrix(Index classes) : classes_(classes) {
  if (classes < 1) throw ShapeError("ConfusionMatrix: needs at least one class, not " + std::to_string(classes));
  counts_.resize(static_cast<std::size_t>(classes * classes));
}

ConfusionMatrix::ConfusionMatrix(const Tensor& logits, const Tensor& target) : ConfusionMatrix(1) {
  const Classes c = classes_of("ConfusionMatrix", logits, target);
  *this = ConfusionMatrix(c.count);
  for (std::size_t i = 0; i < c.actual.size(); ++i) {
    const double y = c.actual[i];
    if (!(y >= 0 && y < static_cast<double>(classes_) && y == std::floor(y)))
      throw NumericError("ConfusionMatrix: target " + std::to_string(i) + " is " + number_text(y) +
                         ", not a class from 0 to " + std::to_string(classes_ - 1));
    ++counts_[static_cast<std::size_t>(at(static_cast<Index>(y), c.predicted[i]))];
  }
}

ConfusionMatrix& ConfusionMatrix::operator+=(const ConfusionMatrix& other) {
  if (classes_ != other.classes_)
    throw ShapeError("ConfusionMatrix: cannot add one of " + std::to_string(other.classes_) + " classes to one of " +
                     std::to_string(classes_));
  std::transform(counts_.begin(), counts_.end(), other.counts_.begin(), counts_.begin(), std::plus());
  return *this;
}

Index ConfusionMatrix::count(Index actual, Index predicted) const {
  for (Index cls : {actual, predicted})
    if (cls < 0 || cls >= classes_)
      throw ShapeError("ConfusionMatrix: there is no class " + std::to_string(cls) + " among " +
                       std::to_string(classes_));
  return counts_[static_cast<std::size_t>(at(actual, predicted))];
}

Index ConfusionMatrix::total() const { return std::accumulate(counts_.begin(), counts_.end(), Index{0}); }

double ConfusionMatrix::accuracy() const {
  Index right = 0;
  for (Index cls = 0; cls < classes_; ++cls) right += count(cls, cls);
  return share(right, total());
}

double ConfusionMatrix::precision(Index cls) const {
  Index taken = 0;
  for (Index actual = 0; actual < classes_; ++actual) taken += count(actual, cls);
  return share(count(cls, cls), taken);
}

double ConfusionMatrix::recall(Index cls) const {
  Index present = 0;
  for (Index predicted = 0; predicted < classes_; ++predicted) present += count(cls, predicted);
  return share(count(cls, cls), present);
}

double ConfusionMatrix::f1(Index cls) const {
  Index taken_and_present = 0;
  for (Index other = 0; other < classes_; ++other) taken_and_present += count(other, cls) + count(cls, other);
  return share(2 * count(cls, cls), taken_and_present);
}

std::string to_string(const ConfusionMatrix& matrix, const std::vector<std::string>& names) {
  const auto percent = [](double v) {
    return std::isnan(v) ? std::string("-") : number_text(std::round(1000 * v) / 10) + " %";
  };
  const auto name = [&](Index cls) {
    const auto i = static_cast<std::size_t>(cls);
    return i < names.size() ? names[i] : std::to_string(cls);
  };
  std::vector<std::vector<std::string>> rows{{"actual \\ predicted"}};
  for (Index cls = 0; cls < matrix.classes(); ++cls) rows[0].push_back(name(cls));
  rows[0].emplace_back("recall");
  for (Index actual = 0; actual < matrix.classes(); ++actual) {
    std::vector<std::string> row{name(actual)};
    for (Index predicted = 0; predicted < matrix.classes(); ++predicted)
      row.push_back(std::to_string(matrix.count(actual, predicted)));
    row.push_back(percent(matrix.recall(actual)));
    rows.push_back(std::move(row));
  }
  std::vector<std::string> last{"precision"};
  for (Index cls = 0; cls < matrix.classes(); ++cls) last.push_back(percent(matrix.precision(cls)));
  last.push_back(percent(matrix.accuracy()));
  rows.push_back(std::move(last));

  std::string text;
  for (const auto& row : rows) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      std::size_t width = 0;
      for (const auto& other : rows) width = std::max(width, width_of(other[column]));
      const std::string gap(width - width_of(row[column]), ' ');
      text += column == 0 ? row[column] + gap : "  " + gap + row[column];
    }
    text += "\n";
  }
  return text;
}

std::ostream& operator<<(std::ostream& out, const ConfusionMatrix& matrix) { return out << to_string(matrix); }

}  // namespace xgrad::nn
