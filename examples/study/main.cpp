// study: trains every combination of a grid, filters, chooses, and reports.

#include <unistd.h>

#include <charconv>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <new>
#include <thread>

#include <nlohmann/json.hpp>

#include <nn/file.hpp>

#include "../common/cli.hpp"
#include "../common/html.hpp"
#include "../common/progress.hpp"
#include "report.hpp"
#include "sweep.hpp"

using namespace study;
namespace fs = std::filesystem;

namespace {

enum ExitCode { success = 0, failure = 1, bad_usage = 2, incomplete = 3, stopped_by_user = 130 };

const char* const footer =
    "Examples:\n"
    "  study                                    the article's grid, 420 configurations, into study-article/\n"
    "  study --print-grid > mine.json           a grid to change\n"
    "  study mine.json --jobs 4                 yours, into study-mine/; killed at any moment, it goes on when called "
    "again\n"
    "  study mine.json --min-accuracy 93        the same results, filtered anew\n"
    "  study mine.json --shard 2/8              the second eighth of the runs, on one of eight machines\n"
    "  study merge study-mine/results-*-of-8.jsonl\n"
    "                                           their results as one, filtered and reported\n\n"
    "docs/study.md describes the keys of a grid, the rows, shards on several machines, and the report.\n"
    "Exit codes: 0 done, 1 failed, 2 bad usage, 3 merged, but rows are missing, 130 stopped by Ctrl-C.";

struct Options {
  std::string grid, out, shard = "1/1";
  std::vector<std::string> parts;
  int jobs = 0;
  double min_accuracy = 95, max_gap = 1, max_time = 30;
  bool print_grid = false, quiet = false;

  Thresholds thresholds() const { return {min_accuracy / 100, max_gap / 100, max_time}; }
};

void define_shared(CLI::App& app, Options& o) {
  app.option_defaults()->always_capture_default()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.add_option("--out", o.out, "folder of results and report; study- and the grid's name unless said");
  app.add_option("--min-accuracy", o.min_accuracy, "keep what has a higher dev accuracy, in %")
      ->check(common::valid(common::range(0, 100, "from 0 to 100")))
      ->check(CLI::Validator(
          [](std::string& text) {
            const double value = std::stod(text);
            return value > 0 && value <= 1 ? "'" + text + "' is in %: 95, not 0.95" : std::string();
          },
          ""));
  app.add_option("--max-gap", o.max_gap, "keep what has at most this difference of train and dev accuracy, in points")
      ->check(common::valid(common::range(0, 100, "from 0 to 100")));
  app.add_option("--max-time", o.max_time, "keep what trains in less, in seconds")
      ->check(common::valid(common::at_least(0)));
  app.add_flag("--quiet", o.quiet, "no progress, only results");
}

CLI::App* define(CLI::App& app, Options& o) {
  define_shared(app, o);
  app.add_option("grid", o.grid, "a JSON file with what is to be varied; the article's grid unless given");
  app.add_option("--jobs", o.jobs, "runs at a time; 0: as many as there are cores")
      ->check(common::valid(common::whole(0, 1024, "from 0 to 1024")));
  app.add_option("--shard", o.shard, "only part i of n, as i/n; study merge joins them");
  app.add_flag("--print-grid", o.print_grid, "print the grid in full, as JSON, and do nothing");
  CLI::App* merge = app.add_subcommand("merge", "Joins the results of several shards, filters and reports.");
  define_shared(*merge, o);
  merge->add_option("files", o.parts, "results of shards, or of a whole study")
      ->required()
      ->option_text("FILE ...")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.footer(footer);
  merge->footer("Exit codes: 0 done, 1 failed, 2 bad usage, 3 rows are missing, 130 stopped by Ctrl-C.");
  return merge;
}

struct BadUsage : xgrad::Error {
  using Error::Error;
};

Shard parse_shard(const std::string& text) {
  Shard shard;
  const char* const end = text.data() + text.size();
  const auto [slash, bad_index] = std::from_chars(text.data(), end, shard.index);
  if (bad_index == std::errc() && slash != end && *slash == '/') {
    const auto [rest, bad_count] = std::from_chars(slash + 1, end, shard.count);
    if (bad_count == std::errc() && rest == end && shard.index >= 1 && shard.index <= shard.count) return shard;
  }
  throw BadUsage("--shard: '" + text + "' is not a part like 1/2, from 1 to the number of parts");
}

std::string folder_of(const Options& o, const Grid& grid) { return o.out.empty() ? "study-" + grid.name : o.out; }

void make_folder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw xgrad::IoError("cannot make the folder " + folder + ": " + error.message());
}

std::string absolute(const std::string& path) { return fs::absolute(path).lexically_normal().string(); }

int stopped() {
  std::cout << "stopped; the same command goes on\n";
  return stopped_by_user;
}

int missing_rows(const Grid& grid, const Rows& rows, const std::string& path) {
  std::cout << rows.size() << " of " << row_count(grid) << " rows are in " << absolute(path)
            << "\nmissing: " << missing_runs(grid, rows) << "\n"
            << "run the missing shards again, or `study GRID --out "
            << common::quoted(fs::path(path).parent_path().string()) << "`, which trains what is missing\n";
  return incomplete;
}

