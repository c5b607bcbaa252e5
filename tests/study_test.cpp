// The study's parts: grids, runs, rows, files of results, the filter, and what is luck.

#define BOOST_TEST_MODULE study
#include "support.hpp"

#include <sstream>

#include <nlohmann/json.hpp>

#include "../examples/study/luck.hpp"
#include "files.hpp"

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

// A row of a run; the accuracies are shares.
Row row_of(const Run& run, Index iterations, double train, double dev, double seconds) {
  return {.run = run,
          .iterations = iterations,
          .diverged = {},
          .train_cost = 0.1,
          .dev_cost = 1. / 3,
          .train_accuracy = train,
          .dev_accuracy = dev,
          .seconds = seconds,
          .costs = {{1, 0.7}, {2, 0.1 + 0.2}}};
}

// One rate a configuration, with these dev accuracies by seed; each trains as well as it does on dev examples.
struct Case {
  explicit Case(const std::vector<std::vector<double>>& accuracies) {
    grid.widths = {1};
    grid.activations = {"tanh"};
    grid.iterations = {10};
    grid.rates.clear();
    grid.repeats = static_cast<Index>(accuracies.front().size());
    for (std::size_t i = 0; i < accuracies.size(); ++i) grid.rates.push_back(static_cast<double>(i + 1));
    for (const Run& run : runs(grid)) {
      const double a = accuracies[run.number / accuracies.front().size()][run.number % accuracies.front().size()];
      add(row_of(run, 10, a, a, 1));
    }
  }
  void add(const Row& row) { rows.insert_or_assign(key(row), row); }
  Row& row(std::size_t run) { return rows.at({run, 10}); }
  std::vector<Summary> all() const { return summarise(grid, rows); }
  Grid grid;
  Rows rows;
};

std::vector<double> rates(const std::vector<const Summary*>& list) {
  std::vector<double> result;
  for (const Summary* s : list) result.push_back(s->configuration().rate);
  return result;
}

}  // namespace

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
  BOOST_TEST((parse_grid(R"({"iterations": [30, 1e1, 20]})", "").iterations == std::vector<Index>{10, 20, 30}));
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
  CHECK_MESSAGE(row_from(foreign, grid, all), "it has no accuracies, and has not diverged");
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
    ResultsFile file(path, head);
    BOOST_REQUIRE(support::content(path) == (lines ? part.substr(0, read.whole_bytes) : first));
    if (n % 50 > 0) continue;
    for (const auto& [at, row] : all.rows) file.add(row);
    BOOST_REQUIRE(support::content(path) == whole);
    file.finish();
    BOOST_REQUIRE(support::content(path) == whole);
  }
}

