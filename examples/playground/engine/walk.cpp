#include "walk.hpp"

#include <autograd/tape.hpp>
#include <nn/activation.hpp>

namespace playground {

using namespace xgrad;

namespace {

bool is_linear(const nn::Module& module) { return module.label().starts_with("Linear("); }

// By its label, as the net's table shows it; "" if it is none.
std::string activation_name(const nn::Module& module) {
  for (const std::string& name : nn::activation_names())
    if (nn::activation(name).label() == module.label()) return name;
  return "";
}

}  // namespace

Tensor Stage::activated(const Tensor& z) const { return nn::activation(activation).forward(z); }

std::vector<Stage> stages(nn::Sequential& net) {
  std::vector<Stage> result;
  std::vector<Parameter> parameters = nn::parameters(net);
  std::size_t next = 0;
  for (std::size_t i = 0; i < net.size(); ++i) {
    const std::string name = activation_name(net[i]);
    if (is_linear(net[i])) {
      result.push_back({parameters[next].handle(), parameters[next + 1].handle(), std::to_string(i), ""});
      next += 2;
    } else if (!name.empty() && !result.empty() && result.back().activation.empty()) {
      result.back().activation = name;
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
    if (is_linear(net[i])) {
      y = named("Z" + std::to_string(result.Z.size() + 1), y);
      result.Z.push_back(y);
    } else if (!activation_name(net[i]).empty()) {
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
  std::size_t number = 0;
  for (std::size_t i = 0; i < net_.size(); ++i) {
    if (!is_linear(net_[i])) continue;
    const std::string layer = std::to_string(++number), path = std::to_string(i) + ".";
    for (Parameter& p : nn::parameters(net_[i])) {
      const std::string name = (p.name() == "weight" ? "W" : "b") + layer;
      paths_.emplace_back(name, path + p.name());
      p.rename(name);
    }
  }
}

TextbookNames::~TextbookNames() {
  nn::parameters(net_);  // by their paths again
  net_.train();
}

std::string TextbookNames::path(const std::string& name) const {
  for (const auto& [textbook, path] : paths_)
    if (textbook == name) return path;
  return "";
}

}  // namespace playground
