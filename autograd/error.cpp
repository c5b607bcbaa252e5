#include <autograd/error.hpp>

#include <cmath>
#include <cstdio>

namespace xgrad {

std::string number_text(double v) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", v);
  return std::isnan(v) ? "nan" : text;
}

std::string to_string(const Where& where) {
  if (!where.file) return "";
  const std::string path = where.file;
  return " [" + path.substr(path.find_last_of("/\\") + 1) + ":" + std::to_string(where.line) + "]";
}

}  // namespace xgrad