BOOST_AUTO_TEST_CASE(results_that_are_not_taken) {
  const support::Folder folder;
  const Case one({{0.9}, {0.8}, {0.7}});
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

// R: prop.test(right, n, correct = FALSE)$conf.int; 81 of 263 is Newcombe's example (Statistics in Medicine 17, 1998).
BOOST_AUTO_TEST_CASE(wilson_intervals) {
  const auto check = [](Index right, Index n, double low, double high) {
    const Interval i = interval(right, n);
    BOOST_TEST(std::abs(i.low - low) <= 5e-5, right << " of " << n << ": " << i.low);
    BOOST_TEST(std::abs(i.high - high) <= 5e-5, right << " of " << n << ": " << i.high);
  };
  check(81, 263, 0.2553, 0.3662);
  check(15, 148, 0.0624, 0.1605);
  check(0, 20, 0, 0.1611);
  check(1, 29, 0.0061, 0.1718);
  check(29, 29, 0.8830, 1);
  check(468, 500, 0.9111, 0.9543);
  for (Index n = 1; n < 60; ++n)
    for (Index right = 0; right <= n; ++right) {
      const Interval i = interval(right, n), mirrored = interval(n - right, n);
      const double p = static_cast<double>(right) / static_cast<double>(n);
      BOOST_TEST((0 <= i.low && i.low <= p && p <= i.high && i.high <= 1));
      BOOST_TEST(std::abs(i.low - (1 - mirrored.high)) <= 1e-12);
    }
}

// By hand: t = mean / (s / √n), against 12.706, 4.303, 2.776 and 2.262 for 2, 3, 5 and 10 seeds.
BOOST_AUTO_TEST_CASE(what_may_be_luck) {
  const auto luck = [](const std::vector<double>& a, const std::vector<double>& b) {
    const Case two({a, b});
    const std::vector<Summary> all = two.all();
    BOOST_TEST(may_be_luck(all[0], all[1]) == may_be_luck(all[1], all[0]));
    return may_be_luck(all[0], all[1]);
  };
  BOOST_TEST(luck({0.9, 0.9}, {0.9, 0.9}));
  BOOST_TEST(!luck({0.91, 0.92}, {0.9, 0.91}));      // 0.01 both times: no spread at all
  BOOST_TEST(luck({0.91, 0.92}, {0.9, 0.9}));        // differences 0.01, 0.02: t = 3
  BOOST_TEST(luck({0.911, 0.913}, {0.9, 0.9}));      // 0.011, 0.013: t = 12
  BOOST_TEST(!luck({0.912, 0.914}, {0.9, 0.9}));     // 0.012, 0.014: t = 13
  BOOST_TEST(luck({0.91, 0.92, 0.93}, {0.9, 0.9, 0.9}));   // 1, 2, 3: t = 2 / (1 / √3) = 3.46
  BOOST_TEST(!luck({0.92, 0.93, 0.94}, {0.9, 0.9, 0.9}));  // 2, 3, 4: t = 5.2
  // 0, 1, 2, 3, 4: t = 2 / (1.5811 / √5) = 2.828; with the last seed a tie, 0, 1, 2, 3, 0: t = 2.06
  BOOST_TEST(!luck({0.9, 0.91, 0.92, 0.93, 0.94}, {0.9, 0.9, 0.9, 0.9, 0.9}));
  BOOST_TEST(luck({0.9, 0.91, 0.92, 0.93, 0.9}, {0.9, 0.9, 0.9, 0.9, 0.9}));
  // 8 times 1, twice −1: mean 0.6, s = 0.8433, t = 2.25; of 11 with 9 times 1: mean 7/11, s = 0.809, t = 2.609
  const std::vector<double> base(11, 0.5);
  const auto plus_minus = [](std::size_t plus, std::size_t minus) {
    std::vector<double> a(plus, 0.51);
    a.insert(a.end(), minus, 0.49);
    return a;
  };
  BOOST_TEST(luck(plus_minus(8, 2), {base.begin(), base.begin() + 10}));
  BOOST_TEST(!luck(plus_minus(9, 2), base));
}

BOOST_AUTO_TEST_CASE(summaries_are_means_over_the_seeds) {
  Case c({{0.9, 0.8, 0.7}, {0.5, 0.5, 0.5}, {0.6, 0.6, 0.6}});
  c.row(1).train_accuracy = 0.5;
  c.row(2).seconds = 4;
  c.row(4).diverged = 3;
  c.row(4).dev_accuracy = c.row(4).train_accuracy = NAN;
  c.rows.erase({8, 10});
  const std::vector<Summary> all = c.all();
  BOOST_TEST(all.size() == 2);  // the last one lacks a seed
  BOOST_TEST(std::abs(all[0].dev_accuracy - 0.8) <= 1e-15);
  BOOST_TEST(std::abs(all[0].train_accuracy - 0.7) <= 1e-15);
  BOOST_TEST(std::abs(all[0].gap - 0.1) <= 1e-15);
  BOOST_TEST(std::abs(all[0].spread - 0.1) <= 1e-15);
  BOOST_TEST(all[0].seconds == 2);
  BOOST_TEST(to_string(all[0], c.grid) == "width 1, tanh, rate 1, 10 iterations");
  BOOST_TEST(all[1].diverged == 1);
  BOOST_TEST(shortfall(all[1], {}) == "diverged");
}

BOOST_AUTO_TEST_CASE(filters_remove_in_turn) {
  Case c({{0.99}, {0.97}, {0.96}, {0.9}, {0.98}, {0.5}});
  c.row(0).train_accuracy = 0.95;  // a gap of 4 points
  c.row(1).seconds = 5;
  c.row(2).seconds = 2;
  c.row(4).seconds = 30;
  c.row(5).diverged = 1;
  c.row(5).dev_accuracy = NAN;
  const std::vector<Summary> all = c.all();
  const Selection s = select(all, {});
  std::ostringstream text;
  std::size_t left = all.size();
  for (const Filter& f : s.filters) {
    text << f.keeps << ": " << f.removed << '\n';
    left -= f.removed;
    BOOST_TEST(f.left == left);
  }
  BOOST_TEST(text.str() ==
             "not diverged: 1\ndev accuracy > 95 %: 1\ntrain − dev gap ≤ 1 %: 1\ntraining time < 30 s: 1\n");
  BOOST_TEST(left == s.survivors.size());
  BOOST_TEST((rates(s.survivors) == std::vector<double>{3, 2}));  // the quickest first
  BOOST_TEST(s.nearest.empty());
  BOOST_TEST(s.chosen()->configuration().rate == 3);
}

// `>` for the accuracy, `≤` for the gap, `<` for the time; 1900 of 2000 is 0.95 however it was computed.
BOOST_AUTO_TEST_CASE(filters_at_their_thresholds) {
  const auto passes = [](double train, double dev, double seconds) {
    Case c({{0.5}});
    c.row(0).train_accuracy = train;
    c.row(0).dev_accuracy = dev;
    c.row(0).seconds = seconds;
    const std::vector<Summary> all = c.all();
    return !select(all, {}).survivors.empty();
  };
  BOOST_TEST(passes(0.9525, 0.9525, 1));
  BOOST_TEST(!passes(0.95, 0.95, 1));
  BOOST_TEST(!passes(0.95, 0.95 + 1e-16, 1));
  BOOST_TEST(!passes(0.95, 1 - 20. / 400, 1));
  BOOST_TEST(passes(0.97, 0.96, 1));
  BOOST_TEST(passes(0.96, 0.97, 1));
  BOOST_TEST(!passes(0.9725, 0.96, 1));
  BOOST_TEST(passes(1, 0.99, 29.999));
  BOOST_TEST(!passes(1, 0.99, 30));
}

BOOST_AUTO_TEST_CASE(the_nearest_where_nothing_passes) {
  Case c({{0.94}, {0.9475}, {0.945}, {0.945}, {0.96}, {0.93}, {0.95}});
  c.row(1).train_accuracy = 0.9675;  // 0.25 points short and 1 too wide: 1.25 in all
  c.row(2).seconds = 3;
  c.row(3).seconds = 2;
  c.row(4).seconds = 100;  // all but too slow
  c.row(5).diverged = 2;
  c.row(5).dev_accuracy = NAN;
  const std::vector<Summary> all = c.all();
  const Selection s = select(all, {});
  BOOST_TEST(s.survivors.empty());
  BOOST_TEST((rates(s.nearest) == std::vector<double>{7, 4, 3, 1, 2, 5}));
  BOOST_TEST(s.chosen()->configuration().rate == 7);
  BOOST_TEST(shortfall(all[6], {}) == "dev accuracy only just reaches it");
  BOOST_TEST(shortfall(all[3], {}) == "dev accuracy 0.5 points short");
  BOOST_TEST(shortfall(all[1], {}) == "dev accuracy 0.25 points short, gap 1 points too wide");
  BOOST_TEST(shortfall(all[4], {}) == "takes 100 s");
  Case lost({{0.9}});
  lost.row(0).diverged = 1;
  const std::vector<Summary> none = lost.all();
  BOOST_TEST(!select(none, {}).chosen());
  BOOST_TEST(!select({}, {}).chosen());
}
