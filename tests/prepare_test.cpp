// From a Table to a Task: targets, words, missing values, and every refusal.

#define BOOST_TEST_MODULE prepare
#include "support.hpp"

#include <nn/data/csv.hpp>
#include <nn/data/prepare.hpp>

using namespace xgrad;
namespace data = nn::data;
using data::Problem;
using Values = std::vector<double>;
using Words = std::vector<std::string>;

namespace {

data::Table weather() {
  return data::parse_csv("outlook,heat,windy,play\nsun,30,no,yes\nrain,20,yes,no\nfog,10,no,yes\nsun,0,yes,no\n", {},
                         "weather.csv");
}
data::Table gaps() { return data::parse_csv("a,b,y\n1,x,2.5\n,y,3.5\n3,,1\n4,x,\n5,y,6\n", {}, "gaps.csv"); }
data::Table target(const std::string& values) { return data::parse_csv("x,y\n" + values, {}, "t.csv"); }

}  // namespace

BOOST_AUTO_TEST_CASE(words_become_columns_of_zeros_and_ones) {
  const data::Task t = data::prepare(weather());
  BOOST_TEST((t.features == Words{"outlook=fog", "outlook=rain", "outlook=sun", "heat", "windy=yes"}));
  BOOST_TEST((t.data.x.shape() == Shape{4, 5}));
  BOOST_TEST((t.data.x.values() == Values{0, 0, 1, 30, 0, 0, 1, 0, 20, 1, 1, 0, 0, 10, 0, 0, 0, 1, 0, 1}));
  BOOST_TEST((t.problem == Problem::binary));
  BOOST_TEST((t.classes == Words{"no", "yes"}));
  BOOST_TEST((t.data.y.shape() == Shape{4, 1}));
  BOOST_TEST((t.data.y.values() == Values{1, 0, 1, 0}));
  BOOST_TEST(!t.test.x.defined());
  BOOST_TEST(t.image.empty());
}

BOOST_AUTO_TEST_CASE(or_their_numbers) {
  const data::Task t = data::prepare(weather(), {.ignore = {"heat"}, .words = data::Words::number, .dtype = f32});
  BOOST_TEST((t.features == Words{"outlook", "windy"}));
  BOOST_TEST((t.data.x.values() == Values{2, 0, 1, 1, 0, 0, 2, 1}));
  BOOST_TEST(t.data.x.dtype() == f32);
  BOOST_TEST(t.data.y.dtype() == f32);
}

BOOST_AUTO_TEST_CASE(any_column_may_be_the_target) {
  const data::Task classes = data::prepare(weather(), {.target = "outlook", .dtype = f32});
  BOOST_TEST((classes.problem == Problem::classes));
  BOOST_TEST((classes.data.y.shape() == Shape{4}));
  BOOST_TEST((classes.data.y.values() == Values{2, 1, 0, 2}));
  BOOST_TEST(classes.data.y.dtype() == f64);  // classes are f64 whatever the data
  BOOST_TEST((classes.features == Words{"heat", "windy=yes", "play=yes"}));
  const data::Task regression = data::prepare(weather(), {.target = "heat", .problem = Problem::regression});
  BOOST_TEST((regression.data.y.shape() == Shape{4, 1}));
  BOOST_TEST((regression.data.y.values() == Values{30, 20, 10, 0}));
  BOOST_TEST(regression.classes.empty());
}

BOOST_AUTO_TEST_CASE(numbers_as_targets) {
  const data::Task two = data::prepare(target("1,7\n2,-7\n3,7\n"));
  BOOST_TEST((two.problem == Problem::binary));
  BOOST_TEST((two.classes == Words{"-7", "7"}));
  BOOST_TEST((two.data.y.values() == Values{1, 0, 1}));
  const data::Task three = data::prepare(target("1,30\n2,10\n3,20\n"));
  BOOST_TEST((three.problem == Problem::classes));
  BOOST_TEST((three.classes == Words{"10", "20", "30"}));
  BOOST_TEST((three.data.y.values() == Values{2, 0, 1}));
  BOOST_TEST((data::prepare(target("1,0.5\n2,1\n")).problem == Problem::regression));
  const data::Task halves = data::prepare(target("1,0.5\n2,1\n"), {.problem = Problem::binary});
  BOOST_TEST((halves.data.y.values() == Values{0, 1}));
  BOOST_TEST((data::prepare(target("1,1000001\n2,1000002\n")).classes == Words{"1000001", "1000002"}));
  std::string many;
  for (int i = 0; i <= 20; ++i) many += "0," + std::to_string(i) + "\n";
  BOOST_TEST((data::prepare(target(many)).problem == Problem::regression));
  BOOST_TEST(data::prepare(target(many), {.problem = Problem::classes}).classes.size() == 21);
  BOOST_TEST((data::prepare(target("1,a\n2,a\n")).problem == Problem::classes));  // one class only
}

