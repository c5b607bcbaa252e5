#include "journal.hpp"

#include <cerrno>
#include <cstring>
#include <iostream>

#include <nlohmann/json.hpp>

#include <autograd/error.hpp>

namespace train {

Journal::Journal(const std::string& path, bool append) : path_(path) {
  if (path.empty()) return;
  if (path == "-") {
    out_ = &std::cout;
    return;
  }
  errno = 0;
  file_.open(path, append ? std::ios::app : std::ios::trunc);
  if (!file_) throw xgrad::IoError("cannot write " + path + ": " + std::strerror(errno));
  out_ = &file_;
}

void Journal::write(const nlohmann::ordered_json& line) {
  if (!out_) return;
  errno = 0;
  *out_ << line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n" << std::flush;
  if (!*out_)
    throw xgrad::IoError("cannot write " + path_ + ": " + (errno ? std::strerror(errno) : "the stream failed"));
}

}  // namespace train
