// Data sets by name: the list, the toys, the messages; and the real sets where `./dev data` has fetched them.

#define BOOST_TEST_MODULE named
#include "support.hpp"

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <set>

#include <nn/data/named.hpp>
#include <nn/data/standardizer.hpp>
#include <nn/data/toys.hpp>

#include "files.hpp"

using namespace xgrad;
namespace data = nn::data;
using data::Problem;
using Values = std::vector<double>;

namespace {

std::string real_sets() {
  const char* set = std::getenv("XGRAD_DATA");
  return set ? set : XGRAD_DATA_FOLDER;
}

// Whether a set is there; says so if not. A message to the log shows at --log_level=message, so it goes to stdout.
bool fetched(const std::string& file) {
  if (std::filesystem::exists(real_sets() + "/" + file)) return true;
  std::cout << "skipped: " << real_sets() << "/" << file << " is not there; ./dev data fetches it\n";
  return false;
}

data::Task real(const std::string& name, DType dtype = f64) {
  Rng rng(0);
  return data::load(name, rng, {.directory = real_sets(), .dtype = dtype});
}

// What holds of every task.
void check(const data::Task& t) {
  for (const data::Dataset* part : {&t.data, &t.test}) {
    if (!part->x.defined()) continue;
    const Index n = data::size(*part);
    BOOST_TEST(part->x.shape()[1] == static_cast<Index>(t.features.size()));
    BOOST_TEST((part->y.shape() == (t.problem == Problem::classes ? Shape{n} : Shape{n, 1})));
    if (t.problem == Problem::regression) continue;
    const Values y = part->y.values();
    const std::set<double> found(y.begin(), y.end());
    BOOST_TEST(found.size() == t.classes.size());
    BOOST_TEST(*found.begin() == 0);
    BOOST_TEST(*found.rbegin() + 1 == static_cast<double>(t.classes.size()));
  }
  BOOST_TEST(t.classes.empty() == (t.problem == Problem::regression));
  if (t.problem == Problem::binary) BOOST_TEST(t.classes.size() == 2);
  if (!t.image.empty()) BOOST_TEST(element_count(t.image) == static_cast<Index>(t.features.size()));
}

Values class_counts(const data::Dataset& d, Index classes) {
  return sum(one_hot(reshape(d.y, {data::size(d)}).to(f64), classes), {0}).values();
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_toy_loads_in_either_dtype) {
  int toys = 0;
  for (const data::NamedSet& set : data::named_sets()) {
    BOOST_TEST(!set.about.empty());
    if (!set.toy()) continue;
    ++toys;
    BOOST_TEST_CONTEXT(set.name) {
      for (const DType dtype : {f32, f64}) {
        Rng rng(1);
        const data::Task t = data::load(set.name, rng, {.n = 60, .noise = 0.1, .dtype = dtype});
        check(t);
        BOOST_TEST(t.data.x.dtype() == dtype);
        BOOST_TEST(data::size(t.data) == (set.name == "diabetes-table" ? 5 : 60));
        BOOST_TEST(!t.test.x.defined());
      }
    }
  }
  BOOST_TEST(toys == 8);
}

BOOST_AUTO_TEST_CASE(a_toy_by_name_is_the_toy) {
  Rng a(1), b(1);
  BOOST_TEST(data::load("moons", a, {.n = 30, .noise = 0.3}).data.x.values() == data::moons(30, 0.3, b).x.values());
}

BOOST_AUTO_TEST_CASE(sets_that_are_not_there) {
  Rng rng(1);
  std::string known;
  for (const auto& set : data::named_sets()) known += (known.empty() ? "" : ", ") + set.name;
  CHECK_MESSAGE(data::load("mnist", rng), "load: there is no data set 'mnist'; there are " + known);
  const support::Folder folder;
  const std::string where = folder.path("."),
                    rest = ": is not there; fetch the real sets with ./dev data, or say where they are with XGRAD_DATA";
  const auto absent = [&](const std::string& name, const std::string& file) {
    CHECK_MESSAGE(data::load(name, rng, {.directory = where}), where + "/" + file + rest);
  };
  absent("pima", "diabetes.arff");
  absent("pima-missing", "diabetes.arff");
  absent("breast-cancer", "breast_cancer.csv");
  absent("digits", "digits.csv.gz");
  absent("fashion-mnist", "fashion-mnist/train-images-idx3-ubyte.gz");
  CHECK_MESSAGE(data::load("moons", rng, {.n = 1}), "moons: needs at least 2 points, not 1");
}

BOOST_AUTO_TEST_CASE(the_folder_comes_from_the_environment) {
  const support::Folder folder;
  folder.write("diabetes.arff", "@relation r\n@attribute a real\n@attribute c {n,p}\n@data\n0,p\n1,n\n");
  const char* before = std::getenv("XGRAD_DATA");
  const std::string kept = before ? before : "";
  ::setenv("XGRAD_DATA", folder.path(".").c_str(), 1);
  Rng rng(1);
  BOOST_TEST((data::load("pima", rng).data.x.values() == Values{0, 1}));
  before ? ::setenv("XGRAD_DATA", kept.c_str(), 1) : ::unsetenv("XGRAD_DATA");
}

BOOST_AUTO_TEST_CASE(fashion_parts_must_agree) {
  const support::Folder folder;
  std::filesystem::create_directory(folder.path("fashion-mnist"));
  folder.write("fashion-mnist/train-images-idx3-ubyte.gz", std::string("\0\0\x08\1\0\0\0\1x", 9));
  folder.write("fashion-mnist/train-labels-idx1-ubyte.gz", std::string("\0\0\x08\1\0\0\0\2xy", 10));
  Rng rng(1);
  CHECK_MESSAGE(data::load("fashion-mnist", rng, {.directory = folder.path(".")}),
                folder.path(".") +
                    "/fashion-mnist/train-images-idx3-ubyte.gz: images (1) with labels (2) should be (n, 28, 28) with "
                    "(n); fetch the files again");
}

BOOST_AUTO_TEST_CASE(pima) {
  if (!fetched("diabetes.arff")) return;
  const data::Task t = real("pima");
  check(t);
  BOOST_TEST((t.data.x.shape() == Shape{768, 8}));
  BOOST_TEST((class_counts(t.data, 2) == Values{500, 268}));
  BOOST_TEST(t.features[1] == "plas");
  BOOST_TEST(t.classes[1] == "tested_positive");
  BOOST_TEST(t.data.x.at(0, 1) == 148);
  BOOST_TEST(t.data.x.at(0, 4) == 0);
  const data::Task missing = real("pima-missing");
  BOOST_TEST(std::isnan(missing.data.x.at(0, 4)));
  BOOST_TEST(sum(equal(missing.data.x, missing.data.x)).item() == 768 * 8 - 652);
  BOOST_TEST(std::isfinite(sum(data::Standardizer::fit(missing.data.x)(missing.data.x)).item()));
}

BOOST_AUTO_TEST_CASE(breast_cancer) {
  if (!fetched("breast_cancer.csv")) return;
  const data::Task t = real("breast-cancer", f32);
  check(t);
  BOOST_TEST((t.data.x.shape() == Shape{569, 30}));
  BOOST_TEST((class_counts(t.data, 2) == Values{357, 212}));
  BOOST_TEST(t.features[20] == "worst_radius");
  BOOST_TEST(t.classes[1] == "malignant");
  BOOST_TEST(t.data.x.at(0, 20) == 25.38f);
}

#ifdef XGRAD_ZLIB
BOOST_AUTO_TEST_CASE(digits) {
  if (!fetched("digits.csv.gz")) return;
  const data::Task t = real("digits");
  check(t);
  BOOST_TEST((t.data.x.shape() == Shape{1797, 64}));
  BOOST_TEST((t.image == Shape{1, 8, 8}));
  BOOST_TEST((class_counts(t.data, 10) == Values{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}));
  BOOST_TEST(max(t.data.x).item() == 1);
  BOOST_TEST(t.data.x.at(0, 2) == 5. / 16);
}

BOOST_AUTO_TEST_CASE(fashion_mnist) {
  if (!fetched("fashion-mnist/train-images-idx3-ubyte.gz")) return;
  const data::Task t = real("fashion-mnist", f32);
  check(t);
  BOOST_TEST((t.data.x.shape() == Shape{60000, 784}));
  BOOST_TEST((t.test.x.shape() == Shape{10000, 784}));
  BOOST_TEST((t.image == Shape{1, 28, 28}));
  BOOST_TEST((class_counts(t.data, 10) == Values(10, 6000)));
  BOOST_TEST((class_counts(t.test, 10) == Values(10, 1000)));
  BOOST_TEST(max(t.data.x).item() == 1);
  BOOST_TEST(min(t.data.x).item() == 0);
  BOOST_TEST(std::abs(mean(t.data.x).item() - 0.2860) < 1e-4);  // the mean that everyone normalises with
}
#endif
