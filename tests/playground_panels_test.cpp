// What the playground's panels show of a net: its map, tape, equations, gradient checks and weights.

#define BOOST_TEST_MODULE playground_panels

#include "playground.hpp"

#include <algorithm>
#include <map>
#include <set>

using namespace playground;
using xgrad::number_text;

BOOST_AUTO_TEST_CASE(maps) {
  open({{"data", "blobs"}, {"points", "100"}, {"layers", "5,4"}});
  train(10);
  const Json map =
      result({{"cmd", "map"}, {"columns", 7}, {"rows", 3}, {"x", {-1, 1}}, {"y", {0, 3}}, {"units", true}});
  const std::vector<float> net = floats(map["net"]);
  BOOST_TEST(net.size() == 63u);
  for (std::size_t i = 0; i < 21; ++i) BOOST_TEST(std::abs(net[i] + net[i + 21] + net[i + 42] - 1) < 1e-5);
  BOOST_TEST(map["layers"].size() == 2u);
  BOOST_TEST(floats(map["layers"][0]["values"]).size() == 105u);
  const auto refused = [](const char* name, const Json& value) {
    Json request{{"cmd", "map"}, {"columns", 7}, {"rows", 3}, {"x", {-1, 1}}, {"y", {0, 3}}};
    request[name] = value;
    return error(request);
  };
  BOOST_TEST(refused("columns", 0) == "columns: must be a whole number from 1 to 1000");
  BOOST_TEST(refused("x", Json::array({1, 1})) == "x: must be two numbers, the first below the second");
  BOOST_TEST(refused("y", 3) == "y: must be two numbers, [low, high]");
  BOOST_TEST(refused("axes", Json::array({0, 2})) == "axes: must be a whole number from 0 to 1");
  result({{"cmd", "open"}, {"table", "a,label\n1,x\n2,y\n1,x\n2,y\n3,y\n"}});
  BOOST_TEST(refused("rows", 3) == "map: needs two features; this data has 1");
}

// The first row is at y's low end, and cells are looked at in their middle.
BOOST_AUTO_TEST_CASE(maps_lie_as_they_should) {
  open({{"points", "20"}, {"layers", "none"}});
  const Json weights_of = result({{"cmd", "weights"}});
  const auto at = [&](double x, double y) {
    const Json& W = weights_of[0]["values"];
    return 1 / (1 + std::exp(
                        -(W[0].get<double>() * x + W[1].get<double>() * y + weights_of[1]["values"][0].get<double>())));
  };
  const std::vector<float> net =
      floats(result({{"cmd", "map"}, {"columns", 2}, {"rows", 2}, {"x", {0, 4}}, {"y", {10, 20}}})["net"]);
  const double expected[] = {at(1, 12.5), at(3, 12.5), at(1, 17.5), at(3, 17.5)};
  for (std::size_t i = 0; i < 4; ++i) BOOST_TEST(std::abs(net[i] - expected[i]) < 1e-6);
}

BOOST_AUTO_TEST_CASE(the_tape_as_recorded) {
  open({{"points", "40"}, {"layers", "2"}});
  const Json tape = result({{"cmd", "tape"}, {"examples", 3}});
  std::map<std::string, Json> by_name;
  for (const Json& node : tape["nodes"]) by_name[node["name"]] = node;
  BOOST_TEST(by_name.at("Z1")["formula"] == "X · W1ᵀ + b1");
  BOOST_TEST(by_name.at("A1")["formula"] == "tanh(Z1)");
  BOOST_TEST(by_name.at("Z1")["shape"].dump() == "[3,2]");
  BOOST_TEST(by_name.at("W1")["parameter"] == "0.weight");
  BOOST_TEST(by_name.at("W1")["operation"] == "leaf");
  BOOST_TEST(by_name.at("J")["gradient"].dump() == "[1.0]");
  BOOST_TEST(result({{"cmd", "weights"}})[0]["name"] == "0.weight");  // their own names again
  BOOST_TEST(result({{"cmd", "tape"}, {"part", "dev"}})["nodes"].size() == tape["nodes"].size());
  BOOST_TEST(error({{"cmd", "tape"}, {"part", "test"}}) == "part: 'test' is none of train, dev");
  open({{"points", "40"}, {"layers", "20"}, {"dev", "0"}});
  BOOST_TEST(error({{"cmd", "tape"}, {"part", "dev"}}) == "part: there is no dev part; give dev a share");
  const Json wide = result({{"cmd", "tape"}, {"examples", 32}});
  for (const Json& node : wide["nodes"]) BOOST_TEST(node["value"].size() <= 64u);
}

