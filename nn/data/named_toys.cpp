#include <nn/data/named_entry.hpp>
#include <nn/data/prepare.hpp>
#include <nn/data/text.hpp>
#include <nn/data/toys.hpp>

namespace xgrad::nn::data {
namespace {

Task toy(Dataset data, Problem problem, std::vector<std::string> classes) {
  std::vector<std::string> features;
  for (Index k = 1; k <= data.x.shape()[1]; ++k) features.push_back("x" + std::to_string(k));
  return {std::move(data), {}, problem, std::move(features), std::move(classes), {}};
}

template <Dataset (*make)(Index, double, Rng&, DType), Problem problem>
Task simple(Rng& rng, const LoadOptions& o) {
  return toy(make(o.n, o.noise, rng, o.dtype), problem,
             problem == Problem::binary ? std::vector<std::string>{"0", "1"} : std::vector<std::string>{});
}

}  // namespace

namespace detail {

const std::vector<NamedEntry>& toy_entries() {
  static const std::vector<NamedEntry> all = {
      {{"moons", "two half circles, 2 features, binary", ""}, simple<moons, Problem::binary>},
      {{"circles", "a circle within a circle, 2 features, binary", ""},
       [](Rng& rng, const LoadOptions& o) {
         return toy(circles(o.n, o.noise, rng, 0.8, o.dtype), Problem::binary, {"0", "1"});
       }},
      {{"spiral", "two arms, 2 features, binary", ""}, simple<spiral, Problem::binary>},
      {{"xor", "whether two signs differ, 2 features, binary", ""}, simple<exclusive_or, Problem::binary>},
      {{"blobs", "three blobs, 2 features, 3 classes", ""},
       [](Rng& rng, const LoadOptions& o) {
         return toy(blobs(o.n, 3, 10 * o.noise, rng, o.dtype), Problem::classes, {"0", "1", "2"});
       }},
      {{"sine", "a sine curve, 1 feature, regression", ""}, simple<sine, Problem::regression>},
      {{"line", "a straight line, 1 feature, regression", ""},
       [](Rng& rng, const LoadOptions& o) {
         return toy(line(o.n, o.noise, rng, 2, 1, o.dtype), Problem::regression, {});
       }},
      {{"diabetes-table", "risk factors of five people, 3 features, binary", ""},
       [](Rng&, const LoadOptions& o) { return prepare(diabetes_table(), {.dtype = o.dtype}); }}};
  return all;
}

Task load_from(const std::vector<NamedEntry>& entries, const std::string& name, Rng& rng, const LoadOptions& options) {
  std::string known;
  for (const NamedEntry& e : entries) {
    if (e.set.name == name) return e.load(rng, options);
    known += (known.empty() ? "" : ", ") + e.set.name;
  }
  throw IoError("load: there is no data set " + quoted(name) + "; there are " + known);
}

}  // namespace detail

const std::vector<NamedSet>& named_toys() {
  static const std::vector<NamedSet> all = [] {
    std::vector<NamedSet> sets;
    for (const detail::NamedEntry& e : detail::toy_entries()) sets.push_back(e.set);
    return sets;
  }();
  return all;
}

Task load_toy(const std::string& name, Rng& rng, const LoadOptions& options) {
  return detail::load_from(detail::toy_entries(), name, rng, options);
}

}  // namespace xgrad::nn::data
