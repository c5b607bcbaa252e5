// Writes docs/operations.md: prototypes and their comments from autograd/ops.hpp, derivatives and kinks from the
// catalogue. Usage: op_reference path/to/ops.hpp > docs/operations.md

#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include <autograd/explain.hpp>
#include <autograd/op.hpp>

using namespace xgrad;

namespace {

struct Prototype {
  std::string section, comment;
  std::vector<std::string> declarations;
};

// Public prototypes in the order of the header; a `// Sentence.` block before them opens a section.
std::vector<std::pair<std::string, Prototype>> read_prototypes(std::istream& in) {
  std::vector<std::pair<std::string, Prototype>> result;
  std::string line, section, comment;
  bool in_section = false, inside = false;
  while (std::getline(in, line)) {
    if (line.starts_with("namespace xgrad {")) inside = true;
    if (!inside || line.starts_with("namespace detail")) {
      if (inside) break;
      continue;
    }
    if (line.starts_with("/// "))
      comment += (comment.empty() ? "" : " ") + line.substr(4);
    else if (line.starts_with("// ")) {
      section = in_section ? section + " " + line.substr(3) : line.substr(3);
      in_section = true;
      continue;
    } else if (line.starts_with("Tensor ") && line.ends_with(");")) {
      const std::string name = line.substr(7, line.find('(') - 7);
      if (!result.empty() && result.back().first == name)
        result.back().second.declarations.push_back(line);
      else
        result.push_back({name, {section, comment, {line}}});
      comment.clear();
    } else {
      comment.clear();
    }
    in_section = false;
  }
  return result;
}

void describe(const Op& op) {
  const OpSpec& spec = *op;
  for (std::size_t i = 0; i < spec.operands.size(); ++i) {
    const std::string by = spec.variadic ? "each operand" : "`" + spec.operands[i] + "`";
    if (!spec.has_derivative())
      std::cout << "- no derivative\n";
    else if (!spec.vjps[i])
      std::cout << "- by " << by << ": no gradient\n";
    else
      std::cout << "- by " << by << ": `" << derivative_formula(op, i) << "`\n";
    if (!spec.has_derivative()) break;
  }
  if (spec.kink != "smooth") std::cout << "- at a kink: " << spec.kink << "\n";
  if (!spec.kernel.complex) std::cout << "- no complex form\n";
}

}  // namespace

int main(int argc, char* argv[]) {
  std::ifstream header(argc == 2 ? argv[1] : "");
  if (!header) {
    std::cerr << "usage: op_reference path/to/ops.hpp\n";
    return 2;
  }
  std::map<std::string, Op> by_name;
  for (const Op& op : catalogue()) by_name.emplace(op->name, op);

  std::cout << "# Operations\n\nGenerated from `autograd/ops.hpp` and the catalogue by `./dev docs`; do not edit.\n\n"
               "A derivative is what the operation's backward rule returns: `g` is the cotangent of the result `y`. "
               "The engine sums it back over broadcast axes. Sizes in a derivative are those of a sample.\n";
  std::string section;
  for (const auto& [name, prototype] : read_prototypes(header)) {
    if (prototype.section != section) std::cout << "\n## " << (section = prototype.section) << "\n";
    std::cout << "\n### " << name << "\n\n```cpp\n";
    for (const std::string& declaration : prototype.declarations) std::cout << declaration << "\n";
    std::cout << "```\n";
    if (!prototype.comment.empty()) std::cout << prototype.comment << "\n\n";
    const auto op = by_name.find(name);
    if (op != by_name.end()) {
      describe(op->second);
      by_name.erase(op);
    } else {
      std::cout << "- composed of other operations\n";
    }
  }
  for (const auto& [name, op] : by_name) {
    std::cerr << "op_reference: operation " << name << " has no prototype in the header\n";
    return 1;
  }
}
