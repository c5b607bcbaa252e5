#include <nn/summary.hpp>

#include <algorithm>
#include <array>
#include <ostream>

#include <autograd/tape.hpp>
#include <nn/linear.hpp>
#include <nn/sequential.hpp>

namespace xgrad::nn {
namespace {

// What a module lists itself, without what its children list.
struct Contents : Visitor {
  explicit Contents(Module& module) { module.visit(*this); }
  void operator()(const std::string& name, Parameter& parameter) override {
    parameters.emplace_back(name, parameter.handle());
  }
  void operator()(const std::string& name, Module& child) override { children.emplace_back(name, &child); }
  std::vector<std::pair<std::string, Parameter>> parameters;
  std::vector<std::pair<std::string, Module*>> children;
};

using Row = std::array<std::string, 4>;  // layer, output, count, Parameters

std::string batch_text(const Shape& shape) {
  std::string text = to_string(shape);
  return shape.empty() ? text : "(n" + text.substr(text.find_first_of(",)"));
}

// Of an example of this size under the first layer, where that can be told.
Shape first_input(Module& module) {
  if (const auto* linear = dynamic_cast<const Linear*>(&module)) return {linear->weight.shape()[1]};
  if (const auto* sequential = dynamic_cast<const Sequential*>(&module))
    return sequential->size() ? first_input((*sequential)[0]) : Shape{};
  return {};
}

class Table {
 public:
  // Rows of a module whose input is x (undefined: not known); gives its output.
  Tensor add(Module& module, const std::string& path, const std::string& indent, const Tensor& x) {
    const bool sequential = dynamic_cast<Sequential*>(&module) != nullptr;
    const Contents contents(module);
    Tensor y = x;
    if (!sequential) {
      if (x.defined()) y = module.forward(x);
      row(indent + (path.empty() ? "" : path + "  ") + module.label(), y, contents);
    }
    for (const auto& [name, child] : contents.children) {
      // Of a module's own composition only it knows what reaches its children.
      const Tensor given = sequential ? y : Tensor();
      const Tensor made =
          add(*child, path.empty() ? name : (path + ".").append(name), sequential ? indent : indent + "  ", given);
      if (sequential) y = made;
    }
    return y;
  }

  std::string text(Index parameters) {
    rows_.push_back({"in all", "", std::to_string(parameters), ""});
    std::array<std::size_t, 3> width{};
    for (const Row& row : rows_)
      for (std::size_t i = 0; i < width.size(); ++i) width[i] = std::max(width[i], row[i].size());
    std::string result;
    for (const Row& row : rows_) {
      std::string line = row[0] + std::string(width[0] - row[0].size() + 2, ' ') + row[1] +
                         std::string(width[1] - row[1].size() + 2 + width[2] - row[2].size(), ' ') + row[2] + "  " +
                         row[3];
      line.erase(line.find_last_not_of(' ') + 1);
      result += line + "\n";
    }
    return result;
  }

 private:
  void row(const std::string& layer, const Tensor& y, const Contents& contents) {
    std::string details;
    Index count = 0;
    for (const auto& [name, p] : contents.parameters) {
      details += (details.empty() ? "" : ", ") + name + " " + to_string(p.shape()) + (p.trainable() ? "" : " frozen");
      count += p.value().size();
    }
    rows_.push_back({layer, y.defined() ? batch_text(y.shape()) : "",
                     contents.parameters.empty() ? "" : std::to_string(count), details});
  }

  std::vector<Row> rows_{{"layer", "output", "parameters", ""}};
};

std::string table(const Module& net, const Shape& example) {
  const std::unique_ptr<Module> copy = net.clone();  // the net itself stays as it is
  copy->eval();
  const std::vector<Parameter> all = parameters(*copy);
  const NoGrad off;
  Shape batch{1};
  for (Index size : example) batch.push_back(size);
  Table result;
  result.add(*copy, "", "", example.empty() ? Tensor() : zeros(batch, all.empty() ? f64 : all.front().dtype()));
  return result.text(parameter_count(*copy));
}

}  // namespace

std::string summary(const Module& net, const Shape& example) { return table(net, example); }

std::ostream& operator<<(std::ostream& out, const Module& module) {
  return out << table(module, first_input(const_cast<Module&>(module)));  // looks, changes nothing
}

}  // namespace xgrad::nn
