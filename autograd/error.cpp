#include <autograd/error.hpp>

#include <cmath>
#include <sstream>

namespace xgrad {

std::string number_text(double v) {
  std::ostringstream out;
  out << v;
  return std::isnan(v) ? "nan" : out.str();
}

std::string to_string(const Where& where) {
  if (!where.file) return "";
  const std::string path = where.file;
  return " [" + path.substr(path.find_last_of("/\\") + 1) + ":" + std::to_string(where.line) + "]";
}

}  // namespace xgrad
