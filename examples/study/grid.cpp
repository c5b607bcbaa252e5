#include "grid.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>

#include <nn/activation.hpp>
#include <nn/data/named.hpp>
#include <nn/file.hpp>
#include <nn/init.hpp>

#include "../common/html.hpp"

namespace study {

using nlohmann::ordered_json;

namespace {

constexpr std::size_t most_rows = 1'000'000, most_bytes = 1'000'000;

std::string list(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// One object of the file; every key is asked for once, what is left over is a mistake.
class Reader {
 public:
  Reader(const ordered_json& json, std::string where) : json_(json), where_(std::move(where)) {
    if (!json_.is_object()) fail("must be an object: { … }");
  }

  [[noreturn]] void fail(const std::string& what) const { throw BadInput(where_ + ": " + what); }
  const ordered_json* find(const std::string& key) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
    const auto at = json_.find(key);
    return at == json_.end() ? nullptr : &*at;
  }

  void read(const std::string& key, Index& value, Index low, Index high) {
    if (const ordered_json* j = find(key)) value = whole(key, *j, low, high);
  }
  void read(const std::string& key, double& value, double low, double high) {
    if (const ordered_json* j = find(key)) value = number(key, *j, low, high);
  }
  void read(const std::string& key, std::string& value) {
    if (const ordered_json* j = find(key)) value = word(key, *j);
  }
  void read(const std::string& key, std::string& value, const std::vector<std::string>& words) {
    if (const ordered_json* j = find(key)) value = one_of(key, *j, words);
  }
  template <class T, class F>
  void read_list(const std::string& key, std::vector<T>& values, F entry) {
    const ordered_json* j = find(key);
    if (!j) return;
    if (!j->is_array()) fail(key + " must be a list: [" + j->dump() + "]");
    if (j->empty()) fail(key + " is an empty list; give at least one value");
    values.clear();
    for (const ordered_json& item : *j) {
      T value = entry(item);
      if (std::find(values.begin(), values.end(), value) != values.end())
        fail(key + ": " + item.dump() + " stands twice");
      values.push_back(std::move(value));
    }
  }

  Index whole(const std::string& key, const ordered_json& j, Index low, Index high) const {
    // 1e3 is a whole number too, and an unsigned one may not fit
    const double v = j.is_number() ? j.get<double>() : NAN;
    if (!(v >= static_cast<double>(low) && v <= static_cast<double>(high) && v == std::floor(v)))
      fail(key + ": " + j.dump() + " is not a whole number from " + std::to_string(low) + " to " +
           std::to_string(high));
    return static_cast<Index>(v);
  }
  double number(const std::string& key, const ordered_json& j, double low, double high) const {
    const double v = j.is_number() ? j.get<double>() : NAN;
    if (!(v >= low && v <= high))
      fail(key + ": " + j.dump() + " is not a number from " + xgrad::number_text(low) + " to " +
           xgrad::number_text(high));
    return v;
  }
  double positive(const std::string& key, const ordered_json& j) const {
    const double v = j.is_number() ? j.get<double>() : NAN;
    if (!(v > 0 && std::isfinite(v))) fail(key + ": " + j.dump() + " is not a number above 0");
    return v;
  }
  std::string word(const std::string& key, const ordered_json& j) const {
    if (!j.is_string()) fail(key + ": " + j.dump() + " is not a text in quotes");
    return j.get<std::string>();
  }
  std::string one_of(const std::string& key, const ordered_json& j, const std::vector<std::string>& words) const {
    std::string value = word(key, j);
    if (std::find(words.begin(), words.end(), value) == words.end())
      fail(key + ": " + j.dump() + " is none of " + list(words));
    return value;
  }

  void finish() const {
    for (const auto& [key, value] : json_.items())
      if (std::find(known_.begin(), known_.end(), key) == known_.end())
        fail("there is no " + ordered_json(key).dump() + "; known are " + list(known_));
  }

 private:
  const ordered_json& json_;
  std::string where_;
  std::vector<std::string> known_;
};

Source read_source(const ordered_json& json, const std::string& where) {
  Reader in(json, where);
  Source s;
  std::vector<std::string> sets;
  bool toy = false;
  for (const auto& set : xgrad::nn::data::named_sets()) sets.push_back(set.name);
  in.read("file", s.file);
  if (in.find("file") && s.file.empty()) in.fail("file: must name a file");
  if (in.find("set") && !s.file.empty()) in.fail("set and file exclude each other");
  if (s.file.empty())
    in.read("set", s.set, sets);
  else
    s.set.clear();
  for (const auto& set : xgrad::nn::data::named_sets()) toy = toy || (set.name == s.set && set.toy());
  for (const char* key : {"points", "noise"})
    if (in.find(key) && !toy) in.fail(std::string(key) + " is for toys; real examples are taken as they are");
  for (const char* key : {"target", "missing"})
    if (in.find(key) && s.file.empty()) in.fail(std::string(key) + " is for files; " + s.set + " is a set by name");
  in.read("points", s.points, 10, 10'000'000);
  in.read("noise", s.noise, 0, 10);
  in.read("target", s.target);
  in.read("missing", s.missing, {"error", "drop"});
  in.finish();
  return s;
}

ordered_json parse_json(const std::string& text, const std::string& file) {
  if (text.find_first_not_of(" \t\r\n") == std::string::npos)
    throw BadInput(file +
                   ": is empty; {} stands for the article's grid, and `study --print-grid` prints one to change");
  std::vector<std::set<std::string>> keys;  // of the objects that are open
  const auto watch = [&](int, ordered_json::parse_event_t event, const ordered_json& value) {
    if (event == ordered_json::parse_event_t::object_start) keys.emplace_back();
    if (event == ordered_json::parse_event_t::object_end) keys.pop_back();
    if (event == ordered_json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second)
      throw BadInput(file + ": " + value.dump() + " is given twice");
    return true;
  };
  try {
    return ordered_json::parse(text, watch);
  } catch (const ordered_json::parse_error& e) {
    const std::size_t at = std::min(e.byte > 0 ? e.byte - 1 : 0, text.size());
    const auto before = text.begin() + static_cast<std::ptrdiff_t>(at);
    const auto line = std::count(text.begin(), before, '\n') + 1;
    const std::size_t start = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
    const std::size_t column = start == std::string::npos ? at + 1 : at - start;
    throw BadInput(file + ":" + std::to_string(line) + ":" + std::to_string(column) +
                   ": is not JSON from here on; a comma, quote or bracket too many or too few?");
  } catch (const ordered_json::out_of_range& e) {  // … number overflow parsing '1e999'
    const std::string what = e.what();
    throw BadInput(file + ": " + what.substr(std::min(what.find('\''), what.size())) +
                   " is beyond what a number can be");
  }
}

}  // namespace

Grid parse_grid(const std::string& text, const std::string& file) {
  const ordered_json json = parse_json(text, file);
  Reader in(json, file);
  Grid g;
  g.name = std::filesystem::path(file).stem().string();
  const auto whole = [&](const char* key, Index low, Index high) {
    return [&in, key, low, high](const ordered_json& j) { return in.whole(key, j, low, high); };
  };
  in.read("name", g.name);
  const auto unfit = [](char c) { return c == '/' || (c >= 0 && c < ' ') || c == '\x7f'; };
  if (g.name.empty() || std::any_of(g.name.begin(), g.name.end(), unfit))
    in.fail("name: must not be empty, nor hold a / or a control character");
  if (const ordered_json* data = in.find("data")) g.data = read_source(*data, file + ": data");
  in.read("train", g.train, 0.05, 0.95);
  in.read_list("widths", g.widths, whole("widths", 1, 10'000));
  in.read_list("depths", g.depths, whole("depths", 0, 100));
  in.read_list("activations", g.activations,
               [&](const ordered_json& j) { return in.one_of("activations", j, xgrad::nn::activation_names()); });
  in.read_list("rates", g.rates, [&](const ordered_json& j) { return in.positive("rates", j); });
  in.read_list("batches", g.batches, whole("batches", 0, 1'000'000'000));
  in.read_list("decays", g.decays, [&](const ordered_json& j) { return in.number("decays", j, 0, 1e9); });
  in.read_list("iterations", g.iterations, whole("iterations", 1, 1'000'000'000));
  in.read("init", g.init, xgrad::nn::init::names());
  Index seed = 0;
  in.read("seed", seed, 0, (Index{1} << 53) - 1);  // what JSON carries exactly everywhere
  g.seed = static_cast<std::uint64_t>(seed);
  in.read("repeats", g.repeats, 1, 1000);
  in.finish();
  std::sort(g.iterations.begin(), g.iterations.end());
  const double rows = static_cast<double>(g.widths.size()) * static_cast<double>(g.depths.size()) *
                      static_cast<double>(g.activations.size()) * static_cast<double>(g.rates.size()) *
                      static_cast<double>(g.batches.size()) * static_cast<double>(g.decays.size()) *
                      static_cast<double>(g.iterations.size()) * static_cast<double>(g.repeats);
  if (rows > static_cast<double>(most_rows))
    in.fail("gives " + common::number(rows, 7) + " rows; at most 1,000,000 are taken, so shorten a list");
  return g;
}

Grid read_grid(const std::string& path) { return parse_grid(xgrad::nn::read_file(path, most_bytes), path); }

ordered_json to_json(const Grid& g) {
  ordered_json data;
  if (g.data.file.empty())
    data["set"] = g.data.set;
  else
    data = {{"file", g.data.file}, {"target", g.data.target}, {"missing", g.data.missing}};
  for (const auto& set : xgrad::nn::data::named_sets())
    if (set.name == g.data.set && set.toy()) data.update({{"points", g.data.points}, {"noise", g.data.noise}});
  return {{"name", g.name},      {"data", data},
          {"train", g.train},    {"widths", g.widths},
          {"depths", g.depths},  {"activations", g.activations},
          {"rates", g.rates},    {"batches", g.batches},
          {"decays", g.decays},  {"iterations", g.iterations},
          {"init", g.init},      {"seed", g.seed},
          {"repeats", g.repeats}};
}

std::vector<Run> runs(const Grid& g) {
  std::vector<Run> result;
  for (const Index width : g.widths)
    for (const Index depth : g.depths)
      for (const std::string& activation : g.activations) {
        if (depth == 0 && (width != g.widths.front() || activation != g.activations.front())) continue;
        for (const double rate : g.rates)
          for (const Index batch : g.batches)
            for (const double decay : g.decays)
              for (Index k = 0; k < g.repeats; ++k)
                result.push_back({result.size(),
                                  {depth ? width : 0, depth, depth ? activation : "none", rate, batch, decay},
                                  g.seed + static_cast<std::uint64_t>(k)});
      }
  return result;
}

std::size_t row_count(const Grid& grid) { return runs(grid).size() * grid.iterations.size(); }

std::string batch_and_decay(const Configuration& c, const Grid& grid) {
  std::string text;
  if (grid.batches.size() > 1 || grid.batches.front() != 0)
    text += ", batch " + (c.batch ? std::to_string(c.batch) : "all");
  if (grid.decays.size() > 1 || grid.decays.front() != 0) text += ", decay " + common::number(c.decay, 6);
  return text;
}

std::string to_string(const Configuration& c, const Grid& grid) {
  const bool deep = grid.depths.size() > 1 || grid.depths.front() != 1;
  std::ostringstream text;
  if (c.depth == 0)
    text << "no hidden layer";
  else
    text << "width " << c.width << (deep ? " × " + std::to_string(c.depth) : "") << ", " << c.activation;
  text << ", rate " << common::number(c.rate, 6);
  text << batch_and_decay(c, grid);
  return text.str();
}

}  // namespace study