// Filters, chooses and reports.
int conclude(const Options& o, const Grid& grid, DataSource& source, const Rows& rows, const std::string& command) {
  const std::string folder = folder_of(o, grid);
  Findings f{.grid = grid,
             .source = source,
             .rows = rows,
             .all = summarise(grid, rows),
             .thresholds = o.thresholds(),
             .selection = {},
             .choice = {},
             .luck = {},
             .seconds = 0};
  for (const auto& [at, row] : rows)
    if (at.second == grid.iterations.back()) f.seconds += row.seconds;
  f.selection = select(f.all, f.thresholds);
  if (const Summary* chosen = f.selection.chosen()) {
    f.choice = make_choice(grid, source, *chosen, folder, o.quiet);
    if (!f.choice) return stopped();
    f.luck = about_luck(grid, f.all, *chosen, xgrad::nn::data::size(f.choice->data->dev));
  } else {
    std::error_code unimportant;
    fs::remove(folder + "/chosen.safetensors", unimportant);  // one that other rows had led to
  }
  print(std::cout, f);
  const std::string report = folder + "/report.html";
  write_report(report, f, command);
  if (f.choice) std::cout << "parameters  " << absolute(f.choice->path) << '\n';
  std::cout << "report      " << absolute(report) << '\n';
  return success;
}

int merge(const Options& o, const std::string& command) {
  std::vector<std::string> parts = o.parts;
  Results all = merged(parts);
  const std::string folder = folder_of(o, all.head.grid), path = folder + "/results.jsonl";
  if (!all.head.grid.data.file.empty() && !xgrad::nn::file_exists(all.head.grid.data.file))
    throw xgrad::IoError(parts.front() + ": is about the examples in " + all.head.grid.data.file +
                         ", which is not there; call merge from the folder that study was called from");
  DataSource source(all.head.grid);
  if (source.mark() != all.head.mark)
    throw BadInput(parts.front() + ": holds results on other data; the examples have changed since");
  make_folder(folder);
  ResultsFile file(path, all.head);
  file.take(all.rows);
  file.finish();
  if (file.rows().size() < row_count(all.head.grid)) return missing_rows(all.head.grid, file.rows(), path);
  std::cout << file.rows().size() << " rows in " << absolute(path) << "\n\n";
  return conclude(o, all.head.grid, source, file.rows(), command);
}

int run(const Options& o, const std::string& command) {
  const Shard shard = parse_shard(o.shard);
  const Grid grid = o.grid.empty() ? Grid{} : read_grid(o.grid);
  if (o.print_grid) {
    nlohmann::ordered_json json = to_json(grid);
    json.erase("name");  // that of the file it goes to
    std::cout << json.dump(2) << '\n';
    return success;
  }
  DataSource source(grid);
  const std::string folder = folder_of(o, grid);
  make_folder(folder);
  const bool whole = shard.count == 1;
  const std::string name =
      whole ? "results" : "results-" + std::to_string(shard.index) + "-of-" + std::to_string(shard.count);
  ResultsFile file(folder + "/" + name + ".jsonl", {grid, source.mark()});
  const int cores = static_cast<int>(std::thread::hardware_concurrency()), jobs = o.jobs ? o.jobs : std::max(1, cores);
  const std::size_t before = file.rows().size();
  const auto start = std::chrono::steady_clock::now();
  const bool done =
      sweep(grid, source, file, {.shard = shard, .jobs = jobs, .quiet = o.quiet, .unfinished = folder + "/unfinished"});
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::cout << source.describe() << ": " << file.rows().size() - before << " rows in " << common::duration_text(seconds)
            << " with " << jobs << (jobs == 1 ? " job" : " jobs");
  if (before) std::cout << ", " << before << " were there";
  std::cout << '\n';
  if (!done) return stopped();
  file.finish();
  if (!whole) {
    std::cout << "shard " << o.shard << " is done: " << absolute(folder + "/" + name + ".jsonl")
              << "\nwhen all are: study merge " << common::quoted(folder) << "/results-*-of-" << shard.count << ".jsonl"
              << (o.out.empty() ? "" : " --out " + common::quoted(o.out)) << '\n';
    return success;
  }
  std::cout << '\n';
  return conclude(o, grid, source, file.rows(), command);
}

}  // namespace

int main(int argc, char* argv[]) {
  Options options;
  CLI::App app("Trains a net for every combination of a grid, filters them, chooses one, and reports.", "study");
  const CLI::App* merging = define(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return success;
  } catch (const CLI::ParseError& e) {
    std::cerr << "study: " << e.what() << "; see --help\n";
    return bad_usage;
  }
  const std::string command = common::command_line("study", argc, argv);
  common::stop_on_signals("\nstopping; again to stop at once\n");
  try {
    if (merging->parsed())
      for (const char* name : {"grid", "--jobs", "--shard", "--print-grid"})
        if (app.get_option(name)->count())
          throw BadUsage(std::string(name) + ": has no meaning with merge, which trains nothing");
    const int code = merging->parsed() ? merge(options, command) : run(options, command);
    if (!std::cout.flush()) throw xgrad::IoError("cannot write to standard output");
    return code;
  } catch (const BadUsage& e) {
    std::cerr << "study: " << e.what() << '\n';
    return bad_usage;
  } catch (const BadInput& e) {
    std::cerr << "study: " << e.what() << '\n';
    return bad_usage;
  } catch (const std::bad_alloc&) {
    std::cerr << "study: out of memory; take fewer units or examples\n";
    return failure;
  } catch (const std::exception& e) {
    std::cerr << "study: " << e.what() << '\n';
    return failure;
  }
}
