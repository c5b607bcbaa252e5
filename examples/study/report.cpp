#include "report.hpp"

#include "../common/html.hpp"

namespace study {

void write_report(const std::string& path, const Findings&, const std::string& command) {
  common::write_page(path, common::page("Study", {}, "", command));
}

}  // namespace study
