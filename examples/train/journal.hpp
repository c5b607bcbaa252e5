#pragma once
// The run as JSON lines: one object a line, each written at once.

#include <fstream>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace train {

class Journal {
 public:
  /// "-" is standard output, "" nothing. A run that resumes appends. Throws xgrad::IoError.
  Journal(const std::string& path, bool append);
  /// Throws xgrad::IoError.
  void write(const nlohmann::ordered_json& line);

 private:
  std::string path_;
  std::ofstream file_;
  std::ostream* out_ = nullptr;
};

}  // namespace train
