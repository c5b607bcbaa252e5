#include "results.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <nlohmann/json.hpp>

#include <nn/file.hpp>

namespace study {

using nlohmann::ordered_json;

namespace {

constexpr int format = 1;
const char* const format_key = "xgrad.study";

std::string head_line(const Head& head) {
  return ordered_json{{format_key, format}, {"grid", to_json(head.grid)}, {"mark", head.mark}}.dump() + "\n";
}

[[noreturn]] void fail_foreign(const std::string& path) {
  throw BadInput(path + ": holds no results of a study; name another folder or file");
}

Head head_from(const std::string& line, const std::string& path) {
  try {
    const ordered_json json = ordered_json::parse(line);
    if (json.at(format_key).get<int>() == format)
      return {parse_grid(json.at("grid").dump(), path + ":1"), json.at("mark")};
  } catch (const ordered_json::exception&) {}
  fail_foreign(path);
}

[[noreturn]] void fail(const std::string& what, const std::string& path) {
  throw xgrad::IoError("cannot " + what + " " + path + ": " + std::strerror(errno));
}

[[noreturn]] void fail_contradiction(const std::string& path, const std::pair<std::size_t, Index>& at,
                                     const std::string& other) {
  throw BadInput(path + ": run " + std::to_string(at.first) + " after " + std::to_string(at.second) +
                 (at.second == 1 ? " iteration" : " iterations") + " is not as in " + other +
                 "; were they made by different versions or machines?");
}

// The keys in which two grids differ, whatever they are called.
std::string difference(const Grid& a, const Grid& b) {
  const ordered_json one = to_json(a), other = to_json(b);
  std::string keys;
  for (const auto& [key, value] : one.items())
    if (key != "name" && other.at(key) != value) keys += (keys.empty() ? "" : ", ") + key;
  return keys;
}

void require_same(const Head& expected, const Head& found, const std::string& path, const std::string& advice) {
  const std::string keys = difference(expected.grid, found.grid);
  if (!keys.empty())
    throw BadInput(path + ": holds results of another grid, \"" + found.grid.name + "\", which differs in " + keys +
                   "; " + advice);
  if (expected.mark != found.mark)
    throw BadInput(path + ": holds results on other data; the examples have changed since");
}

}  // namespace

Results read_results(const std::string& path) {
  const std::string text = xgrad::nn::read_file(path);
  Results results;
  std::vector<Run> all;
  std::size_t number = 0;
  for (std::size_t end; (end = text.find('\n', results.whole_bytes)) != std::string::npos;
       results.whole_bytes = end + 1) {
    const std::string line = text.substr(results.whole_bytes, end - results.whole_bytes);
    if (++number == 1) {
      results.head = head_from(line, path);
      all = runs(results.head.grid);
      continue;
    }
    try {
      Row row = row_from(ordered_json::parse(line), results.head.grid, all);
      const auto at = key(row);
      if (!results.rows.emplace(at, std::move(row)).second) throw BadInput("its row stands there already");
    } catch (const ordered_json::exception&) {
      throw BadInput(path + ":" + std::to_string(number) + ": it is no JSON; take the line out to have it made anew");
    } catch (const BadInput& e) {
      throw BadInput(path + ":" + std::to_string(number) + ": " + e.what() +
                     "; take the line out to have it made anew");
    }
  }
  results.tail = text.substr(results.whole_bytes);
  return results;
}

std::string missing_runs(const Grid& grid, const Rows& rows) {
  constexpr std::size_t most_listed = 10;
  const std::vector<Run> every = runs(grid);
  std::vector<std::pair<std::size_t, std::size_t>> ranges;
  std::size_t count = 0;
  for (const Run& run : every) {
    const auto has = [&](Index n) { return rows.contains({run.number, n}); };
    if (std::all_of(grid.iterations.begin(), grid.iterations.end(), has)) continue;
    ++count;
    if (!ranges.empty() && ranges.back().second + 1 == run.number)
      ++ranges.back().second;
    else
      ranges.emplace_back(run.number, run.number);
  }
  std::string text = std::to_string(count) + " of " + std::to_string(every.size()) + " runs, numbers ";
  for (std::size_t i = 0; i < std::min(most_listed, ranges.size()); ++i) {
    const auto [first, last] = ranges[i];
    text += (i ? ", " : "") + std::to_string(first) + (first == last ? "" : "-" + std::to_string(last));
  }
  return text + (ranges.size() > most_listed ? " …" : "");
}

std::string results_text(const Results& results) {
  std::string text = head_line(results.head);
  for (const auto& [at, row] : results.rows) text += to_json(row).dump() + "\n";
  return text;
}

ResultsFile::ResultsFile(std::string path, const Head& head) : path_(std::move(path)) {
  open_and_lock();
  try {
    results_ = read_results(path_);
    if (results_.whole_bytes == 0) {
      if (!head_line(head).starts_with(results_.tail)) fail_foreign(path_);
      results_.head = head;
      if (ftruncate(descriptor_, 0) != 0) fail("write", path_);
      append(head_line(head));
    } else {
      require_same(head, results_.head, path_, "give that grid, or another folder with --out");
      if (ftruncate(descriptor_, static_cast<off_t>(results_.whole_bytes)) != 0) fail("write", path_);
    }
  } catch (...) {
    close(descriptor_);
    throw;
  }
}

void ResultsFile::open_and_lock() {
  const int opened = open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (opened < 0) fail("write", path_);
  struct stat mine {
  }, named{};
  // some file systems of clusters have no locks; there the user has to keep two studies apart
  const bool locked = flock(opened, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
  const bool same_file = fstat(opened, &mine) == 0 && stat(path_.c_str(), &named) == 0 && mine.st_ino == named.st_ino;
  if (!locked || !same_file) {
    close(opened);
    throw xgrad::IoError(path_ + ": another study is writing to it; wait for that one, or give another --out");
  }
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = opened;
}

ResultsFile::~ResultsFile() { close(descriptor_); }

void ResultsFile::append(const std::string& line) {
  struct stat before {};
  if (fstat(descriptor_, &before) != 0) fail("write", path_);
  std::size_t written = 0;
  while (written < line.size()) {
    const ssize_t n = write(descriptor_, line.data() + written, line.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      const int reason = n == 0 ? ENOSPC : errno;
      (void)!ftruncate(descriptor_, before.st_size);
      errno = reason;
      fail("write", path_);
    }
    written += static_cast<std::size_t>(n);
  }
  // a kill loses nothing that is written; this is for a power failure, and would cost more than a tiny run each time
  const auto now = std::chrono::steady_clock::now();
  if (now - synced_ < std::chrono::seconds(1)) return;
  synced_ = now;
  if (fdatasync(descriptor_) != 0) fail("write", path_);
}

void ResultsFile::add(const Row& row) {
  if (!results_.rows.emplace(key(row), row).second) return;
  append(to_json(row).dump() + "\n");
}

void ResultsFile::take(const Rows& rows) {
  for (const auto& [at, row] : rows)
    if (const auto known = results_.rows.find(at); known != results_.rows.end() && !same(known->second, row))
      fail_contradiction(path_, at, "the files to be merged");
  results_.rows.insert(rows.begin(), rows.end());
}

void ResultsFile::finish() {
  xgrad::nn::write_file(path_, results_text(results_));
  open_and_lock();  // it is another file now
}

Results merged(const std::vector<std::string>& paths) {
  Results all;
  std::map<std::pair<std::size_t, Index>, std::string> from;
  for (const std::string& path : paths) {
    Results part = read_results(path);
    if (part.whole_bytes == 0) fail_foreign(path);
    if (path == paths.front()) all.head = part.head;
    require_same(all.head, part.head, path, "merge the results of one grid, as in " + paths.front());
    for (auto& [at, row] : part.rows) {
      const auto known = all.rows.find(at);
      if (known != all.rows.end() && !same(known->second, row)) fail_contradiction(path, at, from[at]);
      from.emplace(at, path);
      all.rows.emplace(at, std::move(row));
    }
  }
  return all;
}

}  // namespace study
