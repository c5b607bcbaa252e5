// Sets by name, and files.

#include "task.hpp"

namespace train {

using namespace xgrad;
namespace data = nn::data;

namespace {

bool is_file(const std::string& name) {
  for (const char* end : {".csv", ".tsv", ".arff", ".gz"})
    if (name.ends_with(end)) return true;
  return name.find('/') != std::string::npos;
}

data::Table read(const Options& o) {
  Options plain = o;
  if (plain.data.ends_with(".gz")) plain.data.resize(plain.data.size() - 3);
  if (plain.data.ends_with(".arff")) return data::read_arff(o.data);
  if (!plain.data.ends_with(".csv") && !plain.data.ends_with(".tsv"))
    throw IoError(o.data + ": must end in .csv, .tsv or .arff, with .gz behind it or not");
  return data::read_csv(o.data, csv_options(plain));
}

}  // namespace

Job load_job(const Options& o, Rng& rng) {
  if (is_file(o.data)) return table_job(o, read(o), rng);
  return make_job(
      o, data::load(o.data, rng, {.n = o.points, .noise = o.noise, .directory = o.data_dir, .dtype = o.type()}), rng);
}

}  // namespace train
