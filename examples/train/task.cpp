#include "task.hpp"

#include <algorithm>
#include <cmath>

#include <autograd/ops.hpp>

#include "net.hpp"

namespace train {

using namespace xgrad;
namespace data = nn::data;

namespace {

bool is_file(const std::string& name) {
  for (const char* end : {".csv", ".tsv", ".arff", ".gz"})
    if (name.ends_with(end)) return true;
  return name.find('/') != std::string::npos;
}

// prepare() would say it too, but not which option helps.
void refuse_gaps(const data::Table& table, const std::vector<std::string>& ignored) {
  for (const data::Column& column : table.columns) {
    if (std::find(ignored.begin(), ignored.end(), column.name) != ignored.end()) continue;
    const auto gap = std::find_if(column.values.begin(), column.values.end(), [](double v) { return std::isnan(v); });
    if (gap != column.values.end())
      throw IoError(table.name + ": column \"" + column.name + "\" has no value in row " +
                    std::to_string(gap - column.values.begin() + 1) + "; take --missing drop or --missing mean");
  }
}

data::Task load_task(const Options& o, Rng& rng) {
  if (!is_file(o.data))
    return data::load(o.data, rng, {.n = o.points, .noise = o.noise, .directory = o.data_dir, .dtype = o.type()});
  data::Table table = data::read_table(o.data);
  if (!o.zero_is_missing.empty()) table = data::with_missing(std::move(table), split_names(o.zero_is_missing), 0);
  const std::vector<std::string> ignored = split_names(o.ignore);
  if (o.missing == "error") refuse_gaps(table, ignored);
  const data::Missing missing = o.missing == "drop"   ? data::Missing::drop
                                : o.missing == "mean" ? data::Missing::keep
                                                      : data::Missing::error;
  return data::prepare(table,
                       {.target = o.target, .ignore = ignored, .missing = missing, .dtype = o.type()});
}

bool has_nan(const Tensor& x) {
  const std::vector<double> values = x.values();
  return std::any_of(values.begin(), values.end(), [](double v) { return std::isnan(v); });
}

// Examples as the net takes them: rows of features, or images.
Dataset shaped(Dataset d, const Shape& example) {
  Shape shape{d.x.shape()[0]};
  for (Index size : example) shape.push_back(size);
  d.x = reshape(d.x, shape);
  return d;
}

Parts standardized(const Job& job, Parts parts) {
  if (!job.standardize) return parts;
  parts.standardizer = data::Standardizer::fit(parts.train.x);
  for (Dataset* part : {&parts.train, &parts.dev, &parts.test})
    if (part->x.defined()) *part = parts.standardizer(*part);
  return parts;
}

}  // namespace

Job load_job(const Options& o, Rng& rng) {
  data::Task task = load_task(o, rng);
  Job job{.name = o.data,
          .problem = task.problem,
          .features = task.features,
          .classes = task.classes,
          .example = {task.data.x.shape()[1]},
          .outputs = task.problem == Problem::classes ? static_cast<Index>(task.classes.size()) : 1,
          .all = std::move(task.data),
          .test = std::move(task.test),
          .standardize = false};
  if (o.limit > 0 && o.limit < data::size(job.all))
    job.all = data::take(job.all, slice(randperm(data::size(job.all), rng), 0, 0, o.limit));
  if (wants_images(o.layers)) {
    if (task.image.empty())
      throw ShapeError("--layers: convolutions and pools need images; " + o.data + " has rows of " +
                       std::to_string(job.example[0]) + " features");
    job.example = task.image;
    job.all = shaped(std::move(job.all), job.example);
    if (job.test.x.defined()) job.test = shaped(std::move(job.test), job.example);
  }
  bool toy = false;
  for (const data::NamedSet& set : data::named_sets()) toy = toy || (set.name == o.data && set.toy());
  const bool gaps = has_nan(job.all.x);
  job.standardize = o.standardize == "yes" || gaps || (o.standardize == "auto" && !toy && task.image.empty());
  if (gaps && o.standardize == "no")
    throw IoError(o.data + ": has missing values, which are filled by standardising; leave out --standardize no");
  return job;
}

Parts cut(const Job& job, const Options& o, Rng& rng) {
  Parts parts{.train = job.all, .dev = {}, .test = job.test, .standardizer = {}};
  if (o.dev > 0) {
    data::Split split = job.problem == Problem::regression ? data::split(job.all, 1 - o.dev, rng)
                                                           : data::stratified_split(job.all, 1 - o.dev, rng);
    parts.train = std::move(split.train);
    parts.dev = std::move(split.dev);
  }
  return standardized(job, std::move(parts));
}

Parts cut(const Job& job, const data::Fold& fold) {
  return standardized(job, {.train = data::take(job.all, fold.train),
                            .dev = data::take(job.all, fold.dev),
                            .test = job.test,
                            .standardizer = {}});
}

std::vector<data::Fold> folds(const Job& job, Index count, Rng& rng) {
  return job.problem == Problem::regression ? data::kfold(data::size(job.all), count, rng)
                                            : data::stratified_kfold(job.all.y, count, rng);
}

}  // namespace train
