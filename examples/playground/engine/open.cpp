// What can be chosen, and a run from what was chosen.

#include <algorithm>
#include <cmath>

#include <autograd/ops.hpp>
#include <autograd/pool.hpp>
#include <nn/activation.hpp>
#include <nn/checkpoint.hpp>
#include <nn/data/csv.hpp>
#include <nn/init.hpp>

#include "open.hpp"
#include "request.hpp"

namespace playground {

using namespace xgrad;
namespace data = nn::data;

namespace {

data::Task toy(const train::Options& o, Rng& rng) {
  return data::load_toy(o.data, rng, {.n = o.points, .noise = o.noise, .dtype = o.type()});
}

train::Texts texts_in(const Json& request) {
  train::Texts texts;
  const auto options = request.find("options");
  if (options == request.end()) return texts;
  if (!options->is_object()) throw BadRequest("options: must be texts by name");
  for (const auto& [name, value] : options->items()) {
    if (!value.is_string()) throw BadRequest("options: " + name + " must be a text");
    texts[name] = value.get<std::string>();
  }
  refuse_process_options(texts);
  return texts;
}

// Drawn points as the CSV that they are saved as.
std::string csv_of(const Json& points) {
  if (!points.is_array() || points.empty()) throw BadRequest("points: there are none; draw some of two classes");
  std::string csv = "x1,x2,class\n";
  for (const Json& point : points) {
    const bool three = point.is_array() && point.size() == 3 && point[0].is_number() && point[1].is_number() &&
                       point[2].is_number_integer();
    if (!three) throw BadRequest("points: each must be [x1, x2, class], the class a whole number");
    csv += point[0].dump() + "," + point[1].dump() + "," + point[2].dump() + "\n";
  }
  return csv;
}

bool quiet_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || std::string_view("_-+.,:/@%").find(c) != std::string_view::npos;
}

// As a shell takes it.
std::string quoted(const std::string& text) {
  if (!text.empty() && std::all_of(text.begin(), text.end(), quiet_character)) return text;
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

Json part(Floats& floats, const train::Dataset& data) {
  if (!data.x.defined()) return {{"count", 0}, {"x", floats.add({})}, {"y", floats.add({})}};
  return {{"count", data::size(data)}, {"x", floats.add(data.x.values())}, {"y", floats.add(data.y.values())}};
}

// Layers with what each makes of one example.
Json layers(Opened& opened) {
  nn::Sequential& net = opened.run->net();
  const NoGrad off;
  Shape batch{1};
  for (const Index size : opened.job.example) batch.push_back(size);
  Tensor y = zeros(batch);
  net.eval();
  Json rows = Json::array();
  for (std::size_t i = 0; i < net.size(); ++i) {
    y = net[i](y);
    Shape made;
    for (Index axis = 1; axis < y.rank(); ++axis) made.push_back(y.shape()[axis]);
    rows.push_back({{"label", net[i].label()}, {"shape", shape(made)}, {"parameters", nn::parameter_count(net[i])}});
  }
  net.train();
  nn::parameters(net);  // by their paths in the net again
  return rows;
}

// The start that the request gives, in whole or in part.
void take_weights(train::Run& run, const Json& request) {
  const auto given = request.find("weights");
  if (given == request.end()) return;
  if (!given->is_object()) throw BadRequest("weights: must be lists of numbers by name");
  nn::State state = nn::state(run.net());
  for (const auto& [name, list] : given->items()) {
    const auto found = state.find(name);
    if (found == state.end()) throw BadRequest("weights: this net has no " + name);
    const Shape& shape = found->second.shape();
    std::vector<double> values;
    for (const Json& value : list) values.push_back(value.is_number() ? value.get<double>() : NAN);
    if (!list.is_array() || static_cast<Index>(values.size()) != element_count(shape))
      throw BadRequest("weights: " + name + " needs " + std::to_string(element_count(shape)) + " numbers, " +
                       to_string(shape));
    if (!std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); }))
      throw BadRequest("weights: " + name + " must hold numbers alone");
    found->second = tensor(values, shape);
  }
  run.go_to(state, 0);
}

}  // namespace

Opened& Session::now() {
  if (!opened) throw BadRequest("no data is open");
  return *opened;
}

Json Floats::add(const std::vector<double>& values) {
  const std::size_t offset = values_.size();
  for (const double v : values) values_.push_back(static_cast<float>(v));
  return {{"floats", {offset, values.size()}}};
}

void refuse_process_options(const train::Texts& texts) {
  for (const auto& [name, text] : texts)
    if (train::option(name).role == train::Role::process)
      throw BadRequest("--" + name + ": is for the program train alone");
}

train::Options checked_options(const train::Texts& texts) {
  const train::Options options = train::parse(texts);
  train::check_combinations(texts, options, data::named_toys());
  if (options.dtype != "f64") throw BadRequest("--dtype: the page computes in f64");
  return options;
}