BOOST_AUTO_TEST_CASE(missing_values) {
  CHECK_MESSAGE(
      data::prepare(gaps()),
      "gaps.csv: column \"a\" has no value in row 2; leave such rows out with Missing::drop, or keep NaN for a "
      "Standardizer with Missing::keep");
  const data::Task t = data::prepare(gaps(), {.missing = data::Missing::drop});
  BOOST_TEST((t.data.x.values() == Values{1, 0, 5, 1}));
  BOOST_TEST((t.data.y.values() == Values{2.5, 6}));
  CHECK_MESSAGE(data::prepare(gaps(), {.missing = data::Missing::keep}),
                "gaps.csv: column \"y\" has no value in row 4; leave such rows out with Missing::drop");
  const data::Task kept = data::prepare(gaps(), {.target = "a", .ignore = {"y"}, .missing = data::Missing::drop});
  BOOST_TEST(kept.data.x.size() == 3);
  data::Table table = gaps();
  table.columns[2].values[3] = 0;
  const Tensor x = data::prepare(table, {.missing = data::Missing::keep}).data.x;
  BOOST_TEST((x.shape() == Shape{5, 2}));
  BOOST_TEST(std::isnan(x.at(1, 0)));
  BOOST_TEST(std::isnan(x.at(2, 1)));  // the word is not known, so neither is whether it is y
  BOOST_TEST(x.at(1, 1) == 1);
}

BOOST_AUTO_TEST_CASE(values_that_stand_for_missing) {
  const data::Table t = data::with_missing(data::parse_csv("a,b,c\n0,0,u\n1,0,v\n"), {"a"}, 0);
  BOOST_TEST(std::isnan(t.column("a").values[0]));
  BOOST_TEST((t.column("b").values == Values{0, 0}));
  CHECK_MESSAGE(data::with_missing(t, {"c"}, 0), "csv: column \"c\" holds words, not numbers");
  CHECK_MESSAGE(data::with_missing(t, {"d"}, 0), "csv: there is no column \"d\"; it has a, b, c");
}

BOOST_AUTO_TEST_CASE(refusals) {
  CHECK_MESSAGE(data::prepare(weather(), {.target = "wind"}),
                "weather.csv: there is no column \"wind\"; it has outlook, heat, windy, play");
  CHECK_MESSAGE(data::prepare(weather(), {.ignore = {"wind"}}),
                "weather.csv: there is no column \"wind\"; it has outlook, heat, windy, play");
  CHECK_MESSAGE(data::prepare(target("1,2\n"), {.ignore = {"x"}}), "t.csv: no column is left for the features");
  CHECK_MESSAGE(data::prepare(target("")), "t.csv: no row is left");
  CHECK_MESSAGE(data::prepare(data::Table{"empty", {}}), "empty: has no column");
  CHECK_MESSAGE(data::prepare(weather(), {.problem = Problem::regression}),
                "weather.csv: column \"play\" holds words, so it cannot be the target of a regression");
  CHECK_MESSAGE(data::prepare(target("1,1\n2,2\n3,3\n"), {.problem = Problem::binary}),
                "t.csv: column \"y\" has 3 different values; a binary target has two");
  CHECK_MESSAGE(data::prepare(data::Table{"odd", {{"a", {1, 2}, {}}, {"b", {1}, {}}}}),
                "odd: column \"a\" has 2 rows, the target 1");
  std::string names = "name,y\n";
  for (int i = 0; i < 257; ++i) names += "n" + std::to_string(i) + ",1\n";
  CHECK_MESSAGE(data::prepare(data::parse_csv(names, {}, "n.csv")),
                "n.csv: column \"name\" has 257 different words, more than 256; ignore it, or have its words "
                "numbered (Words::number)");
}

BOOST_AUTO_TEST_CASE(the_diabetes_table) {
  const data::Task t = data::prepare(data::diabetes_table());
  BOOST_TEST((t.features == Words{"smoking", "obesity", "exercise"}));
  BOOST_TEST((t.data.x.values() == Values{0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 1, 1, 1}));
  BOOST_TEST((t.data.y.values() == Values{1, 0, 0, 1, 1}));
  BOOST_TEST((t.problem == Problem::binary));
}
