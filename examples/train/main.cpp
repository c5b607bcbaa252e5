// train: any net of the articles and more, on any data, from one command line.

#include <csignal>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <autograd/autograd.hpp>
#include <nn/metrics.hpp>
#include <nn/safetensors.hpp>
#include <nn/summary.hpp>

#include "../common/html.hpp"
#include "../common/progress.hpp"
#include "history.hpp"
#include "journal.hpp"
#include "net.hpp"
#include "report.hpp"
#include "run.hpp"

using namespace xgrad;
using namespace train;
using common::number;

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

volatile std::sig_atomic_t stop_requested = 0;
extern "C" void request_stop(int) { stop_requested = 1; }

// Everything that tells the user about a run.
class Teller {
 public:
  Teller(const Options& options, std::ostream& out) : options_(options), out_(out) {}
  std::ostream* details() const { return options_.quiet ? nullptr : &out_; }

  void intro(const Job& job, const Parts& parts, Run& run) const {
    if (!details()) return;
    const auto count = [](const Dataset& d) {
      return d.x.defined() ? std::to_string(d.x.shape()[0]) : std::string("no");
    };
    out_ << job.name << ": " << to_string(job.problem) << ", examples of " << to_string(job.example) << ", "
         << count(parts.train) << " train, " << count(parts.dev) << " dev, " << count(parts.test) << " test"
         << (job.standardize ? ", standardised" : "") << "\n\n"
         << nn::summary(run.net(), job.example) << '\n';
  }

 private:
  const Options& options_;
  std::ostream& out_;
};

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

nlohmann::ordered_json options_json(const CLI::App& app) {
  nlohmann::ordered_json json;
  for (const CLI::Option* option : app.get_options())
    if (!option->get_lnames().empty() && option->get_configurable()) {
      const std::vector<std::string> given =
          option->count() ? option->results() : std::vector<std::string>{option->get_default_str()};
      std::string text;
      for (const std::string& value : given) text += (text.empty() ? "" : ",") + value;
      json[option->get_lnames().front()] = text;
    }
  return json;
}

// Cross-validation: a net for each fold, its dev part being that fold.
int cross_validate(const Options& o, const Job& job, Rng& rng, std::ostream& out, Journal& journal) {
  const std::vector<nn::data::Fold> parts = folds(job, o.folds, rng);
  common::Progress progress(parts.size(), o.quiet ? 0 : parts.size());
  std::vector<double> scores;
  double loss = 0;
  const Objective objective(o, job.problem);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Options fold_options = o;
    fold_options.seed = o.seed + i;  // other weights and another order for each
    Run run(fold_options, job, cut(job, parts[i]), "");
    progress.show(i, "fold " + std::to_string(i + 1));
    const Ending ending = run.train([] { return stop_requested != 0; }, [] {}, [](const Epoch&) {});
    if (ending == Ending::interrupted) return stopped_by_user;
    const Evaluation dev = evaluate(run.net(), objective, run.parts().dev);
    scores.push_back(dev.score);
    loss += dev.loss / static_cast<double>(parts.size());
    progress.show(i + 1, std::string(objective.score_name()) + " " + objective.score_text(dev.score));
    journal.write({{"event", "fold"},
                   {"fold", i + 1},
                   {"dev_loss", dev.loss},
                   {std::string("dev_") + objective.score_name(), dev.score}});
  }
  double mean = 0, deviation = 0;
  for (double s : scores) mean += s / static_cast<double>(scores.size());
  for (double s : scores) deviation += (s - mean) * (s - mean) / static_cast<double>(scores.size() - 1);
  deviation = std::sqrt(deviation);
  out << o.folds << "-fold " << objective.score_name() << ": " << objective.score_text(mean) << " ± "
      << objective.score_text(deviation) << " (";
  for (std::size_t i = 0; i < scores.size(); ++i) out << (i ? ", " : "") << objective.score_text(scores[i]);
  out << "), loss " << number(loss, 4) << '\n';
  return success;
}

std::string absolute(const std::string& path) { return std::filesystem::absolute(path).string(); }

int train_once(const Options& o, const CLI::App& app, const Job& job, Run& run, std::ostream& out, Journal& journal,
               const std::string& command) {
  journal.write({{"event", o.resume.empty() ? "start" : "resume"},
                 {"command", command},
                 {"options", options_json(app)},
                 {"step", run.step()}});
  Ending ending;
  {
    common::Progress progress(static_cast<std::size_t>(run.steps()), o.quiet ? 0 : 20);
    progress.show(static_cast<std::size_t>(run.step()), progress_text(run));
    ending = run.train([] { return stop_requested != 0; },
                       [&] { progress.show(static_cast<std::size_t>(run.step()), progress_text(run)); },
                       [&](const Epoch& e) { journal.write(to_json(e, run.objective())); });
  }
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

int run(Options o, const CLI::App& given, const std::string& command) {
  CLI::App app;  // holds the options that count: those given, or those the run began with
  Options dummy;
  std::string text = to_text(given);
  if (!o.resume.empty()) {
    const nn::Safetensors file = nn::load_safetensors(o.resume);
    const auto note = file.metadata.find("note.options");
    if (note == file.metadata.end()) throw IoError(o.resume + ": is no checkpoint of train");
    text = note->second;
    o = resumed(given, o, text);
  }
  define(app, dummy);
  std::istringstream stream(text);
  app.parse_from_stream(stream);

  if (o.folds == 1) throw ShapeError("--folds: takes 2 or more, or 0 for one dev part");
  if (o.folds && !(o.save.empty() && o.report.empty()))
    throw ShapeError("--folds: trains several nets, so there is none to --save or --report");
  const bool json_on_stdout = o.json == "-";
  std::ostream& out = json_on_stdout ? std::cerr : std::cout;
  const Threads hands(o.threads);
  Journal journal(o.json, !o.resume.empty());
  Rng rng(o.seed);
  const Job job = load_job(o, rng);
  if (o.folds) return cross_validate(o, job, rng, out, journal);
  Parts parts = cut(job, o, rng);
  Run run(o, job, std::move(parts), text);
  if (!o.resume.empty()) run.resume(o.resume);
  Teller(o, out).intro(job, run.parts(), run);
  if (o.gradcheck) {
    const GradcheckReport report = run.check_gradients();
    out << report << '\n';
    if (!report.passed())
      throw NumericError("--gradcheck: the gradients are not confirmed; the table above says where");
  }
  if (o.find_lr) {
    const nn::RangeTest test = run.find_rate();
    out << test;
    if (!o.report.empty()) {
      write_report(o.report, o, test, command);
      out << "report  " << absolute(o.report) << '\n';
    }
    return success;
  }
  return train_once(o, app, job, run, out, journal, command);
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
  std::string command = "train";
  for (int i = 1; i < argc; ++i) command += std::string(" ") + argv[i];
  std::signal(SIGINT, request_stop);
  std::signal(SIGTERM, request_stop);
  try {
    return run(options, app, command);
  } catch (const Diverged& e) {
    std::cerr << "train: " << e.what() << '\n';
    return diverged;
  } catch (const std::exception& e) {
    std::cerr << "train: " << e.what() << '\n';
    return std::string_view(e.what()).starts_with("--") ? bad_usage : failure;  // about an option
  }
}
