// The net as a C++ program: these layers, these weights, this data, and what it gets right.

#include <autograd/tape.hpp>
#include <nn/checkpoint.hpp>
#include <nn/linear.hpp>

#include "open.hpp"
#include "request.hpp"
#include "walk.hpp"

namespace playground {

using namespace xgrad;

namespace {

constexpr Index most_numbers = 20'000;

// The shortest text that reads as the same number.
std::string exact(double v) { return std::isnan(v) ? "NAN" : Json(v).dump(); }

std::string list(const std::vector<double>& values) {
  std::string text, line;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string number = exact(values[i]) + (i + 1 < values.size() ? "," : "");
    if (line.size() + number.size() > 110) {
      text += line + "\n      ";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + number;
  }
  return "{" + text + line + "}";
}

std::string braces(const Shape& shape) {
  std::string text;
  for (const Index size : shape) text += (text.empty() ? "" : ", ") + std::to_string(size);
  return "{" + text + "}";
}

std::string tensor_code(const Tensor& t) { return "tensor(" + list(t.values()) + ", " + braces(t.shape()) + ")"; }

std::string in_quotes(const std::string& text) { return Json(text).dump(); }

// A set by name is drawn again, by the same seed; another is written out.
std::string data_code(const Opened& opened) {
  const train::Options& o = opened.options;
  const train::Parts& parts = opened.plain;
  std::string code;
  if (opened.table.empty() && o.limit == 0) {
    code = "  Rng rng(" + std::to_string(o.seed) + "u);\n  const nn::data::Dataset all = nn::data::load(" +
           in_quotes(o.data) + ", rng, {.n = " + std::to_string(o.points) + ", .noise = " + exact(o.noise) +
           "}).data;\n";
    if (o.dev > 0)
      code += "  const auto [train, dev] = nn::data::stratified_split(all, 1 - " + exact(o.dev) + ", rng);\n";
    else
      code += "  const nn::data::Dataset& train = all;\n";
  } else {
    Index numbers = 0;
    for (const train::Dataset* part : {&parts.train, &parts.dev})
      if (part->x.defined()) numbers += part->x.size() + part->y.size();
    if (numbers > most_numbers)
      throw BadRequest("program: this data is " + std::to_string(numbers) + " numbers; at most " +
                       std::to_string(most_numbers) + " are written into a program");
    for (const auto& [name, part] : {std::pair("train", &parts.train), std::pair("dev", &parts.dev)})
      if (part->x.defined())
        code += std::string("  const nn::data::Dataset ") + name + "{" + tensor_code(part->x) + ",\n    " +
                tensor_code(part->y) + "};\n";
  }
  const nn::data::Standardizer& standardizer = opened.run->parts().standardizer;
  if (standardizer.mean.defined())
    code += "  const nn::data::Standardizer standardize{.mean = " + tensor_code(standardizer.mean) +
            ",\n    .std = " + tensor_code(standardizer.std) + "};\n";
  return code;
}

}  // namespace

Json program(Session& session, const Json&) {
  Opened& opened = session.now();
  nn::Sequential& net = opened.run->net();
  std::string layers;
  for (const Stage& stage : plain_stages("program", net)) {
    const Shape& shape = stage.linear->weight.shape();
    layers += (layers.empty() ? "" : ",\n                     ") + std::string("nn::Linear(") +
              std::to_string(shape[1]) + ", " + std::to_string(shape[0]) + ", unused)";
    if (stage.activation) layers += ", nn::activation(\"" + stage.name + "\")";
  }
  std::string weights;
  for (const auto& [name, value] : nn::state(net))
    weights += (weights.empty() ? "" : ",\n    ") + std::string("{\"") + name + "\", " + tensor_code(value) + "}";
  const bool standardized = opened.run->parts().standardizer.mean.defined();
  const auto print = [&](const std::string& part) {
    return "  std::cout << \"" + part + " accuracy \" << nn::accuracy(net(" +
           (standardized ? "standardize(" + part + ".x)" : part + ".x") + "), " + part + ".y) << '\\n';\n";
  };
  std::string code =
      "// A net of the xgrad playground, after " + std::to_string(opened.run->step()) +
      " steps: builds it and prints its accuracy.\n"
      "#include <cmath>\n#include <iostream>\n\n#include <autograd/autograd.hpp>\n#include <nn/nn.hpp>\n\n"
      "using namespace xgrad;\n\nint main() {\n  Rng unused(0);  // the weights come below\n"
      "  nn::Sequential net{" +
      layers + "};\n  nn::load_state(net, {\n    " + weights + "});\n" + data_code(opened) + "  const NoGrad off;\n" +
      print("train");
  if (opened.plain.dev.x.defined()) code += print("dev");
  return {{"code", code + "}\n"}};
}

}  // namespace playground
