#include "data.hpp"

#include <cmath>

#include <autograd/finite.hpp>
#include <autograd/ops.hpp>

#include "../common/html.hpp"
#include "../common/training.hpp"

namespace study {

using namespace xgrad;
namespace data = nn::data;

namespace {

data::Task read_file(const Source& source) {
  std::string name = source.file;
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  const bool csv = name.ends_with(".csv"), tsv = name.ends_with(".tsv");
  if (!csv && !tsv && !name.ends_with(".arff"))
    throw BadInput(source.file + ": must end in .csv, .tsv or .arff, with .gz behind it or not");
  const data::Table table =
      csv || tsv ? data::read_csv(source.file, {.delimiter = tsv ? '\t' : ','}) : data::read_arff(source.file);
  if (source.missing == "error")
    common::refuse_gaps(
        table, [](const std::string&) { return true; },
        [](const std::string&) { return "take \"missing\": \"drop\""; });
  return data::prepare(table, {.target = source.target,
                               .missing = source.missing == "drop" ? data::Missing::drop : data::Missing::error});
}

// The name of a feature that is not finite once it is standardised, or "".
std::string not_finite(const Data& data) {
  for (const Dataset* part : {&data.train, &data.dev, &data.test}) {
    if (!part->x.defined() || all_finite(part->x)) continue;
    for (std::size_t j = 0; j < data.features.size(); ++j)
      if (!all_finite(slice(part->x, 1, static_cast<Index>(j), static_cast<Index>(j) + 1))) return data.features[j];
  }
  return "";
}

}  // namespace

DataSource::DataSource(const Grid& grid) : grid_(grid) {
  for (const data::NamedSet& set : data::named_sets()) toy_ = toy_ || (set.name == grid.data.set && set.toy());
  const std::string name = grid.data.file.empty() ? grid.data.set : grid.data.file;
  Rng rng(grid.seed);
  if (grid.data.set == "blobs") centers_ = 20. * rand({3, 2}, rng) - 10.;
  task_ = toy_                     ? draw(grid.data.points, grid.data.noise, rng)
          : grid.data.file.empty() ? data::load(grid.data.set, rng)
                                   : read_file(grid.data);
  if (task_.problem == data::Problem::regression)
    throw BadInput(name + ": its target is a number, and a study compares accuracies; take one with classes");
  if (task_.classes.size() < 2) throw BadInput(name + ": its target has one class alone; there is nothing to learn");
  const Index n = data::size(task_.data);
  if (n < 3) throw BadInput(name + ": has " + std::to_string(n) + " examples; a study takes 3 or more");
  if (!toy_) mark_ = common::fingerprint(task_.data);
  const Index most = std::llround(grid.train * static_cast<double>(n));
  if (most < 1 || most == n)
    throw BadInput("train: " + number_text(grid.train) + " of " + std::to_string(n) + " examples leaves " +
                   (most < 1 ? "none to train on" : "none for the dev part"));
  std::shared_ptr<const Data> data;
  try {
    data = at(grid.seed);
  } catch (const NumericError& e) {
    throw BadInput(name + ": " + e.what());
  }
  if (const std::string feature = not_finite(*data); !feature.empty())
    throw BadInput(name + ": the values of " + feature + " are too large to be standardised");
  for (const Index batch : grid.batches)
    if (batch > most)
      throw BadInput("batches: " + std::to_string(batch) + " examples a step, and the train part has " +
                     std::to_string(most) + "; 0 takes all of them");
}

data::Task DataSource::draw(Index n, double noise, Rng& rng) const {
  data::Task task = data::load(grid_.data.set, rng, {.n = n, .noise = noise});
  if (centers_.defined()) task.data = data::blobs(n, centers_, 10 * noise, rng);
  return task;
}

std::shared_ptr<const Data> DataSource::at(std::uint64_t seed) {
  const std::lock_guard lock(mutex_);
  if (std::shared_ptr<const Data> known = given_[seed].lock()) return known;
  Rng rng(seed);
  const data::Task task = toy_ ? draw(grid_.data.points, grid_.data.noise, rng) : task_;
  data::Split split =
      toy_ ? data::split(task.data, grid_.train, rng) : data::stratified_split(task.data, grid_.train, rng);
  auto made = std::make_shared<Data>(
      Data{.train = std::move(split.train),
           .dev = std::move(split.dev),
           .test = task.test,
           .standardizer = {},
           .features = task.features,
           .outputs = task.problem == data::Problem::binary ? 1 : static_cast<Index>(task.classes.size())});
  if (!toy_ && task.image.empty()) {
    made->standardizer = data::Standardizer::fit(made->train.x);
    for (Dataset* part : {&made->train, &made->dev, &made->test})
      if (part->x.defined()) *part = made->standardizer(*part);
  }
  given_[seed] = made;
  return made;
}

Dataset DataSource::fresh(Index n, Rng& rng) const { return toy_ ? draw(n, grid_.data.noise, rng).data : Dataset{}; }

Dataset DataSource::noiseless(Index n) const {
  Rng unused(0);
  return toy_ ? draw(n, 0, unused).data : Dataset{};
}

std::string DataSource::describe() const {
  if (!grid_.data.file.empty()) return grid_.data.file;
  if (!toy_) return grid_.data.set;
  return grid_.data.set + ", " + common::grouped(grid_.data.points) + " points, noise " +
         common::number(grid_.data.noise, 4);
}

}  // namespace study
