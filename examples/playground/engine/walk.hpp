#pragma once
// A net layer by layer, with the names of the textbooks: Z1 = X·W1ᵀ + b1, A1 = g(Z1) …

#include <string>
#include <vector>

#include "session.hpp"

namespace xgrad::nn {
class Linear;
class Activation;
}  // namespace xgrad::nn

namespace playground {

/// A layer with weights, and the activation behind it; the last one has none.
struct Stage {
  xgrad::nn::Linear* linear;
  xgrad::nn::Activation* activation;  ///< or null
  std::string name;                   ///< of the activation, as options have it, or ""
  std::string path;                   ///< of the linear layer in the net: `2`
};

/// The net as such layers, or none at all where it has others too (dropout, normalisation …).
std::vector<Stage> stages(xgrad::nn::Sequential& net);
/// Throws BadRequest beginning with `what` where there are others.
std::vector<Stage> plain_stages(const char* what, xgrad::nn::Sequential& net);

/// What one forward pass makes: Z of each linear layer, A of each activation.
struct Walk {
  std::vector<xgrad::Tensor> Z, A;
  xgrad::Tensor outputs;
};

/// Forward in evaluation mode; what linear layers and activations make is called Z1, A1, Z2 …
Walk walk(xgrad::nn::Sequential& net, const xgrad::Tensor& x);

/// While it lives, the Parameters of linear layers are called W1, b1, W2 …, and the net is in evaluation mode.
class TextbookNames {
 public:
  explicit TextbookNames(xgrad::nn::Sequential& net);
  ~TextbookNames();
  TextbookNames(const TextbookNames&) = delete;
  TextbookNames& operator=(const TextbookNames&) = delete;
  /// The path of the Parameter of this name, or "".
  std::string path(const std::string& name) const;

 private:
  xgrad::nn::Sequential& net_;
  std::vector<std::pair<std::string, std::string>> paths_;  // by name
};

}  // namespace playground
