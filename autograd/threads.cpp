#include <autograd/threads.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <autograd/error.hpp>

namespace xgrad {
namespace {

thread_local Threads* newest = nullptr;

// To put a thread to sleep and wake it takes as long as many a round: the next one, or the end of this, comes sooner
// mostly. Other threads may have the processor meanwhile.
template <class F>
void await_briefly(F over) {
  using Clock = std::chrono::steady_clock;
  for (const auto end = Clock::now() + std::chrono::microseconds(100); !over() && Clock::now() < end;)
    std::this_thread::yield();
}

}  // namespace

// Workers sleep between rounds that are far apart; in a round everybody, the owner too, takes the next number until
// none is left.
class Threads::Crew {
 public:
  explicit Crew(int workers) {
    try {
      for (int i = 0; i < workers; ++i) threads_.emplace_back([this] { work(); });
    } catch (const std::exception& e) {
      const std::string started = std::to_string(threads_.size());
      end();
      throw NumericError("Threads: the system starts only " + started + " more (" + e.what() + "); ask for fewer");
    }
  }
  ~Crew() { end(); }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  Index workers() const { return static_cast<Index>(threads_.size()); }

  void run(Index count, const std::function<void(Index)>& f) {
    {
      const std::lock_guard lock(mutex_);
      f_ = &f;
      count_ = count;
      next_ = 0;
      busy_ = threads_.size();
      ++round_;
    }
    wake_.notify_all();
    take(count, f);
    await_briefly([this] { return busy_ == 0; });
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return busy_ == 0; });
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
  }

 private:
  void end() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    wake_.notify_all();
    for (std::thread& t : threads_) t.join();
  }

  void take(Index count, const std::function<void(Index)>& f) {
    try {
      for (Index i = next_++; i < count; i = next_++) f(i);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      error_ = std::current_exception();
    }
  }

  void work() {
    std::uint64_t seen = 0;
    for (;;) {
      const auto called = [&] { return over_ || round_ != seen; };
      await_briefly(called);
      std::unique_lock lock(mutex_);
      wake_.wait(lock, called);
      if (over_) return;
      seen = round_;
      const std::function<void(Index)>& f = *f_;
      const Index count = count_;
      lock.unlock();
      take(count, f);
      lock.lock();
      if (--busy_ == 0) done_.notify_one();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_, done_;
  const std::function<void(Index)>* f_ = nullptr;
  Index count_ = 0;
  std::atomic<Index> next_{0};
  // Changed under the mutex, so that nobody sleeps through it.
  std::atomic<std::size_t> busy_{0};
  std::atomic<std::uint64_t> round_{0};
  std::atomic<bool> over_{false};
  std::exception_ptr error_;
  std::vector<std::thread> threads_;
};

Threads::Threads(int count) : outer_(newest) {
  if (count < 1 || count > 1024)
    throw NumericError("Threads: the count must be from 1 to 1024, not " + std::to_string(count));
  if (count > 1) crew_ = std::make_unique<Crew>(count - 1);
  newest = this;
}

// They may end out of order: each unlinks itself.
Threads::~Threads() {
  Threads** link = &newest;
  while (*link && *link != this) link = &(*link)->outer_;
  if (*link) *link = outer_;
}

Index Threads::count() { return many() ? newest->crew_->workers() + 1 : 1; }

bool Threads::many() { return newest && newest->crew_; }

void Threads::run(Index count, const std::function<void(Index)>& f) {
  // Its parts' own parts stay on the thread that has them.
  struct Busy {
    Threads* threads = std::exchange(newest, nullptr);
    ~Busy() { newest = threads; }
  } busy;
  busy.threads->crew_->run(count, f);
}

}  // namespace xgrad
