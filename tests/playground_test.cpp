// The playground's engine, asked as the page asks it: data, nets, training, files.

#define BOOST_TEST_MODULE playground

#include "playground.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "playground_costs.hpp"

using namespace playground;
using xgrad::number_text;

namespace {

std::string spaced_rows(int count) {
  std::string csv = "a,b,label\n";
  for (int i = 0; i < count; ++i)
    csv += std::to_string(i % 97) + "," + std::to_string(i % 89) + (i % 97 > 48 ? ",big\n" : ",small\n");
  return csv;
}

#ifdef XGRAD_TRAIN
std::vector<std::string> output_lines(const std::string& command) {
  FILE* out = popen(command.c_str(), "r");
  BOOST_REQUIRE(out);
  std::string text;
  char buffer[4096];
  while (const std::size_t count = std::fread(buffer, 1, sizeof buffer, out)) text.append(buffer, count);
  BOOST_TEST(pclose(out) == 0);
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}
#endif

}  // namespace

BOOST_AUTO_TEST_CASE(hello_says_what_there_is) {
  const Json hello = result({{"cmd", "hello"}});
  std::set<std::string> sets;
  for (const Json& set : hello["sets"]) sets.insert(set["name"]);
  BOOST_TEST((sets == std::set<std::string>{"moons", "circles", "spiral", "xor", "blobs"}));
  BOOST_TEST(hello["activations"].size() == 10u);
  BOOST_TEST(hello["optimizers"][0] == "sgd");
  BOOST_TEST(hello["defaults"]["points"] == "1000");
  BOOST_TEST(!hello["defaults"].contains("save"));
}