BOOST_AUTO_TEST_CASE(equations_hold) {
  const Json hello = result({{"cmd", "hello"}});
  for (const Json& activation : hello["activations"])
    for (const char* data : {"moons", "blobs"}) {
      const std::string name = activation.get<std::string>();
      open({{"data", data}, {"points", "60"}, {"layers", "5:" + name + ",4"}, {"l2", "0.1"}});
      train(5);
      const Json equations = result({{"cmd", "equations"}, {"examples", 40}});
      BOOST_TEST(equations["rows"].size() == 9u);
      BOOST_TEST(equations["rows"][0]["formula"] == "dZ3 = A3 − Y");
      BOOST_TEST(equations["rows"][6]["formula"] == "dZ1 = (dZ2 · W2) ⊙ " + name + "′(Z1)");
      for (const Json& row : equations["rows"])
        BOOST_TEST(row["holds"].get<bool>(), name << ", " << data << ": " << row.dump());
    }
  open({{"points", "60"}, {"loss", "mse"}});
  BOOST_TEST(error({{"cmd", "equations"}}) ==
             "equations: dZL = AL − Y holds for cross-entropy; this run has the loss mse");
  open({{"points", "60"}, {"layers", "4,dropout0.5"}});
  BOOST_TEST(error({{"cmd", "equations"}}) ==
             "equations: is for nets of linear layers and activations; this one has others too");
}

BOOST_AUTO_TEST_CASE(checks_and_curves) {
  open({{"points", "60"}, {"layers", "3"}});
  train(10);
  Json check = result({{"cmd", "check"}});
  BOOST_TEST(check["rows"].size() == 13u);
  BOOST_TEST(check["stencil"] == "complex step");
  BOOST_TEST(check["verdict"] == "pass");
  for (const Json& row : check["rows"]) {
    BOOST_TEST(row["verdict"] == "pass");
    BOOST_TEST(std::abs(row["central"].get<double>() - row["analytic"].get<double>()) < 1e-6);
  }
  check = result({{"cmd", "check"}, {"stencil", "central"}, {"step", 0.5}});
  BOOST_TEST(check["verdict"] == "not confirmed");  // so large a step is wrong
  BOOST_TEST(error({{"cmd", "check"}, {"stencil", "none"}}) ==
             "stencil: 'none' is none of automatic, complex_step, central, four_point, six_point");
  BOOST_TEST(error({{"cmd", "check"}, {"step", -1}}) == "step: must be above 0, or 0 for the best one");
  const Json curve = result({{"cmd", "curve"}, {"name", "0.weight"}, {"index", {2, 1}}});
  BOOST_TEST(curve["rows"].size() == 15u);
  BOOST_TEST(curve["rows"].back()["complex"].get<double>() < 1e-12);
  BOOST_TEST(error({{"cmd", "curve"}, {"name", "9.weight"}, {"index", {0, 0}}}) ==
             "curve: this net has no Parameter '9.weight'");
  BOOST_TEST(error({{"cmd", "curve"}, {"name", "0.weight"}}) == "index: must be a list of whole numbers");
  BOOST_TEST(error({{"cmd", "curve"}, {"name", "0.weight"}, {"index", {3, 0}}}) ==
             "at: (3, 0) into 0.weight (3, 2): axis 0 has size 3");
  open({{"points", "60"}, {"layers", "50,50"}});
  BOOST_TEST(error({{"cmd", "check"}}) ==
             "check: takes every weight by itself, and this net has 2751; check one of at most 2000");
}

BOOST_AUTO_TEST_CASE(weights_of_ones_own) {
  const Json request{{"cmd", "open"},
                     {"options", {{"points", "20"}, {"layers", "2"}}},
                     {"weights", {{"0.weight", {0.1, 0.2, 0.3, 0.4}}, {"2.bias", {0.5}}}}};
  result(request);
  BOOST_TEST(result({{"cmd", "weights"}})[0]["values"].dump() == "[0.1,0.2,0.3,0.4]");
  train(3);
  result({{"cmd", "rewind"}});
  BOOST_TEST(result({{"cmd", "weights"}})[0]["values"].dump() == "[0.1,0.2,0.3,0.4]");
  const auto refused = [&](const Json& weights) {
    Json other = request;
    other["weights"] = weights;
    return error(other);
  };
  BOOST_TEST(refused({{"1.weight", {1}}}) == "weights: this net has no 1.weight");
  BOOST_TEST(refused({{"0.weight", {1, 2}}}) == "weights: 0.weight needs 4 numbers, (2, 2)");
  BOOST_TEST(refused({{"0.weight", {1, 2, "x", 3}}}) == "weights: 0.weight must hold numbers alone");
  BOOST_TEST(refused({{"0.weight", 3}}) == "weights: 0.weight needs 4 numbers, (2, 2)");
  BOOST_TEST(refused("x") == "weights: must be lists of numbers by name");
}
