// W6, and single operations: functions of 100,000 elements, every way to broadcast, sums over any axis, products.

#include <cstdint>
#include <memory>
#include <vector>

#include <autograd/autograd.hpp>

#include "compare.hpp"
#include "limit/loops.hpp"
#include "limit/product.hpp"
#include "workloads.hpp"

namespace bench {

using namespace xgrad;
using limit::Function;

namespace {

// An operation's operands, its result, and both ways to it.
struct Loop {
  Tensor a, b, y;
};

// Of squares: elements of either sign must not cancel.
double total(const Tensor& y) { return sum(square(y.to(f64))).item(); }

template <class Run>
Work on_tensors(const std::shared_ptr<Loop>& s, Run run) {
  return {[s, run] {
            s->y = Tensor();
            const NoGrad off;
            s->y = run(s->a, s->b);
          },
          [s] { return total(s->y); }};
}

// run(a, b, y) fills a buffer of the result's shape. It lies half a page beside `a`: a store and a load whose addresses
// agree in their last 12 bits would wait for each other.
template <class T, class Run>
Work on_buffers(const std::shared_ptr<Loop>& s, const Shape& shape, Run run) {
  constexpr std::size_t page = 4096;
  const auto count = static_cast<std::size_t>(element_count(shape));
  const auto room = std::make_shared<std::vector<T>>(count + 2 * page / sizeof(T));
  const auto last_bits = [](const void* p) { return reinterpret_cast<std::uintptr_t>(p) % page; };
  const std::size_t shift = (last_bits(s->a.data()) + page / 2 + page - last_bits(room->data())) % page / sizeof(T);
  T* y = room->data() + shift;
  return {[s, run, y] {
            run(static_cast<const T*>(s->a.data()), s->b.defined() ? static_cast<const T*>(s->b.data()) : nullptr, y);
          },
          [room, y, count] {
            double sum = 0;
            for (std::size_t i = 0; i < count; ++i) sum += static_cast<double>(y[i]) * static_cast<double>(y[i]);
            return sum;
          }};
}

template <class T>
constexpr DType dtype = sizeof(T) == 4 ? f32 : f64;
std::size_t size(Index i) { return static_cast<std::size_t>(i); }

template <class T>
Case of_elements(Case c, Index count) {
  c.name += sizeof(T) == 4 ? "/f32" : "/f64";
  c.unit = "element";
  c.units = static_cast<double>(count);
  c.agree_after = 1;
  c.tolerance = sizeof(T) == 4 ? 1e-4 : 1e-9;
  return c;
}

template <class T>
void add_functions() {
  constexpr Index count = 100'000;
  const auto add = [](const char* name, Function f, Tensor (*g)(const Arg&)) {
    const auto make = [f] {
      const Tensor x = linspace(-4, 4, count, dtype<T>);
      return std::shared_ptr<Loop>(new Loop{f == Function::log ? abs(x) + 1e-3 : x, {}, {}});
    };
    compare(
        of_elements<T>({.workload = "W6", .name = name, .must = 1.15}, count),
        [=] {
          return on_buffers<T>(make(), {count}, [f](const T* x, const T*, T* y) { limit::apply(f, x, y, count); });
        },
        [=] { return on_tensors(make(), [g](const Tensor& x, const Tensor&) { return g(x); }); });
  };
  add("tanh", Function::tanh, tanh);
  add("exp", Function::exp, exp);
  add("log", Function::log, log);
  add("sigmoid", Function::sigmoid, sigmoid);
}

template <class T>
std::shared_ptr<Loop> random(const Shape& a, const Shape& b) {
  Rng rng(1);
  return std::shared_ptr<Loop>(new Loop{rand(a, rng, dtype<T>), rand(b, rng, dtype<T>), {}});
}

template <class T>
void add_broadcasts() {
  // (outer, middle, inner) and which of the axes the second operand has
  struct Pattern {
    const char* name;
    Shape a, b;
    limit::Over over;
  };
  for (const Pattern& p :
       std::initializer_list<Pattern>{{"none (512, 511)", {1, 512, 511}, {1, 512, 511}, {true, true, true}},
                                      {"row (2000, 4)", {1, 2000, 4}, {4}, {false, false, true}},
                                      {"row (2000, 50)", {1, 2000, 50}, {50}, {false, false, true}},
                                      {"row (512, 511)", {1, 512, 511}, {511}, {false, false, true}},
                                      {"column (2000, 4)", {1, 2000, 4}, {2000, 1}, {false, true, false}},
                                      {"column (512, 511)", {1, 512, 511}, {512, 1}, {false, true, false}},
                                      {"scalar (512, 511)", {1, 512, 511}, {}, {false, false, false}},
                                      {"middle axis (63, 31, 65)", {63, 31, 65}, {63, 1, 65}, {true, false, true}},
                                      {"channel (64, 8, 784)", {64, 8, 784}, {8, 1}, {false, true, false}}}) {
    const Index outer = p.a[0], middle = p.a[1], inner = p.a[2];
    compare(
        of_elements<T>({.workload = "broadcast", .name = p.name}, element_count(p.a)),
        [=] {
          return on_buffers<T>(random<T>(p.a, p.b), p.a, [=](const T* a, const T* b, T* y) {
            limit::add(a, b, y, size(outer), size(middle), size(inner), p.over);
          });
        },
        [=] { return on_tensors(random<T>(p.a, p.b), [](const Tensor& a, const Tensor& b) { return a + b; }); });
  }
  const Index rows = 512, columns = 511;
  compare(
      of_elements<T>({.workload = "broadcast", .name = "outer (512, 1) by (511)"}, rows * columns),
      [=] {
        return on_buffers<T>(random<T>({rows, 1}, {columns}), {rows, columns}, [=](const T* a, const T* b, T* y) {
          limit::outer_product(a, b, y, size(rows), size(columns));
        });
      },
      [=] {
        return on_tensors(random<T>({rows, 1}, {columns}), [](const Tensor& a, const Tensor& b) { return a * b; });
      });
}

template <class T>
void add_reductions() {
  struct Pattern {
    const char* name;
    Shape shape;  // (outer, middle, inner), the middle one summed
  };
  for (const Pattern& p : std::initializer_list<Pattern>{{"rows (512, 511)", {512, 511, 1}},
                                                         {"rows (2000, 4)", {2000, 4, 1}},
                                                         {"columns (511, 512)", {1, 511, 512}},
                                                         {"columns (2000, 4)", {1, 2000, 4}},
                                                         {"columns (2000, 50)", {1, 2000, 50}},
                                                         {"all (261632)", {1, 261'632, 1}},
                                                         {"middle axis (63, 31, 65)", {63, 31, 65}}}) {
    const Index outer = p.shape[0], middle = p.shape[1], inner = p.shape[2];
    compare(
        of_elements<T>({.workload = "reduction", .name = p.name}, element_count(p.shape)),
        [=] {
          return on_buffers<T>(random<T>(p.shape, {}), {outer, inner}, [=](const T* x, const T*, T* y) {
            limit::sum_middle(x, y, size(outer), size(middle), size(inner));
          });
        },
        [=] { return on_tensors(random<T>(p.shape, {}), [](const Tensor& x, const Tensor&) { return sum(x, {1}); }); });
  }
}

// By BLAS and, of the sizes that they take, by the library's own loops; as a layer's forward pass and its two
// derivatives ask for them.
template <class T>
void add_products() {
  struct Sizes {
    Index m, n, k;
  };
  for (const Sizes& s : std::initializer_list<Sizes>{
           {512, 3, 784}, {37, 61, 53}, {128, 128, 128}, {1024, 16, 4096}, {128, 512, 784}, {1024, 512, 784}})
    for (const bool left : {false, true})
      for (const bool right : {false, true}) {
        if (left && right) continue;
        const Shape a = left ? Shape{s.k, s.m} : Shape{s.m, s.k}, b = right ? Shape{s.n, s.k} : Shape{s.k, s.n};
        Case c{.workload = "product", .name = to_string(Shape{s.m, s.n}) + " of " + std::to_string(s.k) + " terms"};
        c.name += left ? ", left transposed" : right ? ", right transposed" : "";
        c = of_elements<T>(c, 1);
        c.unit = "product";
        compare(
            c,
            [=] {
              return on_buffers<T>(random<T>(a, b), {s.m, s.n}, [=](const T* x, const T* z, T* y) {
                limit::multiply<T>(left ? limit::transposed : limit::plain, right ? limit::transposed : limit::plain,
                                   size(s.m), size(s.n), size(s.k), 1, x, z, 0, y);
              });
            },
            [=] {
              return on_tensors(random<T>(a, b), [=](const Tensor& x, const Tensor& z) {
                return matmul(left ? transpose(x) : x, right ? transpose(z) : z);
              });
            });
      }
}

}  // namespace

void register_functions() {
  add_functions<double>();
  add_functions<float>();
}

void register_broadcasts() {
  add_broadcasts<double>();
  add_broadcasts<float>();
}

void register_reductions() {
  add_reductions<double>();
  add_reductions<float>();
}

void register_products() {
  add_products<double>();
  add_products<float>();
}

}  // namespace bench
