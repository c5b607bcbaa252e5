#include <nn/data/named.hpp>

#include <cstdlib>
#include <filesystem>

#include <autograd/ops.hpp>
#include <nn/data/arff.hpp>
#include <nn/data/csv.hpp>
#include <nn/data/fill.hpp>
#include <nn/data/idx.hpp>
#include <nn/data/named_entry.hpp>
#include <nn/data/prepare.hpp>

namespace xgrad::nn::data {
namespace {

using detail::NamedEntry;

std::string file(const LoadOptions& o, const std::string& name) {
  std::string directory = o.directory;
  if (const char* set = std::getenv("XGRAD_DATA"); directory.empty() && set) directory = set;
  if (directory.empty()) directory = "build/data";
  std::string path = directory + "/" + name;
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    throw IoError(path + ": is not there; fetch the real sets with ./dev data, or say where they are with XGRAD_DATA");
  return path;
}

Task pima(const LoadOptions& o, const std::vector<std::string>& zero_is_missing) {
  return prepare(with_missing(read_arff(file(o, "diabetes.arff")), zero_is_missing, 0),
                 {.missing = Missing::keep, .dtype = o.dtype});
}

// In place: nobody else has seen it yet, and the sets are large.
Tensor scaled(Tensor fresh, double most) {
  detail::with_type(fresh.dtype(), [&]<class T>(T) {
    T* values = mutable_elements<T>(fresh);
    for (Index k = 0; k < fresh.size(); ++k) values[k] /= static_cast<T>(most);
  });
  return fresh;
}

std::vector<std::string> names_of(const char* what, Index count) {
  std::vector<std::string> names;
  for (Index i = 0; i < count; ++i) names.push_back(what + std::to_string(i));
  return names;
}

Task digits(Rng&, const LoadOptions& o) {
  Task task =
      prepare(read_csv(file(o, "digits.csv.gz"), {.header = false}), {.problem = Problem::classes, .dtype = o.dtype});
  task.data.x = scaled(std::move(task.data.x), 16);
  task.features = names_of("pixel", 64);
  task.image = {1, 8, 8};
  return task;
}

Dataset fashion_part(const LoadOptions& o, const std::string& part) {
  const std::string images = file(o, "fashion-mnist/" + part + "-images-idx3-ubyte.gz");
  const std::string labels = file(o, "fashion-mnist/" + part + "-labels-idx1-ubyte.gz");
  Dataset data{read_idx(images, o.dtype), read_idx(labels)};
  const Shape& x = data.x.shape();
  const Index n = x.rank() ? x[0] : 0;
  if (x.rank() != 3 || x[1] != 28 || x[2] != 28 || data.y.shape() != Shape{n})
    throw IoError(images + ": images " + to_string(x) + " with labels " + to_string(data.y.shape()) +
                  " should be (n, 28, 28) with (n); fetch the files again");
  data.x = reshape(scaled(std::move(data.x), 255), {n, 784});
  return data;
}

Task fashion(Rng&, const LoadOptions& o) {
  return {fashion_part(o, "train"),
          fashion_part(o, "t10k"),
          Problem::classes,
          names_of("pixel", 784),
          {"T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"},
          {1, 28, 28}};
}

const std::vector<NamedEntry>& real_entries() {
  static const std::string uci = "UCI Machine Learning Repository";
  static const std::vector<NamedEntry> all = {
      {{"pima", "diabetes among Pima women, 768 rows, 8 features, binary", uci + ", in Debian's weka (GPL-2+)"},
       [](Rng&, const LoadOptions& o) { return pima(o, {}); }},
      {{"pima-missing", "the same with NaN for impossible zeros: standardise it", uci + ", in Debian's weka (GPL-2+)"},
       [](Rng&, const LoadOptions& o) {
         return pima(o, {"plas", "pres", "skin", "insu", "mass"});
       }},
      {{"breast-cancer", "Wisconsin diagnostic, 569 rows, 30 features, binary",
        uci + ", in Debian's python3-sklearn (BSD-3-Clause)"},
       [](Rng&, const LoadOptions& o) { return prepare(read_csv(file(o, "breast_cancer.csv")), {.dtype = o.dtype}); }},
      {{"digits", "handwritten digits of 8 × 8 pixels, 1,797 rows, 10 classes",
        uci + ", in Debian's python3-sklearn (BSD-3-Clause)"},
       digits},
      {{"fashion-mnist", "clothes of 28 × 28 pixels, 60,000 + 10,000 rows, 10 classes",
        "Zalando Research, in Debian's dataset-fashion-mnist (MIT)"},
       fashion}};
  return all;
}

}  // namespace

const std::vector<NamedSet>& named_sets() {
  static const std::vector<NamedSet> all = [] {
    std::vector<NamedSet> sets = named_toys();
    for (const NamedEntry& e : real_entries()) sets.push_back(e.set);
    return sets;
  }();
  return all;
}

Task load(const std::string& name, Rng& rng, const LoadOptions& options) {
  std::vector<NamedEntry> all = detail::toy_entries();
  all.insert(all.end(), real_entries().begin(), real_entries().end());
  return detail::load_from(all, name, rng, options);
}

}  // namespace xgrad::nn::data