BOOST_AUTO_TEST_CASE(requests_that_are_none) {
  const auto said = [](const char* text) { return Json::parse(xgrad_call(text)); };
  BOOST_TEST(said("")["error"] == "the request is not JSON");
  BOOST_TEST(said("{\"cmd\": ")["error"] == "the request is not JSON");
  BOOST_TEST(said(nullptr)["error"] == "the request is not JSON");
  BOOST_TEST(said("[1]")["error"] == "a request must be a JSON object");
  BOOST_TEST(said("\"\xff\"")["error"] == "the request is not JSON");
  BOOST_TEST(said(std::string(100'000, '[').c_str())["error"] == "the request is not JSON");
  BOOST_TEST(error({{"id", 1}}) == "cmd: the request names no command");
  BOOST_TEST(error({{"cmd", 3}}) == "cmd: the request names no command");
  BOOST_TEST(
      error({{"cmd", "sing"}}) ==
      "cmd: 'sing' is none of hello, open, retune, rewind, train, measure, map, weights, tape, equations, check, "
      "curve, save, load, program");
  BOOST_TEST(answer({{"id", "x7"}, {"cmd", "sing"}})["id"] == "x7");
  BOOST_TEST(answer({{"id", 7}, {"cmd", "hello"}})["id"] == 7);
}

// First in this file to run without anything open.
BOOST_AUTO_TEST_CASE(nothing_is_open) {
  for (const char* cmd : {"retune", "rewind", "train", "measure", "map", "weights", "tape", "equations", "check",
                          "curve", "save", "program"})
    BOOST_TEST(error({{"cmd", cmd}}) == "no data is open");
}

BOOST_AUTO_TEST_CASE(open_describes_data_and_net) {
  const Json opened = open(moons);
  BOOST_TEST(opened["problem"] == "binary");
  BOOST_TEST(opened["train"]["count"] == 160);
  BOOST_TEST(opened["dev"]["count"] == 40);
  BOOST_TEST(floats(opened["train"]["x"]).size() == 320u);
  BOOST_TEST(floats(opened["dev"]["y"]).size() == 40u);
  BOOST_TEST(opened["layers"].size() == 5u);
  BOOST_TEST(opened["layers"][0].dump() == R"j({"label":"Linear(2, 8)","shape":[8],"parameters":24})j");
  BOOST_TEST(opened["parameters"] == 105);
  BOOST_TEST(opened["steps"] == 1);
  BOOST_TEST(opened["command"] == "train moons --points 200 --layers 8,8 --lr 0.5");
}

BOOST_AUTO_TEST_CASE(options_are_checked_as_by_train) {
  open(moons);
  const auto refused = [](const Json& options) { return error({{"cmd", "open"}, {"options", options}}); };
  BOOST_TEST(refused({{"lr", "fast"}}) == "--lr: 'fast' is not a number");
  BOOST_TEST(refused({{"lr", "-1"}}) == "--lr: '-1' is not 0 or more");
  BOOST_TEST(refused({{"points", "0"}}) == "--points: '0' is not a whole number from 10 to 10000000");
  BOOST_TEST(
      refused({{"layers", "8:than"}}).starts_with("--layers: '8:than' cannot be read: 'than' is none of tanh, "));
  BOOST_TEST(refused({{"layers", "conv3"}}) ==
             "--layers: convolutions and pools need images; moons has rows of 2 features");
  BOOST_TEST(refused({{"layers", "1000000,1000000"}}) ==
             "--layers: 1000000 units on 1000000 inputs are more than 1,000,000,000 weights; take fewer");
  BOOST_TEST(refused({{"size", "3"}}) == "--size: there is no such option");
  BOOST_TEST(refused({{"momentum", "0.5"}}) ==
             "--momentum: has no meaning with sgd; take --optimizer momentum or nesterov");
  BOOST_TEST(refused({{"save", "x.safetensors"}}) == "--save: is for the program train alone");
  BOOST_TEST(refused({{"data", "moonz"}}).starts_with("load: there is no data set 'moonz'; there are moons, "));
  BOOST_TEST(refused({{"data", "sine"}}) ==
             "--problem: the page shows classes, and the target is a number; take --problem classes");
  BOOST_TEST(refused({{"dtype", "f32"}}) == "--dtype: the page computes in f64");
  BOOST_TEST(refused({{"lr", 3}}) == "options: lr must be a text");
  BOOST_TEST(refused(Json::array({1})) == "options: must be texts by name");
  BOOST_TEST(result({{"cmd", "measure"}})["step"] == 0);  // what was open, still is
}

BOOST_AUTO_TEST_CASE(tables) {
  const auto table = [](const std::string& csv, Json options = Json::object()) {
    return Json{{"cmd", "open"}, {"table", csv}, {"options", options}};
  };
  BOOST_TEST(error(table("")) == "table: it is empty; give a first line of names and a line for each example");
  BOOST_TEST(error(table(" \n\n")) == "table: it is empty; give a first line of names and a line for each example");
  BOOST_TEST(error(table("Call me Ishmael. Some years ago")) == "data.csv: no column is left for the features");
  BOOST_TEST(error(table("a,b,c\n1,2\n")) == "data.csv:2:4: 2 cells, but 3 columns");
  BOOST_TEST(error(table("a,b\n1,2,3\n")) ==
             "data.csv:2:5: more cells than the 2 columns; put quotes around a cell that holds the delimiter");
  BOOST_TEST(error(table("a,b,label\n1,2,yes\n")) ==
             "data.csv: the target has one class alone, 'yes'; there is nothing to learn");
  BOOST_TEST(error(table("a,b,label\n1,NaN,yes\n2,3,no\n")) ==
             "data.csv: column \"b\" has no value in row 1; take --missing drop or --missing mean");
  BOOST_TEST(error(table("1,2,3\n4,5,6\n")) ==
             "data.csv:1:1: the header holds only numbers; say that there is none (header = false)");
  BOOST_TEST(error(table("a,b,label\n1,2,1.5\n2,3,2.5\n")) ==
             "--problem: the page shows classes, and the target is a number; take --problem classes");
  BOOST_TEST(error({{"cmd", "open"}, {"table", 5}}) == "table: must be a text");
  BOOST_TEST(error(table("a,b,label\n1,2,x\n2,3,y\n", {{"target", "c"}})) ==
             "data.csv: there is no column \"c\"; it has a, b, label");

  const Json opened = result(table(spaced_rows(1000), {{"missing", "mean"}, {"layers", "4"}}));
  BOOST_TEST(opened["name"] == "data.csv");
  BOOST_TEST(opened["standardized"] == true);
  BOOST_TEST(opened["classes"].dump() == R"(["big","small"])");
  BOOST_TEST(opened["command"] == "train data.csv --missing mean --layers 4");
  const std::vector<float> x = floats(opened["train"]["x"]);  // as the table has it
  BOOST_TEST(*std::max_element(x.begin(), x.end()) == 96.f);
  train(300);
  BOOST_TEST(result({{"cmd", "measure"}})["train"]["accuracy"].get<double>() > 0.95);
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_rows) {
  const Json opened = result({{"cmd", "open"}, {"table", spaced_rows(100'000)}, {"options", {{"batch", "100"}}}});
  BOOST_TEST(opened["train"]["count"] == 80'000);
  BOOST_TEST(opened["steps"] == 800);
  BOOST_TEST(train(10)["step"] == 10);
  BOOST_TEST(result({{"cmd", "measure"}})["train"]["confusion"].size() == 2u);
  BOOST_TEST(error({{"cmd", "program"}}) ==
             "program: this data is 300000 numbers; at most 20000 are written into a program");
}

BOOST_AUTO_TEST_CASE(drawn_points) {
  const auto points = [](const Json& list, Json options = {{"layers", "4"}}) {
    return Json{{"cmd", "open"}, {"points", list}, {"options", options}};
  };
  BOOST_TEST(error(points(Json::array())) == "points: there are none; draw some of two classes");
  BOOST_TEST(error(points("x")) == "points: there are none; draw some of two classes");
  BOOST_TEST(error(points({{1, 2}})) == "points: each must be [x1, x2, class], the class a whole number");
  BOOST_TEST(error(points({{1, nullptr, 0}})) == "points: each must be [x1, x2, class], the class a whole number");
  BOOST_TEST(error(points({{0, 0, 1}, {1, 0, 1}})) ==
             "points.csv: the target has one class alone, '1'; there is nothing to learn");
  BOOST_TEST(error(points({{0, 0, 0}, {1, 0, 1}})) == "--dev: 0.2 of 2 examples is not one; take a larger share, or 0");
  Json opened = result(points({{0.1, 0.25, 0}, {1, 0, 1}}, {{"layers", "4"}, {"dev", "0"}, {"standardize", "no"}}));
  BOOST_TEST(opened["train"]["count"] == 2);
  BOOST_TEST((floats(opened["train"]["x"]) == std::vector<float>{0.1f, 0.25f, 1, 0}));
  BOOST_TEST(opened["dev"]["count"] == 0);
  train(10);
  BOOST_TEST(result({{"cmd", "measure"}})["dev"].is_null());
  opened = result(points({{0, 0, 0}, {1, 0, 1}, {0, 1, 2}, {0, 0.1, 0}, {1, 0.1, 1}, {0.1, 1, 2}},
                         {{"layers", "4"}, {"dev", "0"}}));
  BOOST_TEST(opened["problem"] == "classes");
  BOOST_TEST(opened["command"] == "train points.csv --dev 0 --layers 4");
  train(200);
  BOOST_TEST(result({{"cmd", "measure"}})["train"]["accuracy"] == 1);
}

BOOST_AUTO_TEST_CASE(steps_and_rewinding) {
  open(moons);
  const std::vector<double> start = weights();
  const Json first = train(100);
  BOOST_TEST(first["step"] == 100);
  BOOST_TEST(first["costs"].size() == 100u);
  BOOST_TEST(first["costs"][0][0] == 1);
  const std::vector<double> after = weights();
  result({{"cmd", "rewind"}});
  BOOST_TEST(weights() == start);
  for (int i = 0; i < 100; ++i) train(1);
  BOOST_TEST(weights() == after);  // in one go or step by step
  const Json many = train(10'000);
  BOOST_TEST(many["costs"].size() <= 201u);
  BOOST_TEST(many["costs"].back()[0] == 10'100);
  BOOST_TEST(many["microseconds"].get<double>() > 0);
  BOOST_TEST(train(0)["costs"].empty());
  BOOST_TEST(result({{"cmd", "train"}, {"steps", 1'000'000'000}, {"milliseconds", 1}})["step"].get<int>() < 1'000'000);
  BOOST_TEST(error({{"cmd", "train"}, {"steps", -1}}) == "steps: must be a whole number from 0 to 1000000000");
  BOOST_TEST(error({{"cmd", "train"}, {"steps", 0.5}}) == "steps: must be a whole number from 0 to 1000000000");
  BOOST_TEST(error({{"cmd", "train"}, {"steps", "all"}}) == "steps: must be a whole number from 0 to 1000000000");
}

BOOST_AUTO_TEST_CASE(one_unit_no_layers_every_loss_and_optimizer) {
  const Json hello = result({{"cmd", "hello"}});
  for (const char* layers : {"none", "1", "1:relu,1:sigmoid"}) {
    Json options = moons;
    options["layers"] = layers;
    open(options);
    BOOST_TEST(train(20)["step"] == 20);
    result({{"cmd", "measure"}});
    result({{"cmd", "equations"}});
  }
  for (const Json& optimizer : hello["optimizers"])
    for (const Json& schedule : hello["schedules"]) {
      open({{"points", "40"}, {"layers", "3"}, {"optimizer", optimizer}, {"schedule", schedule}, {"batch", "8"}});
      BOOST_TEST_CONTEXT(optimizer << ' ' << schedule) BOOST_TEST(train(20)["diverged"].is_null());
    }
  for (const char* loss : {"cross_entropy", "cross_entropy_from_probabilities", "mse"})
    for (const char* data : {"moons", "blobs"}) {
      open({{"data", data}, {"points", "40"}, {"layers", "3"}, {"loss", loss}});
      BOOST_TEST(train(20)["diverged"].is_null());
    }
}

BOOST_AUTO_TEST_CASE(retuning_keeps_weights_and_step) {
  open(moons);
  train(50);
  const std::vector<double> before = weights();
  Json other = moons;
  other["lr"] = "0.01";
  other["optimizer"] = "adam";
  other["schedule"] = "triangular";
  const Json retuned = result({{"cmd", "retune"}, {"options", other}});
  BOOST_TEST(retuned["command"] ==
             "train moons --points 200 --layers 8,8 --optimizer adam --lr 0.01 --schedule triangular");
  BOOST_TEST(weights() == before);
  BOOST_TEST(train(1)["step"] == 51);
  other["batch"] = "16";
  BOOST_TEST(result({{"cmd", "retune"}, {"options", other}})["steps"] == 10);
  BOOST_TEST(train(10)["epoch"] == 52);  // 51 whole ones, and one of ten steps
  other["layers"] = "4";
  BOOST_TEST(error({{"cmd", "retune"}, {"options", other}}) ==
             "--layers: cannot change while a net is trained; begin again with it");
  BOOST_TEST(error({{"cmd", "retune"}, {"options", {{"lr", "x"}}}}) == "--lr: 'x' is not a number");
  BOOST_TEST(error({{"cmd", "retune"}, {"options", {{"loss", "mae"}}}}) ==
             "--loss: mae is for numbers, and the target is a class; take cross_entropy or mse");
  BOOST_TEST(train(1)["step"] == 62);
}

// The optimiser's memory goes along if it is of the same kind: as if nothing had happened.
BOOST_AUTO_TEST_CASE(retuning_to_the_same_changes_nothing) {
  Json options = moons;
  options["optimizer"] = "adam";
  options["batch"] = "16";
  open(options);
  train(25);
  result({{"cmd", "retune"}, {"options", options}});
  train(25);
  const std::vector<double> retuned = weights();
  result({{"cmd", "rewind"}});
  train(50);
  BOOST_TEST(weights() == retuned);
}

BOOST_AUTO_TEST_CASE(divergence_keeps_the_last_finite_weights) {
  open({{"points", "200"}, {"layers", "8:relu"}, {"lr", "1000"}, {"loss", "cross_entropy_from_probabilities"}});
  const Json diverged = train(1000)["diverged"];
  BOOST_REQUIRE(!diverged.is_null());
  const std::string cause = diverged["cause"].get<std::string>();
  BOOST_TEST(cause.starts_with("binary_cross_entropy: made inf at "), cause);
  BOOST_TEST(cause.find(".cpp:") == std::string::npos, cause);  // a line of the engine would help nobody
  BOOST_TEST(diverged["failed"].get<int>() > diverged["step"].get<int>());
  BOOST_TEST(diverged["try"] == 100);
  for (const double w : weights()) BOOST_TEST(std::isfinite(w));
  BOOST_TEST(std::isfinite(result({{"cmd", "measure"}})["train"]["cost"].get<double>()));
  result({{"cmd", "retune"}, {"options", {{"lr", "0.1"}, {"loss", "cross_entropy"}}}});
  BOOST_TEST(train(100)["diverged"].is_null());
}

BOOST_AUTO_TEST_CASE(measuring) {
  open({{"points", "200"}, {"layers", "8:relu,6:sigmoid,5:identity"}, {"init", "zeros"}});
  Json measured = result({{"cmd", "measure"}});
  BOOST_TEST(measured["layers"].size() == 4u);
  BOOST_TEST(measured["layers"][0]["dead"] == 1);  // zeros: nothing ever comes out
  BOOST_TEST(measured["layers"][1]["saturated"] == 0);
  BOOST_TEST(measured["layers"][2]["saturated"].is_null());
  BOOST_TEST(measured["layers"][3]["dead"].is_null());
  BOOST_TEST(measured["layers"][0]["gradient_norm"] == 0);
  BOOST_TEST(std::abs(measured["train"]["cost"].get<double>() - std::log(2)) < 1e-12);
  open({{"points", "200"}, {"layers", "8"}});
  train(500);
  measured = result({{"cmd", "measure"}});
  int total = 0;
  for (const Json& row : measured["dev"]["confusion"])
    for (const Json& count : row) total += count.get<int>();
  BOOST_TEST(total == 40);
  BOOST_TEST(measured["train"]["accuracy"].get<double>() > 0.8);
}

BOOST_AUTO_TEST_CASE(saved_and_loaded_it_goes_on) {
  const std::string csv = spaced_rows(60);
  for (const Json& request : {Json{{"cmd", "open"}, {"options", moons}}, Json{{"cmd", "open"}, {"table", csv}}}) {
    result(request);
    result({{"cmd", "retune"}, {"options", {{"optimizer", "adam"}, {"batch", "7"}}}});
    train(500);
    const Json file = result({{"cmd", "save"}})["file"];
    train(20);
    const std::vector<double> there = weights();
    open({{"data", "xor"}});
    const Json loaded = result({{"cmd", "load"}, {"file", file}});
    BOOST_TEST(loaded["step"] == 500);
    BOOST_TEST(loaded["table"] == request.value("table", ""));
    train(20);
    BOOST_TEST(weights() == there);
  }
}

BOOST_AUTO_TEST_CASE(hostile_files) {
  open(moons);
  train(5);
  const auto load = [](const std::string& file) { return error({{"cmd", "load"}, {"file", file}}); };
  BOOST_TEST(load("") != "");
  BOOST_TEST(load("?!") == "file: is not in base64");
  BOOST_TEST(load("AAAA") != "");
  BOOST_TEST(error({{"cmd", "load"}, {"file", 7}}) == "file: must be a text");
  const std::string file = result({{"cmd", "save"}})["file"];
  for (std::size_t length = 0; length < file.size(); length += 61)
    BOOST_TEST(load(file.substr(0, length)).starts_with("file"), length);
  int loaded = 0;
  for (std::size_t at = 8; at < file.size(); at += 13) {  // one letter changed
    std::string damaged = file;
    damaged[at] = damaged[at] == 'A' ? 'B' : 'A';
    loaded += answer({{"cmd", "load"}, {"file", damaged}}).contains("result");
  }
  BOOST_TEST(loaded > 0);  // numbers may be others, and are taken
  open(moons);
  BOOST_TEST(result({{"cmd", "load"}, {"file", file}})["step"] == 5);
}

// The page's costs are those of the command line: as recorded, in every build; where the program can be run, as it
// gives them now.
BOOST_AUTO_TEST_CASE(costs_are_those_of_train) {
  for (const RecordedCosts& run : recorded_costs) {
    const std::string arguments = run.arguments;
    Json options{{"data", arguments.substr(0, arguments.find(' '))}};
    std::istringstream rest(arguments.substr(arguments.find(' ')));
    for (std::string name, value; rest >> name >> value;) options[name.substr(2)] = value;
    BOOST_TEST(open(options)["command"] == "train " + arguments);
    const Json trained = train(100);
    std::vector<double> costs;
    for (const Json& cost : trained["costs"]) costs.push_back(cost[1]);
    BOOST_REQUIRE(costs.size() == run.costs.size());
    for (std::size_t i = 0; i < costs.size(); ++i)
      BOOST_TEST(std::abs(costs[i] - run.costs[i]) <= 1e-10, arguments << ", step " << i + 1);
#ifdef XGRAD_TRAIN
    const std::vector<std::string> lines =
        output_lines(XGRAD_TRAIN + (" " + arguments) + " --epochs 100 --json - 2>/dev/null");
    BOOST_REQUIRE(lines.size() == 102u);
    for (std::size_t i = 0; i < costs.size(); ++i)
      BOOST_TEST(std::abs(costs[i] - Json::parse(lines[i + 1])["train_loss"].get<double>()) <= 1e-10);
#endif
  }
}

#ifdef XGRAD_COMPILE
// The exported program compiles, and says what the page says.
BOOST_AUTO_TEST_CASE(the_program_gets_the_same_accuracy) {
  const Json requests[] = {
      {{"cmd", "open"}, {"options", {{"data", "spiral"}, {"points", "150"}, {"noise", "0.1"}, {"layers", "6:relu,4"}}}},
      {{"cmd", "open"},
       {"table", spaced_rows(70) + ",3,small\n"},
       {"options", {{"missing", "mean"}, {"layers", "3"}}}}};
  for (const Json& request : requests) {
    result(request);
    train(150);
    const Json measured = result({{"cmd", "measure"}});
    std::ofstream("program.cpp") << result({{"cmd", "program"}})["code"].get<std::string>();
    BOOST_REQUIRE(std::system(XGRAD_COMPILE) == 0);
    const std::vector<std::string> lines = output_lines("./program");
    BOOST_REQUIRE(lines.size() == 2u);
    BOOST_TEST(lines[0] == "train accuracy " + number_text(measured["train"]["accuracy"].get<double>()));
    BOOST_TEST(lines[1] == "dev accuracy " + number_text(measured["dev"]["accuracy"].get<double>()));
  }
}
#endif
