// The CSV reader: what it takes, and the message of everything it refuses; gzip and files that are not there.

#define BOOST_TEST_MODULE csv
#include "support.hpp"

#include <clocale>
#include <cstdlib>
#include <iostream>

#include <nn/data/csv.hpp>
#include <nn/data/file.hpp>

#include "files.hpp"

using namespace xgrad;
using namespace std::string_literals;
namespace data = nn::data;
using Values = std::vector<double>;
using Words = std::vector<std::string>;

namespace {

// Exact, NaN equal to NaN.
bool same(const Values& a, const Values& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

const data::Table& header_first(const data::Table& t, const Words& names) {
  Words found;
  for (const auto& c : t.columns) found.push_back(c.name);
  BOOST_TEST(found == names, boost::test_tools::per_element());
  return t;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_plain_table) {
  const data::Table t = data::parse_csv("glucose,class\n148,yes\n85.5,no\n-1e2,yes\n", {}, "pima.csv");
  header_first(t, {"glucose", "class"});
  BOOST_TEST(t.name == "pima.csv");
  BOOST_TEST(t.rows() == 3);
  BOOST_TEST((t.column("glucose").values == Values{148, 85.5, -100}));
  BOOST_TEST(!t.column("glucose").nominal());
  BOOST_TEST((t.column("class").words == Words{"no", "yes"}));  // in alphabetical order
  BOOST_TEST((t.column("class").values == Values{1, 0, 1}));
}

BOOST_AUTO_TEST_CASE(line_ends_marks_and_blank_lines_change_nothing) {
  const Values a{1, 3}, b{2, 4};
  for (const std::string& text : {"a,b\n1,2\n3,4\n"s, "a,b\n1,2\n3,4"s, "a,b\r\n1,2\r\n3,4\r\n"s, "a,b\r1,2\r3,4"s,
                                  "\xef\xbb\xbf"
                                  "a,b\n1,2\n3,4\n"s,
                                  "\n\na,b\n\n1,2\n  \n\t\n3,4\n\n\n"s, " a , b\n 1\t,2 \n\t3, 4\n"s,
                                  "\"a\",\"b\"\n\"1\",\"2\"\n \"3\" ,\"4\"\n"s, "\"a\",\"b\"\r\n1,\"2\"\r\n3,\"4\""s}) {
    BOOST_TEST_CONTEXT(text) {
      const data::Table t = header_first(data::parse_csv(text), {"a", "b"});
      BOOST_TEST(t.columns[0].values == a);
      BOOST_TEST(t.columns[1].values == b);
    }
  }
}

BOOST_AUTO_TEST_CASE(quotes_protect_commas_lines_and_quotes) {
  const data::Table t = data::parse_csv("\"a, \"\"b\"\"\",c\n\"x\r\ny\",\" z \"\n\"\"\"\",5\" pipe\n", {});
  header_first(t, {"a, \"b\"", "c"});
  BOOST_TEST((t.columns[0].words == Words{"\"", "x\r\ny"}));
  BOOST_TEST((t.columns[1].words == Words{" z ", "5\" pipe"}));
}

BOOST_AUTO_TEST_CASE(missing_cells) {
  const data::Table t = data::parse_csv("a,b\n,?\nNA,x\n nan ,\"\"\n2,NaN\n");
  BOOST_TEST(same(t.columns[0].values, {NAN, NAN, NAN, 2}));
  BOOST_TEST(same(t.columns[1].values, {NAN, 0, NAN, NAN}));
  const data::Table own = data::parse_csv("a,b\n-999,NA\n2,x\n", {.missing = {"-999"}});
  BOOST_TEST(same(own.columns[0].values, {NAN, 2}));
  BOOST_TEST((own.columns[1].words == Words{"NA", "x"}));
  BOOST_TEST(same(data::parse_csv("a\n?\n").columns[0].values, {NAN}));  // never seen: taken for numbers
}

BOOST_AUTO_TEST_CASE(options) {
  header_first(data::parse_csv("1;2\n3;4\n", {.delimiter = ';', .header = false}), {"x1", "x2"});
  header_first(data::parse_csv("1,2\n", {.header = false, .names = {"p", "q"}}), {"p", "q"});
  header_first(data::parse_csv("a,b\n1,2\n", {.names = {"p", "q"}}), {"p", "q"});
  header_first(data::parse_csv(",b\n1,2\n"), {"x1", "b"});
  const data::Table tabs = data::parse_csv("a\tb\n\t\n1\t2\n", {.delimiter = '\t'});
  BOOST_TEST(same(tabs.columns[1].values, {NAN, 2}));
  const data::Table t = data::parse_csv("zip,n\n0234,1\nX1,2\n", {.nominal = {"zip"}});
  BOOST_TEST((t.column("zip").words == Words{"0234", "X1"}));
  BOOST_TEST(data::parse_csv("a,b\n").rows() == 0);
}

BOOST_AUTO_TEST_CASE(numbers_are_read_exactly_whatever_the_locale) {
  const std::string many(400, '1');
  const std::string text = "v\n0.1\n+.5\n5.\n1E-3\n-0\n123456789012345678901\n4.9e-324\n1e-400\n0." + many + "\n";
  const Values right{0.1, 0.5, 5, 1e-3, -0., 123456789012345678901., 4.9e-324, 0, 0.1111111111111111111};
  BOOST_TEST(data::parse_csv(text).columns[0].values == right);
  if (std::setlocale(LC_ALL, "de_DE.UTF-8")) {
    BOOST_TEST(std::strtod("0,5", nullptr) == 0.5);
    BOOST_TEST(data::parse_csv(text).columns[0].values == right);
    std::setlocale(LC_ALL, "C");
  } else {
    std::cout << "skipped: there is no locale de_DE.UTF-8, whose decimal point is a comma\n";
  }
  for (const char* no : {"0x10", "inf", "infinity", "1e", "1e+", ".", "-", "1 2", "1,2", "--1", "1_0"})
    BOOST_TEST(data::parse_csv("v;w\n\""s + no + "\";1\n", {.delimiter = ';'}).columns[0].nominal());
}

BOOST_AUTO_TEST_CASE(errors_name_file_line_and_column) {
  const auto read = [](std::string_view text, const data::CsvOptions& o = {}) {
    return data::parse_csv(text, o, "p.csv");
  };
  CHECK_MESSAGE(
      read("glucose,age\n148,33\nabc,50\n"),
      "p.csv:3:1: 'abc' is not a number in column \"glucose\"; correct it, leave it empty if it is missing, or "
      "list the column as nominal");
  CHECK_MESSAGE(
      read("a,b\r\n\"x\r\ny\", 1\r\nz,  u v\r\n"),
      "p.csv:4:5: 'u v' is not a number in column \"b\"; correct it, leave it empty if it is missing, or list "
      "the column as nominal");
  CHECK_MESSAGE(
      read("a,b\n1,none\n1,7\n"),
      "p.csv:2:3: 'none' is a word, but other cells of column \"b\" are numbers ('7'); correct it, list it as "
      "missing, or the column as nominal");
  CHECK_MESSAGE(read("a\n1e999\n"), "p.csv:2:1: '1e999' in column \"a\" is too large for a number");
  CHECK_MESSAGE(read("a,b\n1\n"), "p.csv:2:2: 1 cell, but 2 columns");
  CHECK_MESSAGE(read("a,b,c\n1,2\n"), "p.csv:2:4: 2 cells, but 3 columns");
  CHECK_MESSAGE(read("a,b\n1,2,3\n"),
                "p.csv:2:5: more cells than the 2 columns; put quotes around a cell that holds the delimiter");
  CHECK_MESSAGE(read("a,b\n1,\"2\n3,4\n"), "p.csv:2:3: this quote is never closed");
  CHECK_MESSAGE(read("a,b\n1,\"2\"3\n"),
                "p.csv:2:6: text after a closing quote; inside a quoted cell a quote is written twice");
  CHECK_MESSAGE(read("a,b,a\n"), "p.csv:1:1: two columns are called \"a\"; rename one");
  CHECK_MESSAGE(read("\n1,2\n3,4\n"),
                "p.csv:2:1: the header holds only numbers; say that there is none (header = false)");
  CHECK_MESSAGE(read(""), "p.csv: holds no header; is it the right file?");
  CHECK_MESSAGE(read("\n \n", {.header = false}), "p.csv: holds no row; is it the right file?");
  CHECK_MESSAGE(read("1,2\n", {.header = false, .names = {"a"}}), "p.csv: has 2 columns, but 1 names are given");
  CHECK_MESSAGE(read("a,b\n", {.nominal = {"c"}}), "p.csv: there is no column \"c\"; it has a, b");
  CHECK_MESSAGE(read("a\n1\n", {.delimiter = '"'}),
                "p.csv: the delimiter must be a byte other than a quote, a line end and zero");
  CHECK_MESSAGE(read("a\n1\0\n"s), "p.csv:2:2: a zero byte: this is not a text file");
  CHECK_MESSAGE(read("\xff\xfe"
                     "a"),
                "p.csv: is UTF-16 text; save it as UTF-8");
  CHECK_MESSAGE(read(std::string(100'000, ',')), "p.csv:1:100001: more than 100000 columns; is ',' the delimiter?");
  CHECK_MESSAGE(read("a\n1\n\"\x1b[2J\n" + std::string(50, 'x') + "\"\n"),
                "p.csv:3:1: '\\x1b[2J\\x0a" + std::string(35, 'x') +
                    "…' is not a number in column \"a\"; correct it, leave it empty if it is missing, or list the "
                    "column as nominal");
}

BOOST_AUTO_TEST_CASE(files) {
  const support::Folder folder;
  const std::string plain = folder.write("a.csv", "a,b\n1,2\n");
  BOOST_TEST((data::read_csv(plain).column("b").values == Values{2}));
  BOOST_TEST((data::read_table(plain).column("b").values == Values{2}));
  BOOST_TEST((data::read_table(folder.write("a.tsv", "a\tb\n1\t2\n")).column("b").values == Values{2}));
  CHECK_MESSAGE(data::read_csv(folder.write("b.csv", "a\n1\nx\n")),
                folder.path("b.csv") +
                    ":3:1: 'x' is not a number in column \"a\"; correct it, leave it empty if it is "
                    "missing, or list the column as nominal");
  CHECK_MESSAGE(data::read_csv(folder.path("no.csv")),
                "cannot read " + folder.path("no.csv") + ": No such file or directory");
  CHECK_MESSAGE(data::read_csv(folder.path(".")), "cannot read " + folder.path(".") + ": Is a directory");
  CHECK_MESSAGE(data::read_table(folder.path("a.txt")),
                folder.path("a.txt") + ": its name must end in .csv, .tsv or .arff, or call the reader of its format");
  CHECK_MESSAGE(data::detail::read_file(folder.write("mb", std::string((1 << 20) + 1, 'x')), 1 << 20),
                "cannot read " + folder.path("mb") + ": it has more than 1 MB; take a part of it");
  BOOST_TEST(data::detail::read_file(folder.write("mb", std::string(1 << 20, 'x')), 1 << 20).size() == 1u << 20);
  BOOST_TEST(data::detail::read_file(folder.write("empty", "")).empty());
  // Larger than the pieces it is read in.
  std::string big = "v\n";
  for (int i = 0; i < 1'000'000; ++i) big += std::to_string(i) + "\n";
  BOOST_TEST(data::read_csv(folder.write("big.csv", big)).column("v").values == arange(0, 1'000'000).values());
}

BOOST_AUTO_TEST_CASE(packed_files) {
  // "a,b\n1,2\n" by gzip
  const std::string packed =
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4b\xd4\x49\xe2\x32\xd4\x31\xe2\x02\x00\x7b\x07\x97\x0a\x08\x00\x00\x00"s;
  const support::Folder folder;
  const std::string path = folder.write("a.csv.gz", packed);
#ifdef XGRAD_ZLIB
  BOOST_TEST((data::read_table(path).column("b").values == Values{2}));
  const auto two =
      data::read_csv(folder.write("named-otherwise", packed + packed), {.header = false, .nominal = {"x1", "x2"}});
  BOOST_TEST((two.columns[0].values == Values{1, 0, 1, 0}));
  for (std::size_t length = 2; length < packed.size(); ++length)
    CHECK_MESSAGE(data::read_csv(folder.write("cut", packed.substr(0, length))),
                  folder.path("cut") + ": the gzip data ends too early; fetch the file again");
  std::string damaged = packed;
  damaged[20] ^= 1;
  CHECK_MESSAGE(data::read_csv(folder.write("damaged", damaged)),
                folder.path("damaged") + ": the gzip data is damaged; fetch the file again");
  CHECK_MESSAGE(data::detail::read_file(folder.write("large", packed), 7),
                "cannot read " + folder.path("large") + ": it has more than 0 MB; take a part of it");
#else
  CHECK_MESSAGE(data::read_csv(path), path + ": is packed, and this build has no zlib; unpack it with gunzip first");
#endif
}
