#include "task.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include <autograd/finite.hpp>
#include <autograd/ops.hpp>

#include "../common/training.hpp"
#include "net.hpp"

namespace train {

using namespace xgrad;
namespace data = nn::data;

namespace {

void refuse_gaps(const data::Table& table, const Options& o) {
  const std::vector<std::string> ignored = split_names(o.ignore);
  const std::string target = o.target.empty() && !table.columns.empty() ? table.columns.back().name : o.target;
  const auto matters = [&](const std::string& column) {
    return std::find(ignored.begin(), ignored.end(), column) == ignored.end() &&
           (o.missing != "mean" || column == target);
  };
  common::refuse_gaps(table, matters, [&](const std::string& column) {
    return std::string("take --missing drop") + (column == target ? "" : " or --missing mean");
  });
}

data::Task prepared(const Options& o, data::Table table) {
  if (!o.zero_is_missing.empty()) table = data::with_missing(std::move(table), split_names(o.zero_is_missing), 0);
  if (o.missing != "drop") refuse_gaps(table, o);
  std::optional<Problem> problem;
  for (const Problem p : {Problem::binary, Problem::classes, Problem::regression})
    if (o.problem == to_string(p)) problem = p;
  return data::prepare(table, {.target = o.target,
                               .ignore = split_names(o.ignore),
                               .missing = o.missing == "drop"   ? data::Missing::drop
                                          : o.missing == "mean" ? data::Missing::keep
                                                                : data::Missing::error,
                               .problem = problem,
                               .dtype = o.type()});
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

std::vector<std::string> split_names(const std::string& list) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(',', at), list.size());
    if (end > at) names.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  return names;
}

data::CsvOptions csv_options(const Options& o) {
  return {.delimiter = o.data.ends_with(".tsv") ? '\t' : o.delimiter[0],
          .header = !o.no_header,
          .nominal = split_names(o.nominal)};
}

Job make_job(const Options& o, data::Task task, Rng& rng) {
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
      throw BadUsage("--layers: convolutions and pools need images; " + o.data + " has rows of " +
                     std::to_string(job.example[0]) + " features");
    job.example = task.image;
    job.all = shaped(std::move(job.all), job.example);
    if (job.test.x.defined()) job.test = shaped(std::move(job.test), job.example);
  }
  bool toy = false;
  for (const data::NamedSet& set : data::named_toys()) toy = toy || set.name == o.data;
  if (job.problem != Problem::regression && job.classes.size() < 2)
    throw IoError(o.data + ": the target has one class alone, '" + (job.classes.empty() ? "" : job.classes[0]) +
                  "'; there is nothing to learn");
  const bool gaps = !all_finite(job.all.x);
  job.standardize = o.standardize == "yes" || gaps || (o.standardize == "auto" && !toy && task.image.empty());
  if (gaps && o.standardize == "no")
    throw BadUsage("--standardize: " + o.data + " has missing values, which are filled by standardising; leave it out");
  return job;
}

Job table_job(const Options& o, data::Table table, Rng& rng) { return make_job(o, prepared(o, std::move(table)), rng); }

Parts cut(const Job& job, const Options& o, Rng& rng) {
  Parts parts{.train = job.all, .dev = {}, .test = job.test, .standardizer = {}};
  const Index n = data::size(job.all);
  if (o.dev > 0) {
    if (std::llround(o.dev * static_cast<double>(n)) < 1)
      throw BadUsage("--dev: " + number_text(o.dev) + " of " + std::to_string(n) +
                     " examples is not one; take a larger share, or 0");
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
  if (count > data::size(job.all))
    throw BadUsage("--folds: " + std::to_string(count) + " parts of " + std::to_string(data::size(job.all)) +
                   " examples; there can be no more parts than examples");
  return job.problem == Problem::regression ? data::kfold(data::size(job.all), count, rng)
                                            : data::stratified_kfold(job.all.y, count, rng);
}

}  // namespace train
