#include "walk.hpp"

#include <autograd/tape.hpp>
#include <nn/activation.hpp>
#include <nn/linear.hpp>

namespace playground {

using namespace xgrad;

namespace {

std::string activation_name(const nn::Activation& activation) {
  for (const std::string& name : nn::activation_names())
    if (nn::activation(name).label() == activation.label()) return name;
  return "";
}

}  // namespace

std::vector<Stage> stages(nn::Sequential& net) {
  std::vector<Stage> result;
  for (std::size_t i = 0; i < net.size(); ++i) {
    if (auto* linear = dynamic_cast<nn::Linear*>(&net[i])) {
      result.push_back({linear, nullptr, "", std::to_string(i)});
    } else if (auto* activation = dynamic_cast<nn::Activation*>(&net[i]); activation && !result.empty()) {
      result.back().activation = activation;
      result.back().name = activation_name(*activation);
    } else {
      return {};
    }
  }
  return result;
}

std::vector<Stage> plain_stages(const char* what, nn::Sequential& net) {
  std::vector<Stage> result = stages(net);
  if (result.empty())
    throw BadRequest(std::string(what) + ": is for nets of linear layers and activations; this one has others too");
  return result;
}

Walk walk(nn::Sequential& net, const Tensor& x) {
  const bool training = net.training();
  net.eval();
  Walk result;
  Tensor y = x;
  for (std::size_t i = 0; i < net.size(); ++i) {
    y = net[i](y);
    if (dynamic_cast<nn::Linear*>(&net[i])) {
      y = named("Z" + std::to_string(result.Z.size() + 1), y);
      result.Z.push_back(y);
    } else if (dynamic_cast<nn::Activation*>(&net[i])) {
      y = named("A" + std::to_string(result.Z.size()), y);
      result.A.push_back(y);
    }
  }
  net.train(training);
  result.outputs = y;
  return result;
}

TextbookNames::TextbookNames(nn::Sequential& net) : net_(net) {
  net_.eval();
  nn::parameters(net_);  // called by their paths
  std::size_t number = 0;
  for (std::size_t i = 0; i < net_.size(); ++i)
    if (auto* linear = dynamic_cast<nn::Linear*>(&net_[i])) {
      const std::string layer = std::to_string(++number);
      for (auto& [parameter, letter] : {std::pair(&linear->weight, "W"), std::pair(&linear->bias, "b")}) {
        paths_.emplace_back(letter + layer, parameter->name());
        parameter->rename(letter + layer);
      }
    }
}

TextbookNames::~TextbookNames() {
  nn::parameters(net_);
  net_.train();
}

std::string TextbookNames::path(const std::string& name) const {
  for (const auto& [textbook, path] : paths_)
    if (textbook == name) return path;
  return "";
}

}  // namespace playground
