#include "sweep.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <filesystem>
#include <optional>
#include <system_error>
#include <thread>

#include "../common/cli.hpp"
#include "../common/html.hpp"
#include "../common/progress.hpp"
#include "training.hpp"

namespace study {
namespace {

// Microseconds that a step takes, roughly: the order of the runs and the time left are reckoned from it, nothing else.
std::size_t step_work(const Configuration& c, const Data& data) {
  const Index n = xgrad::nn::data::size(data.train), examples = c.batch ? std::min(c.batch, n) : n;
  const double inputs = static_cast<double>(data.train.x.shape()[1]), width = static_cast<double>(c.width);
  const double products = c.depth ? inputs * width + static_cast<double>(c.depth - 1) * width * width : inputs;
  const double units = width * static_cast<double>(c.depth);
  return static_cast<std::size_t>(20 + static_cast<double>(examples) * (0.04 + 0.004 * units + 0.0002 * products));
}

struct Task {
  Run run;
  std::size_t step_work;
};

class Sweep {
 public:
  Sweep(const Grid& grid, DataSource& source, ResultsFile& file, const SweepOptions& options)
      : grid_(grid), source_(source), file_(file), options_(options) {
    for (const Task& task : share_of_shard()) {
      std::size_t done = 0;
      for (const Index n : grid.iterations) {
        const auto row = file.rows().find({task.run.number, n});
        if (row == file.rows().end()) continue;
        ++done;
        watch(row->second);
      }
      rows_ += grid.iterations.size();
      rows_done_ += done;
      work_ += total(task);
      if (done == grid.iterations.size())
        work_done_ += total(task);
      else
        tasks_.push_back(task);
    }
  }

  bool run() {
    std::optional<common::Progress> progress;
    if (!options_.quiet) progress.emplace(work_, 20);
    const auto show = [&] {
      if (progress) progress->show(work_done_, text());
    };
    std::vector<std::jthread> threads;
    std::unique_lock lock(mutex_);
    show();
    const std::size_t wanted = std::min(static_cast<std::size_t>(options_.jobs), tasks_.size());
    try {
      for (; threads.size() < wanted; ++working_) threads.emplace_back([this] { work(); });
    } catch (const std::system_error& e) {
      stop_ = true;
      throw xgrad::Error("cannot start " + std::to_string(wanted) + " threads: " + e.code().message() +
                         "; give fewer --jobs");
    }
    while (working_ > 0) {
      changed_.wait_for(lock, std::chrono::milliseconds(100));
      if (common::interrupted()) stop_ = true;
      show();
    }
    lock.unlock();
    threads.clear();
    if (failure_) std::rethrow_exception(failure_);
    return rows_done_ == rows_;
  }

 private:
  // Of all runs, the longest first: so shards take equally long, and no thread is left alone with a long one at the
  // end.
  std::vector<Task> share_of_shard() const {
    const std::shared_ptr<const Data> data = source_.at(grid_.seed);
    std::vector<Task> all, share;
    for (const Run& run : runs(grid_)) all.push_back({run, step_work(run.configuration, *data)});
    std::stable_sort(all.begin(), all.end(), [](const Task& a, const Task& b) { return a.step_work > b.step_work; });
    for (std::size_t k = options_.shard.index - 1; k < all.size(); k += options_.shard.count) share.push_back(all[k]);
    return share;
  }

  std::size_t total(const Task& task) const {
    return task.step_work * static_cast<std::size_t>(grid_.iterations.back());
  }

  void work() {
    try {
      while (!stop_) {
        const std::size_t next = next_++;
        if (next >= tasks_.size()) break;
        train(tasks_[next]);
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      stop_ = true;
    }
    const std::lock_guard lock(mutex_);
    --working_;
    changed_.notify_one();
  }

  void train(const Task& task) {
    using Clock = std::chrono::steady_clock;
    const std::shared_ptr<const Data> data = source_.at(task.run.seed);
    const std::string saved = options_.unfinished + "/" + std::to_string(task.run.number) + ".safetensors";
    std::optional<Training> training(std::in_place, task.run, grid_, data);
    if (training->resume(saved) && lacks_row_before(task.run, training->iterations()))
      training.emplace(task.run, grid_, data);
    work_done_ += task.step_work * static_cast<std::size_t>(training->iterations());
    auto saved_last = Clock::now();
    for (const Index n : grid_.iterations) {
      if (training->iterations() > n) continue;
      while (training->iterations() < n) {
        if (stop_ || Clock::now() - saved_last > std::chrono::seconds(10)) {
          training->save(saved);
          if (stop_) return;
          saved_last = Clock::now();
        }
        training->step();
        work_done_ += task.step_work;
      }
      const Row row = training->row();
      const std::lock_guard lock(mutex_);
      if (file_.rows().contains(key(row))) continue;
      file_.add(row);
      ++rows_done_;
      watch(row);
    }
    std::error_code unimportant;
    std::filesystem::remove(saved, unimportant);
  }

  // A power failure may have taken rows that the run had passed when it was saved.
  bool lacks_row_before(const Run& run, Index iterations) {
    const std::lock_guard lock(mutex_);
    return std::any_of(grid_.iterations.begin(), grid_.iterations.end(), [&](Index n) {
      return n < iterations && !file_.rows().contains({run.number, n});
    });
  }

  void watch(const Row& row) {
    if (!row.diverged && (!best_ || row.dev_accuracy > best_->dev_accuracy)) best_ = row;
  }

  std::string text() const {
    std::string text = std::to_string(rows_done_) + "/" + std::to_string(rows_) + " rows";
    if (best_)
      text += "  best row " + common::percent(best_->dev_accuracy) + " by " +
              to_string(best_->run.configuration, grid_) + ", " + common::grouped(best_->iterations) + " iterations";
    return text;
  }

  const Grid& grid_;
  DataSource& source_;
  ResultsFile& file_;
  const SweepOptions& options_;
  std::vector<Task> tasks_;
  std::size_t rows_ = 0, work_ = 0;
  std::atomic<std::size_t> next_{0}, work_done_{0};
  std::atomic<bool> stop_{false};
  std::mutex mutex_;  // of all below, and of the file
  std::condition_variable changed_;
  std::size_t rows_done_ = 0;
  int working_ = 0;
  std::optional<Row> best_;
  std::exception_ptr failure_;
};

}  // namespace

bool sweep(const Grid& grid, DataSource& source, ResultsFile& file, const SweepOptions& options) {
  std::error_code error;
  std::filesystem::create_directory(options.unfinished, error);
  if (error) throw xgrad::IoError("cannot make the folder " + options.unfinished + ": " + error.message());
  const bool done = Sweep(grid, source, file, options).run();
  std::filesystem::remove(options.unfinished, error);  // if it is empty: other shards may be at work
  return done;
}

}  // namespace study
