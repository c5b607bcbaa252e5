#pragma once
// Threads: more hands for this thread's kernels. However work is cut, its parts give the bits of the whole: results are
// the same for any number of them.

#include <functional>
#include <memory>

#include <autograd/shape.hpp>

namespace xgrad {

/// `Threads hands(2);` While it lives, large elementwise operations, products, softmax, sums of rows, convolutions,
/// pools and updates of Parameters of the thread that made it run on so many threads, itself included. Without one they
/// run on one; BLAS itself is kept to one thread in either case.
class Threads {
 public:
  /// Throws NumericError unless the count is from 1 to 1024 and the system can start them.
  explicit Threads(int count);
  ~Threads();
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
  /// On how many this thread's kernels run now.
  static Index count();

 private:
  template <class F>
  friend void parallel(Index count, F&& f);
  static bool many();
  static void run(Index count, const std::function<void(Index)>& f);
  class Crew;
  std::unique_ptr<Crew> crew_;  // null for one thread
  Threads* outer_;
};

/// For kernels: f(0) … f(count − 1), each once and in any order, on this thread's newest Threads; returns when all are
/// done. What f writes must depend on its number alone. An exception of its is thrown on; some parts are then not made.
template <class F>
void parallel(Index count, F&& f) {
  if (count > 1 && Threads::many())
    Threads::run(count, std::ref(f));
  else
    for (Index i = 0; i < count; ++i) f(i);
}

}  // namespace xgrad