std::unique_ptr<Opened> opened_run(train::Texts texts, std::string table) {
  auto opened = std::make_unique<Opened>();
  opened->options = checked_options(texts);
  const train::Options& o = opened->options;
  Rng rng(o.seed);
  opened->job = table.empty() ? train::make_job(o, toy(o, rng), rng)
                              : train::table_job(o, data::parse_csv(table, train::csv_options(o), o.data), rng);
  if (opened->job.problem == train::Problem::regression)
    throw BadRequest("--problem: the page shows classes, and the target is a number; take --problem classes");
  train::Job plain = opened->job;
  plain.standardize = false;
  Rng same(rng.state());
  opened->plain = train::cut(plain, o, same);
  train::Parts parts = train::cut(opened->job, o, rng);
  opened->run = std::make_unique<train::Run>(o, opened->job, std::move(parts), train::to_json(texts));
  opened->start = nn::state(opened->run->net());
  opened->texts = std::move(texts);
  opened->table = std::move(table);
  return opened;
}

Json description(Session& session) {
  Opened& opened = session.now();
  const train::Run& run = *opened.run;
  return {{"name", opened.job.name},
          {"problem", to_string(opened.job.problem)},
          {"features", opened.job.features},
          {"classes", opened.job.classes},
          {"train", part(session.floats, opened.plain.train)},
          {"dev", part(session.floats, opened.plain.dev)},
          {"standardized", opened.job.standardize},
          {"layers", layers(opened)},
          {"parameters", nn::parameter_count(opened.run->net())},
          {"steps", run.steps_per_epoch()},
          {"step", run.step()},
          {"epochs", opened.options.epochs},
          {"options", train::to_json(opened.texts)},
          {"command", command(opened)}};
}

std::string command(const Opened& opened) {
  std::string line = "train " + quoted(opened.options.data);
  for (const train::Option& option : train::option_table()) {
    const auto given = opened.texts.find(option.name);
    if (given == opened.texts.end() || option.name == "data" || option.text(opened.options) == option.text({}))
      continue;
    const bool flag = std::holds_alternative<bool train::Options::*>(option.value);
    line += " --" + option.name + (flag ? "" : " " + quoted(given->second));
  }
  return line;
}

Json hello(Session&, const Json&) {
  Json sets = Json::array();
  for (const data::NamedSet& set : data::named_toys()) {
    Rng rng(0);
    const data::Task task = data::load_toy(set.name, rng, {.n = 10});
    if (task.problem != data::Problem::regression && task.features.size() == 2)
      sets.push_back({{"name", set.name}, {"about", set.about}, {"problem", to_string(task.problem)}});
  }
  Json defaults, help;
  for (const train::Option& option : train::option_table()) {
    if (option.role == train::Role::process) continue;
    defaults[option.name] = option.text({});
    help[option.name] = option.help;
  }
  const auto words = [](const char* name) { return train::option(name).check.words; };
  return {{"sets", sets},
          {"activations", words("activation")},
          {"inits", words("init")},
          {"losses", words("loss")},
          {"optimizers", words("optimizer")},
          {"schedules", words("schedule")},
          {"defaults", defaults},
          {"help", help}};
}

Json open(Session& session, const Json& request) {
  train::Texts texts = texts_in(request);
  const auto points = request.find("points");
  std::string table = text(request, "table", "");
  const bool drawn = points != request.end() && !points->is_null();
  if (drawn) table = csv_of(*points);
  if (drawn || request.contains("table")) {
    if (table.find_first_not_of(" \t\r\n") == std::string::npos)
      throw BadRequest("table: it is empty; give a first line of names and a line for each example");
    std::string& name = texts["data"];
    if (!name.ends_with(".csv") && !name.ends_with(".tsv")) name = drawn ? "points.csv" : "data.csv";
  }
  std::unique_ptr<Opened> opened = opened_run(texts, table);
  take_weights(*opened->run, request);
  opened->start = nn::state(opened->run->net());
  session.opened = std::move(opened);
  pool::trim();
  return description(session);
}

Json retune(Session& session, const Json& request) {
  Opened& opened = session.now();
  train::Texts texts = texts_in(request);
  for (const auto& [name, text] : opened.texts)
    if (train::option(name).role == train::Role::run) texts.emplace(name, text);
  const train::Options options = checked_options(texts);
  for (const train::Option& option : train::option_table())
    if (option.role == train::Role::run && option.text(options) != option.text(opened.options))
      throw BadRequest("--" + option.name + ": cannot change while a net is trained; begin again with it");
  opened.run->retune(options, train::to_json(texts));
  opened.options = options;
  opened.texts = std::move(texts);
  return {{"command", command(opened)}, {"steps", opened.run->steps_per_epoch()}};
}

Json rewind(Session& session, const Json&) {
  Opened& opened = session.now();
  opened.run->go_to(opened.start, 0);
  return Json::object();
}

}  // namespace playground
