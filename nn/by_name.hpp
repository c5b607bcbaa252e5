#pragma once
// Internal. A table of things that can be had by their names, as command lines give them.

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <autograd/error.hpp>

namespace xgrad::nn::detail {

template <class T>
class ByName {
 public:
  using Maker = std::function<T()>;
  /// `what` is said in errors: "activation".
  ByName(std::string what, std::vector<std::pair<std::string, Maker>> table)
      : what_(std::move(what)), table_(std::move(table)) {
    for (const auto& entry : table_) names_.push_back(entry.first);
  }

  const std::vector<std::string>& names() const { return names_; }

  /// Throws NumericError naming those there are.
  T make(const std::string& name) const {
    std::string known;
    for (const auto& [key, maker] : table_) {
      if (key == name) return maker();
      known += (known.empty() ? "" : ", ") + key;
    }
    throw NumericError(what_ + ": there is no '" + name + "'; take one of " + known);
  }

 private:
  std::string what_;
  std::vector<std::pair<std::string, Maker>> table_;
  std::vector<std::string> names_;
};

}  // namespace xgrad::nn::detail
