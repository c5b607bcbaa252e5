#include "sweep.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
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
  Sweep(const Grid& grid, DataSource& source, ResultsFile& file, const Shard& shard)
      : grid_(grid), source_(source), file_(file) {
    const std::shared_ptr<const Data> data = source.at(grid.seed);
    for (const Run& run : runs(grid)) {
      if (!shard.holds(run)) continue;
      const auto has = [&](Index n) { return file.rows().contains({run.number, n}); };
      const auto done = std::count_if(grid.iterations.begin(), grid.iterations.end(), has);
      rows_ += grid.iterations.size();
      rows_done_ += static_cast<std::size_t>(done);
      const Task task{run, step_work(run.configuration, *data)};
      work_ += total(task);
      if (done == static_cast<std::ptrdiff_t>(grid.iterations.size()))
        work_done_ += total(task);
      else
        tasks_.push_back(task);
    }
    // the longest first, so that no thread is left alone with one at the end
    std::stable_sort(tasks_.begin(), tasks_.end(),
                     [](const Task& a, const Task& b) { return a.step_work > b.step_work; });
    for (const auto& [at, row] : file.rows())
      if (shard.holds(row.run)) watch(row);
  }

  bool run(int jobs, bool quiet) {
    std::optional<common::Progress> progress;
    if (!quiet) progress.emplace(work_, 20);
    const auto show = [&] {
      if (progress) progress->show(work_done_, text());
    };
    std::vector<std::jthread> threads;
    std::unique_lock lock(mutex_);
    show();
    const std::size_t wanted = std::min(static_cast<std::size_t>(jobs), tasks_.size());
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
    Training training(task.run, grid_, source_.at(task.run.seed));
    for (const Index n : grid_.iterations) {
      while (training.iterations() < n) {
        if (stop_) return;
        training.step();
        work_done_ += task.step_work;
      }
      const Row row = training.row();
      const std::lock_guard lock(mutex_);
      if (file_.rows().contains(key(row))) continue;
      file_.add(row);
      ++rows_done_;
      watch(row);
    }
  }

  void watch(const Row& row) {
    if (!row.diverged && (!best_ || row.dev_accuracy > best_->dev_accuracy)) best_ = row;
  }

  std::string text() const {
    std::string text = std::to_string(rows_done_) + "/" + std::to_string(rows_) + " rows";
    if (best_)
      text += "  best " + common::percent(best_->dev_accuracy) + " by " + to_string(best_->run.configuration, grid_) +
              ", " + common::grouped(best_->iterations);
    return text;
  }

  const Grid& grid_;
  DataSource& source_;
  ResultsFile& file_;
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

bool sweep(const Grid& grid, DataSource& source, ResultsFile& file, const Shard& shard, int jobs, bool quiet) {
  return Sweep(grid, source, file, shard).run(jobs, quiet);
}

}  // namespace study
