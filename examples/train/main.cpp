// train: any net of the articles and more, on any data, from one command line.

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <new>
#include <optional>

#include <nlohmann/json.hpp>

#include <autograd/autograd.hpp>
#include <nn/file.hpp>
#include <nn/metrics.hpp>
#include <nn/safetensors.hpp>
#include <nn/summary.hpp>

#include "../common/cli.hpp"
#include "../common/html.hpp"
#include "../common/progress.hpp"
#include "command_line.hpp"
#include "cross_validation.hpp"
#include "history.hpp"
#include "journal.hpp"
#include "report.hpp"
#include "run.hpp"

using namespace xgrad;
using namespace train;
using common::interrupted, common::number;

namespace {

enum ExitCode { success = 0, failure = 1, bad_usage = 2, diverged = 3, stopped_by_user = 130 };

const char* const footer =
    "Examples:\n"
    "  train moons --layers 16,16 --epochs 500 --report moons.html\n"
    "  train spiral --layers 32,32 --optimizer adam --lr 0.01 --batch 64 --schedule one_cycle --gradcheck\n"
    "  train patients.csv --target outcome --missing mean --folds 5\n"
    "  train digits --layers conv8,pool2,64 --optimizer adam --batch 32 --epochs 20 --save digits.safetensors\n"
    "  train --resume digits.safetensors --epochs 40\n\n"
    "Exit codes: 0 done, 1 failed, 2 bad usage, 3 diverged, 130 stopped by Ctrl-C (after saving, with --save).";

void print_intro(std::ostream& out, const Job& job, Run& run) {
  const Parts& parts = run.parts();
  const auto count = [](const Dataset& d) {
    return d.x.defined() ? std::to_string(d.x.shape()[0]) : std::string("no");
  };
  out << job.name << ": " << to_string(job.problem) << ", examples of " << to_string(job.example) << ", "
      << count(parts.train) << " train, " << count(parts.dev) << " dev, " << count(parts.test) << " test"
      << (job.standardize ? ", standardised" : "") << "\n\n"
      << nn::summary(run.net(), job.example) << '\n';
}

// What is to be written must not be what is read, nor the same file twice; and there must be a place for it.
void check_files(const Options& o) {
  namespace fs = std::filesystem;
  std::vector<std::pair<std::string, fs::path>> seen{{"the data", o.data}};
  const std::pair<const char*, const std::string*> written[] = {
      {"--save", &o.save}, {"--report", &o.report}, {"--json", &o.json}};
  for (const auto& [option, path] : written) {
    if (path->empty() || *path == "-") continue;
    std::error_code error;
    const fs::path whole = fs::weakly_canonical(*path, error);
    for (const auto& [name, other] : seen)
      if (fs::weakly_canonical(other, error) == whole)
        throw BadUsage(std::string(option) + ": " + *path + " is the file of " + name +
                       " as well; choose another name");
    seen.emplace_back(option, *path);
    const std::string folder = whole.parent_path().empty() ? "." : whole.parent_path().string();
    if (access(folder.c_str(), W_OK) != 0)
      throw IoError("cannot write " + *path + ": the folder " + folder + ": " + std::strerror(errno));
  }
  if (o.save.empty() || o.save == o.resume || !nn::file_exists(o.save)) return;
  try {
    if (nn::load_safetensors(o.save).metadata.contains("xgrad.checkpoint")) return;
  } catch (const IoError&) {}
  throw BadUsage("--save: " + o.save + " exists and is no checkpoint; remove it, or choose another name");
}

std::string progress_text(const Run& run) {
  const Epoch* last = run.history().empty() ? nullptr : &run.history().back();
  std::string text = "epoch " + std::to_string(run.epoch_now()) + "  lr " + number(run.lr(), 3) + "  loss " +
                     number(run.last_loss(), 4);
  if (last) {
    text += "  train " + run.objective().score_text(last->train_score);
    if (last->dev_score) text += "  dev " + run.objective().score_text(*last->dev_score);
  }
  if (run.seconds() > 0) text += "  " + number(static_cast<double>(run.step()) / run.seconds(), 3) + " steps/s";
  return text;
}

Results evaluate_all(Run& run, Ending ending) {
  Results results;
  const Parts& parts = run.parts();
  const std::pair<const char*, const Dataset*> named[] = {
      {"train", &parts.train}, {"dev", &parts.dev}, {"test", &parts.test}};
  for (const auto& [name, part] : named)
    if (part->x.defined()) results.parts.emplace_back(name, evaluate(run.net(), run.objective(), *part));
  results.ending = std::to_string(run.epoch()) + (run.epoch() == 1 ? " epoch" : " epochs");
  if (ending == Ending::stopped_early) results.ending = "stopped early after " + results.ending;
  if (run.best_epoch()) results.ending += ", best dev loss in epoch " + std::to_string(*run.best_epoch());
  if (ending == Ending::interrupted) results.ending = "stopped by the user after " + results.ending;
  return results;
}

void print(std::ostream& out, const Run& run, const Results& results) {
  char line[160];
  std::snprintf(line, sizeof line, "%-7s %-12s %s\n", "part", "loss", run.objective().score_name());
  out << line;
  for (const auto& [name, e] : results.parts) {
    std::snprintf(line, sizeof line, "%-7s %-12s %s\n", name.c_str(), number(e.loss, 6).c_str(),
                  run.objective().score_text(e.score).c_str());
    out << line;
  }
}

std::string absolute(const std::string& path) { return std::filesystem::absolute(path).string(); }

int train_once(const Options& o, const nlohmann::ordered_json& options, const Job& job, Run& run, std::ostream& out,
               Journal& journal, const std::string& command) {
  journal.write({{"event", o.resume.empty() ? "start" : "resume"},
                 {"command", command},
                 {"options", options},
                 {"step", run.step()}});
  std::optional<common::Progress> progress;
  if (!o.quiet) progress.emplace(static_cast<std::size_t>(run.steps()), 20);
  const auto show = [&] {
    if (progress) progress->show(static_cast<std::size_t>(run.step()), progress_text(run));
  };
  show();
  const Ending ending =
      run.train(interrupted, show, [&](const Epoch& e) { journal.write(to_json(e, run.objective())); });
  progress.reset();
  const Results results = evaluate_all(run, ending);
  print(out, run, results);
  const auto [part_name, part] = shown_part(run.parts());
  if (!o.quiet && run.objective().classifies() && job.classes.size() <= 12)
    out << "\nconfusion of the " << part_name << " part\n"
        << nn::to_string(nn::ConfusionMatrix(outputs_of(run.net(), part->x), part->y), job.classes);
  out << '\n'
      << results.ending << " in " << common::duration_text(run.seconds()) << ", weights " << run.weights_hash() << '\n';
  if (!o.save.empty()) out << "checkpoint  " << absolute(o.save) << '\n';
  if (!o.report.empty()) {
    write_report(o.report, o, job, run, results, command);
    out << "report      " << absolute(o.report) << '\n';
  }
  nlohmann::ordered_json end{
      {"event", "end"}, {"ending", results.ending}, {"step", run.step()}, {"weights", run.weights_hash()}};
  for (const auto& [name, e] : results.parts) {
    end[name + "_loss"] = e.loss;
    end[name + "_" + run.objective().score_name()] = e.score;
  }
  end["seconds"] = run.seconds();
  journal.write(end);
  if (ending != Ending::interrupted) return success;
  if (!o.save.empty()) out << "go on with   train --resume " << o.save << '\n';
  return stopped_by_user;
}

int run(Options o, const Texts& given, const std::string& command) {
  check_combinations(given, o, nn::data::named_sets());
  nlohmann::ordered_json options = train::to_json(given);
  if (!o.resume.empty()) {
    const nn::Safetensors file = nn::load_safetensors(o.resume);
    const auto note = file.metadata.find("note.train");
    if (note == file.metadata.end()) throw IoError(o.resume + ": is no checkpoint of train");
    try {
      options = nlohmann::ordered_json::parse(note->second).at("options");
    } catch (const nlohmann::ordered_json::exception&) {
      throw IoError(o.resume + ": what train has noted in it is damaged");
    }
    o = resumed(given, options);
  }
  check_files(o);

  std::ostream& out = o.json == "-" ? std::cerr : std::cout;
  const Threads hands(static_cast<int>(o.threads));
  Rng rng(o.seed);
  const Job job = load_job(o, rng);
  if (o.folds) {
    Journal journal(o.json, false);
    return cross_validate(o, job, rng, interrupted, out, journal) ? success : stopped_by_user;
  }
  Parts parts = cut(job, o, rng);
  Run run(o, job, std::move(parts), options);
  if (!o.resume.empty()) run.resume(o.resume);
  if (!o.quiet) print_intro(out, job, run);
  if (o.gradcheck) {
    const GradcheckReport report = run.check_gradients();
    out << report << '\n';
    if (!report.passed())
      throw NumericError("--gradcheck: the gradients are not confirmed; the table above says where");
  }
  if (o.find_lr) {
    const nn::RangeTest test = run.find_rate(interrupted);
    out << test;
    if (!o.report.empty()) {
      write_report(o.report, o, test, command);
      out << "report  " << absolute(o.report) << '\n';
    }
    return interrupted() ? stopped_by_user : success;
  }
  Journal journal(o.json, !o.resume.empty());
  return train_once(o, options, job, run, out, journal, command);
}

void list_sets() {
  for (const nn::data::NamedSet& set : nn::data::named_sets())
    std::printf("%-15s %s%s\n", set.name.c_str(), set.about.c_str(),
                set.toy() ? "" : (" (" + set.origin + ")").c_str());
}

}  // namespace

int main(int argc, char* argv[]) {
  Options options;
  CLI::App app("Trains a net of layers on a data set or a file, and says how well it does.", "train");
  define(app, options);
  app.footer(footer);
  app.set_config("--config", "", "read options from a file, as `name=value` lines")->group("Run");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return success;
  } catch (const CLI::ParseError& e) {
    std::cerr << "train: " << e.what() << "; see --help\n";
    return bad_usage;
  }
  if (options.list) {
    list_sets();
    return success;
  }
  const std::string command = common::command_line("train", argc, argv);
  common::stop_on_signals("\nstopping after this step; again to stop at once\n");
  try {
    const int code = run(options, given(app), command);
    if (!std::cout.flush()) throw IoError("cannot write to standard output");
    return code;
  } catch (const BadUsage& e) {
    std::cerr << "train: " << e.what() << '\n';
    return bad_usage;
  } catch (const Diverged& e) {
    std::cerr << "train: " << e.what() << '\n';
    return diverged;
  } catch (const std::bad_alloc&) {
    std::cerr << "train: out of memory; take fewer units or examples\n";
    return failure;
  } catch (const std::exception& e) {
    std::cerr << "train: " << e.what() << '\n';
    return failure;
  }
}
