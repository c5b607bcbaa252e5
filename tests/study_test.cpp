// The study: grids, runs, rows, files of results.

#define BOOST_TEST_MODULE study
#include "support.hpp"

#include <nlohmann/json.hpp>

#include "../examples/common/progress.hpp"
#include "files.hpp"
#include "study_rows.hpp"

using namespace study;

namespace {

std::string text(const Grid& grid) { return to_json(grid).dump(); }

// Every key of a grid other than by default.
Grid odd_grid() {
  return {.name = "odd",
          .data = {.set = "circles", .points = 60, .noise = 0.125},
          .train = 0.7,
          .widths = {5, 2},
          .depths = {0, 1, 3},
          .activations = {"relu", "elu"},
          .rates = {0.1, 1. / 3},
          .batches = {0, 7},
          .decays = {0, 1e-3},
          .iterations = {3, 20},
          .init = "he_normal",
          .seed = (1ull << 53) - 1,
          .repeats = 2};
}

}  // namespace

BOOST_AUTO_TEST_CASE(times_in_words) {
  BOOST_TEST(common::short_duration_text(0.000'012) == "0.012 ms");
  BOOST_TEST(common::short_duration_text(0.0049) == "4.9 ms");
  BOOST_TEST(common::short_duration_text(0.149'6) == "150 ms");
  BOOST_TEST(common::short_duration_text(0.999'6) == "1.0 s");
  BOOST_TEST(common::short_duration_text(12.4) == "12 s");
}

BOOST_AUTO_TEST_CASE(a_grid_written_and_read_is_the_same) {
  for (const Grid& grid : {Grid{}, odd_grid()}) {
    BOOST_TEST(text(parse_grid(text(grid), "x.json")) == text(grid));
    BOOST_TEST(text(parse_grid(to_json(grid).dump(2), "x.json")) == text(grid));
  }
  Grid file = odd_grid();
  file.data = {.set = "", .file = "a \"b\".csv", .target = "y", .missing = "drop"};
  BOOST_TEST(text(parse_grid(text(file), "x.json")) == text(file));
  BOOST_TEST(text(parse_grid("{}", "some/folder/article.json")) == text(Grid{}));
  BOOST_TEST(parse_grid("{}", "some/folder/mine.json").name == "mine");
  BOOST_TEST((parse_grid(R"({"iterations": [30, 1e1, 20]})", "g.json").iterations == std::vector<Index>{10, 20, 30}));
}

BOOST_AUTO_TEST_CASE(grids_that_are_none) {
  CHECK_MESSAGE(parse_grid(R"({"rates": [1e999]})", "g.json"), "g.json: '1e999' is beyond what a number can be");
  CHECK_MESSAGE(parse_grid(" \n", "g.json"),
                "g.json: is empty; {} stands for the article's grid, and `study --print-grid` prints one to change");
  CHECK_MESSAGE(parse_grid("{\n\n  \"seed\" 3}", "g.json"),
                "g.json:3:10: is not JSON from here on; a comma, quote or bracket too many or too few?");
  CHECK_MESSAGE(parse_grid(R"({"data": {"set": "xor", "set": "xor"}})", "g.json"), "g.json: \"set\" is given twice");
  const std::string whole = text(odd_grid());
  for (std::size_t n = 0; n < whole.size(); ++n)
    BOOST_TEST(support::message([&] { parse_grid(whole.substr(0, n), "g.json"); }).starts_with("g.json:"));
}

BOOST_AUTO_TEST_CASE(the_articles_grid) {
  const std::vector<Run> all = runs({});
  BOOST_TEST(all.size() == 105);
  BOOST_TEST(row_count({}) == 420);
  // width, then activation, then rate; the last varies fastest
  BOOST_TEST((all[0].configuration == Configuration{1, 1, "tanh", 1.2, 0, 0}));
  BOOST_TEST((all[1].configuration == Configuration{1, 1, "tanh", 0.6, 0, 0}));
  BOOST_TEST((all[5].configuration == Configuration{1, 1, "sigmoid", 1.2, 0, 0}));
  BOOST_TEST((all[15].configuration == Configuration{2, 1, "tanh", 1.2, 0, 0}));
  BOOST_TEST((all[104].configuration == Configuration{50, 1, "relu", 0.001, 0, 0}));
  BOOST_TEST(to_string(all[31].configuration, {}) == "width 3, tanh, rate 0.6");
}

BOOST_AUTO_TEST_CASE(runs_are_numbered_in_order_and_differ) {
  const Grid grid = odd_grid();
  const std::vector<Run> all = runs(grid);
  // 2 widths × 2 depths × 2 activations and once logistic regression, × rates × batches × decays × seeds
  BOOST_TEST(all.size() == (2 * 2 * 2 + 1) * 2 * 2 * 2 * 2);
  BOOST_TEST(row_count(grid) == 2 * all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    BOOST_TEST(all[i].number == i);
    BOOST_TEST(all[i].seed == grid.seed + i % 2);  // repeats vary fastest
    for (std::size_t k = 0; k < i; ++k)
      BOOST_TEST((all[i].seed != all[k].seed || all[i].configuration != all[k].configuration));
  }
  BOOST_TEST((all[0].configuration == Configuration{0, 0, "none", 0.1, 0, 0}));
  BOOST_TEST(to_string(all[0].configuration, grid) == "no hidden layer, rate 0.1, batch all, decay 0");
  BOOST_TEST(to_string(all.back().configuration, grid) == "width 2 × 3, elu, rate 0.333333, batch 7, decay 0.001");
}

BOOST_AUTO_TEST_CASE(rows_written_and_read_are_the_same) {
  const Grid grid = odd_grid();
  const std::vector<Run> all = runs(grid);
  const Row row = row_of(all[33], 20, 0.9, 2. / 3, 1e-3);
  Row lost = row_of(all[34], 3, NAN, NAN, 0.5);
  lost.train_cost = lost.dev_cost = NAN;
  lost.diverged = 2;
  for (const Row& r : {row, lost}) {
    const auto json = nlohmann::ordered_json::parse(to_json(r).dump());
    const Row back = row_from(json, grid, all);
    BOOST_TEST(to_json(back).dump() == to_json(r).dump());
    BOOST_TEST(same(back, r));
  }
  Row slower = row;
  slower.seconds = 2;
  BOOST_TEST(same(row, slower));
  Row other = row;
  other.costs.back().second = 0.3;  // 0.1 + 0.2 is another double
  BOOST_TEST(!same(row, other));
  auto foreign = to_json(row);
  foreign["width"] = 6;
  CHECK_MESSAGE(row_from(foreign, grid, all), "its configuration is not in the grid");
  foreign = to_json(row);
  foreign["iterations"] = 4;
  CHECK_MESSAGE(row_from(foreign, grid, all), "its configuration is not in the grid");
  foreign = to_json(row);
  foreign["run"] = all.size();
  CHECK_MESSAGE(row_from(foreign, grid, all), "its run is not in the grid");
  foreign = to_json(row);
  foreign["dev_accuracy"] = 1.5;
  CHECK_MESSAGE(row_from(foreign, grid, all), "it has no accuracies or costs, and has not diverged");
  foreign = to_json(row);
  foreign.erase("costs");
  CHECK_MESSAGE(row_from(foreign, grid, all), "it is no row of a study");
}

// Whatever a killed writer leaves: all whole rows are there, and adding the rest gives the whole.
BOOST_AUTO_TEST_CASE(every_prefix_of_a_file_of_results) {
  const support::Folder folder;
  Grid grid = odd_grid();
  grid.depths = {1};
  grid.activations = {"relu"};
  grid.batches = {0};
  grid.decays = {0};
  grid.repeats = 1;
  const Head head{grid, ""};
  Results all{.head = head, .rows = {}, .tail = ""};
  for (const Run& run : runs(grid))
    for (const Index n : grid.iterations) {
      const Row row = row_of(run, n, 0.9, 0.8, 1);
      all.rows.emplace(key(row), row);
    }
  const std::string whole = results_text(all), first = whole.substr(0, whole.find('\n') + 1);
  BOOST_TEST(std::count(whole.begin(), whole.end(), '\n') == 9);
  for (std::size_t n = 0; n <= whole.size(); ++n) {
    const std::string part = whole.substr(0, n), path = folder.write("part.jsonl", part);
    const Results read = read_results(path);
    const auto lines = static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n'));
    BOOST_REQUIRE(read.rows.size() == (lines ? lines - 1 : 0));
    BOOST_REQUIRE(whole.substr(0, read.whole_bytes) + read.tail == part);
    for (const auto& [at, row] : read.rows) BOOST_REQUIRE(same(row, all.rows.at(at)));
    if (n % 7 > 0 && !part.ends_with('\n')) continue;  // disks take their time
    ResultsFile file(path, head);
    BOOST_REQUIRE(support::content(path) == (lines ? part.substr(0, read.whole_bytes) : first));
    if (n % 49 > 0) continue;
    for (const auto& [at, row] : all.rows) file.add(row);
    BOOST_REQUIRE(support::content(path) == whole);
    file.finish();
    BOOST_REQUIRE(support::content(path) == whole);
  }
}

BOOST_AUTO_TEST_CASE(results_that_are_not_taken) {
  const support::Folder folder;
  const Case one(Table{{0.9}, {0.8}, {0.7}});
  const std::string path = folder.path("results.jsonl");
  const Head head{one.grid, "mark"};
  ResultsFile file(path, head);
  CHECK_MESSAGE(ResultsFile(path, head),
                path + ": another study is writing to it; wait for that one, or give another --out");
  file.add(one.rows.at({1, 10}));
  const std::string before = support::content(path);
  {
    const support::Room full(before.size() + 20);
    CHECK_MESSAGE(file.add(one.rows.at({0, 10})), "cannot write " + path + ": File too large");
  }
  BOOST_TEST(support::content(path) == before);
  Rows contrary = one.rows;
  contrary.at({1, 10}).dev_accuracy = 0.5;
  CHECK_MESSAGE(file.take(contrary), path +
                                         ": run 1 after 10 iterations is not as in the files to be merged; were they "
                                         "made by different versions or machines?");
  Rows some = one.rows;
  some.erase({1, 10});
  BOOST_TEST(missing_runs(one.grid, some) == "1 of 3 runs, numbers 1");
  BOOST_TEST(missing_runs(one.grid, {}) == "3 of 3 runs, numbers 0-2");
  Grid large;
  some.clear();
  for (const Run& run : runs(large))
    if (run.number % 3)
      for (const Index n : large.iterations) {
        const Row row = row_of(run, n, 1, 1, 1);
        some.emplace(key(row), row);
      }
  BOOST_TEST(missing_runs(large, some) == "35 of 105 runs, numbers 0, 3, 6, 9, 12, 15, 18, 21, 24, 27 …");
}
