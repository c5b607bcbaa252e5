// The ARFF reader: what it takes, and the message of everything it refuses.

#define BOOST_TEST_MODULE arff
#include "support.hpp"

#include <nn/data/arff.hpp>

#include "files.hpp"

using namespace xgrad;
namespace data = nn::data;
using Values = std::vector<double>;
using Words = std::vector<std::string>;

namespace {

const std::string weather =
    "% from Weka\n"
    "@relation 'the weather'\n"
    "\n"
    "@attribute outlook {sunny, overcast , 'rain, or snow'}\n"
    "@ATTRIBUTE 'the heat' REAL % Fahrenheit\n"
    "\t@attribute\thumidity\tinteger\n"
    "@attribute play {yes,no}\n"
    "@data % now\n"
    "sunny,85,85,no\n"
    "% a comment\n"
    "overcast, -8.3e1 , ?, yes   % another\n"
    "\n"
    "'rain, or snow'\t70 96\t\"yes\"\n";

std::string with(const std::string& attributes, const std::string& rows) {
  return "@relation r\n" + attributes + "\n@data\n" + rows;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_table) {
  std::string windows = weather;
  for (std::size_t i = 0; (i = windows.find('\n', i)) != std::string::npos; i += 2) windows.replace(i, 1, "\r\n");
  std::string loud = weather;
  for (const std::string word : {"@relation", "@attribute", "@data", "integer"})
    for (std::size_t i = 0; (i = loud.find(word, i)) != std::string::npos;)
      for (std::size_t k = 0; k < word.size(); ++k, ++i)
        loud[i] = static_cast<char>(std::toupper(static_cast<unsigned char>(loud[i])));
  for (const std::string& text :
       {weather, windows, loud, "\xef\xbb\xbf" + weather, weather.substr(0, weather.size() - 1)}) {
    const data::Table t = data::parse_arff(text, "w.arff");
    BOOST_TEST(t.name == "w.arff");
    BOOST_TEST(t.rows() == 3);
    BOOST_TEST((t.column("outlook").words == Words{"sunny", "overcast", "rain, or snow"}));  // as declared
    BOOST_TEST((t.column("outlook").values == Values{0, 1, 2}));
    BOOST_TEST((t.column("the heat").values == Values{85, -83, 70}));
    BOOST_TEST(std::isnan(t.column("humidity").values[1]));
    BOOST_TEST((t.column("play").values == Values{1, 0, 0}));
  }
}

BOOST_AUTO_TEST_CASE(quotes_and_escapes) {
  const data::Table t = data::parse_arff(with("@attribute \"it's\" {'it\\'s', \"a\\\\b\\n\\t\\r\", '?', '', x-1.5}",
                                              "\"it's\"\n'a\\\\b\\n\\t\\r'\n'?'\n?\n''\nx-1.5"));
  BOOST_TEST(t.columns[0].name == "it's");
  BOOST_TEST((t.columns[0].words == Words{"it's", "a\\b\n\t\r", "?", "", "x-1.5"}));
  BOOST_TEST(t.columns[0].values[2] == 2);
  BOOST_TEST(std::isnan(t.columns[0].values[3]));
  BOOST_TEST(t.columns[0].values[4] == 3);
}

BOOST_AUTO_TEST_CASE(a_table_without_rows) { BOOST_TEST(data::parse_arff(with("@attribute a real", "")).rows() == 0); }

BOOST_AUTO_TEST_CASE(files) {
  const support::Folder folder;
  BOOST_TEST(data::read_table(folder.write("w.arff", weather)).rows() == 3);
  BOOST_TEST(data::read_arff(folder.path("w.arff")).rows() == 3);
  CHECK_MESSAGE(data::read_arff(folder.path("no.arff")),
                "cannot read " + folder.path("no.arff") + ": No such file or directory");
}

BOOST_AUTO_TEST_CASE(errors_name_file_line_and_column) {
  const auto read = [](const std::string& text) { return data::parse_arff(text, "p.arff"); };
  CHECK_MESSAGE(read(""), "p.arff:1:1: there is no @data; is it the right file?");
  CHECK_MESSAGE(read("@relation r\n@attribute a real\n"), "p.arff:3:1: there is no @data; is it the right file?");
  CHECK_MESSAGE(read("a,b\r\n1,2\r\n"), "p.arff:1:1: 'a,b' should be @relation, @attribute or @data");
  CHECK_MESSAGE(read("@relation r\n@data\n"), "p.arff:2:1: @data without any @attribute before it");
  CHECK_MESSAGE(read("@attribute a real\n@data x\n"), "p.arff:2:7: the line should end before 'x'");
  CHECK_MESSAGE(read(with("@attribute", "")), "p.arff:2:11: an @attribute needs a name and a type");
  CHECK_MESSAGE(read(with("@attribute a", "")),
                "p.arff:2:13: the type of \"a\" should be numeric, real, integer or {a, b, …}, not ''");
  CHECK_MESSAGE(read(with("@attribute a float", "")),
                "p.arff:2:14: the type of \"a\" should be numeric, real, integer or {a, b, …}, not 'float'");
  CHECK_MESSAGE(read(with("@attribute a real x", "")), "p.arff:2:19: the line should end before 'x'");
  CHECK_MESSAGE(read(with("@attribute a real\n@attribute a real", "")),
                "p.arff:3:12: two attributes are called \"a\"; rename one");
  for (const std::string kind : {"string", "date", "relational"})
    CHECK_MESSAGE(read(with("@attribute a " + kind, "")), "p.arff:2:14: " + kind +
                                                              " attributes are not read; leave \"a\" out, or declare "
                                                              "its words as {a, b, …}");
  CHECK_MESSAGE(read(with("@attribute a {x, y", "")), "p.arff:2:14: this { is never closed on its line");
  CHECK_MESSAGE(read(with("@attribute a {}", "")), "p.arff:2:14: no word is declared");
  CHECK_MESSAGE(read(with("@attribute a {x,,y}", "")), "p.arff:2:17: a word is missing before ','");
  CHECK_MESSAGE(read(with("@attribute a {x, y, x}", "")), "p.arff:2:21: 'x' is declared twice");
  CHECK_MESSAGE(read(with("@attribute 'a real", "")), "p.arff:2:12: this quote is never closed");
  CHECK_MESSAGE(read(with("@attribute 'a\\", "")), "p.arff:2:12: this quote is never closed");
  const std::string two = "@attribute a real\n@attribute b {x,y}";
  CHECK_MESSAGE(read(with(two, "1,x\nabc,x\n")),
                "p.arff:6:1: 'abc' is not a number in column \"a\"; correct it, or write ? if it is missing");
  CHECK_MESSAGE(read(with(two, "1e999,x\n")),
                "p.arff:5:1: '1e999' is not a number in column \"a\"; correct it, or write ? if it is missing");
  CHECK_MESSAGE(read(with(two, "1, z\n")), "p.arff:5:4: 'z' is not a word of column \"b\": x, y");
  // Found by the fuzzer: words on several lines, and long ones, in a message.
  CHECK_MESSAGE(read(with("@attribute a {'x\\ny', " + std::string(50, 'w') + "}", "z")),
                "p.arff:4:1: 'z' is not a word of column \"a\": x\\x0ay, " + std::string(40, 'w') + "…");
  CHECK_MESSAGE(read(with("@attribute a {1,2,3,4,5,6,7,8,9,10,11}", "0")),
                "p.arff:4:1: '0' is not a word of column \"a\": 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …");
  CHECK_MESSAGE(read(with(two, "1\n")), "p.arff:5:2: 1 value, but 2 attributes");
  CHECK_MESSAGE(read(with(two, "1,x,\n")), "p.arff:5:4: more values than the 2 attributes");
  CHECK_MESSAGE(read(with(two, ",x\n")), "p.arff:5:1: a value is missing; write ? for one that is not known");
  CHECK_MESSAGE(read(with(two, "{0 1, 1 x}\n")), "p.arff:5:1: sparse rows are not read; write every value of the row");
  CHECK_MESSAGE(read(std::string("@relation \0r\n", 13)), "p.arff:1:11: a zero byte: this is not a text file");
}
