// Products of two matrices, whichever routine makes them: plain loops are the oracle, and parts are like the whole.

#define BOOST_TEST_MODULE product
#include "support.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <sstream>

#ifdef __linux__
#include <sys/mman.h>
#include <unistd.h>
#endif

#include <autograd/ops/product.hpp>

// Of each BLAS its own, null where another is linked.
extern "C" {
[[gnu::weak]] void openblas_set_num_threads(int count);
[[gnu::weak]] char* openblas_get_corename();
[[gnu::weak]] void bli_thread_set_num_threads(std::int64_t count);
[[gnu::weak]] void MKL_Set_Num_Threads(int count);
}

using namespace xgrad;

namespace {

template <class T>
std::vector<T> random(Index count, Rng& rng) {
  const std::vector<double> v = randn({count}, rng).values();
  return {v.begin(), v.end()};
}

std::string describe(const Product& p) {
  std::ostringstream out;
  out << "(" << p.m << ", " << p.n << ", " << p.k << ")" << (p.transpose_a ? " aᵀ" : "")
      << (p.transpose_b ? " bᵀ" : "");
  return out.str();
}

std::vector<Product> every_way(Index m, Index n, Index k) {
  return {{false, false, m, n, k}, {false, true, m, n, k}, {true, false, m, n, k}, {true, true, m, n, k}};
}

// Elements behind a, b and c hold NaN and must be neither used nor changed.
template <class T>
void check_with_loops(const Product& p, Rng& rng) {
  constexpr Index beyond = 40;
  const T nan = std::numeric_limits<T>::quiet_NaN();
  std::vector<T> a = random<T>(p.m * p.k, rng), b = random<T>(p.k * p.n, rng);
  std::vector<T> c(static_cast<std::size_t>(p.m * p.n + beyond), T(7));
  a.resize(a.size() + beyond, nan);
  b.resize(b.size() + beyond, nan);
  p.make(p.whole(), 0, a.data(), b.data(), c.data());
  // Terms are added in pieces: the error is that of some hundred of them.
  const double unit = std::numeric_limits<T>::epsilon() * (4 + 0.5 * static_cast<double>(std::min<Index>(p.k, 300)));
  double worst = 0;
  for (Index i = 0; i < p.m; ++i)
    for (Index j = 0; j < p.n; ++j) {
      long double sum = 0, size = 0;
      for (Index l = 0; l < p.k; ++l) {
        const auto left = static_cast<std::size_t>(p.transpose_a ? l * p.m + i : i * p.k + l),
                   right = static_cast<std::size_t>(p.transpose_b ? j * p.k + l : l * p.n + j);
        const long double term = static_cast<long double>(a[left]) * b[right];
        sum += term;
        size += std::abs(term);
      }
      const double error = static_cast<double>(std::abs(sum - c[static_cast<std::size_t>(i * p.n + j)]) / size);
      worst = std::isnan(error) ? INFINITY : std::max(worst, error);
    }
  BOOST_TEST(worst <= unit, describe(p) << ": an error of " << worst / unit << " times what may be");
  BOOST_TEST(std::count(c.end() - beyond, c.end(), T(7)) == beyond, describe(p) << " writes behind its result");
}

// Rows by themselves and with a row added have the bits of the whole and of a sum after it. Elements behind must be
// neither used nor changed.
template <class T>
void check_rows(const Product& p, Rng& rng) {
  constexpr Index beyond = 40;
  const T nan = std::numeric_limits<T>::quiet_NaN();
  std::vector<T> a = random<T>(p.m * p.k, rng), b = random<T>(p.k * p.n, rng), added = random<T>(p.n, rng);
  for (std::vector<T>* v : {&a, &b, &added}) v->resize(v->size() + beyond, nan);
  std::vector<T> whole(static_cast<std::size_t>(p.m * p.n));
  p.make(p.whole(), 0, a.data(), b.data(), whole.data());
  std::vector<T> room(Product::most_laid_out);
  const T* const by_rows = p.by_rows(b.data(), room.data());
  for (const Index first : {Index{0}, p.m / 3, p.m - 1})
    for (const T* row : {static_cast<const T*>(nullptr), static_cast<const T*>(added.data())}) {
      const Index rows = first == 0 ? p.m : (p.m - first + 1) / 2, count = rows * p.n;
      std::vector<T> c(static_cast<std::size_t>(count + beyond), T(7)), expected = c;
      for (Index i = 0; i < count; ++i) {
        const T product = whole[static_cast<std::size_t>(first * p.n + i)];
        expected[static_cast<std::size_t>(i)] = row ? product + row[i % p.n] : product;
      }
      p.make_rows(first, rows, a.data(), by_rows, row, c.data());
      BOOST_TEST(std::memcmp(c.data(), expected.data(), sizeof(T) * c.size()) == 0,
                 describe(p) << " " << rows << " rows from " << first << (row ? " with a row" : ""));
    }
}

// Cut for so many threads; how many parts that were.
template <class T>
Index check_parts(const Product& p, Rng& rng) {
  const std::vector<T> a = random<T>(p.m * p.k, rng), b = random<T>(p.k * p.n, rng);
  std::vector<T> whole(static_cast<std::size_t>(p.m * p.n));
  const Product::Cut alone = p.cut<T>(1);
  for (Index i = 0; i < alone.count; ++i) p.make(alone, i, a.data(), b.data(), whole.data());
  Index most = 1;
  for (Index threads : {2, 3, 4, 7}) {
    std::vector<T> parts(whole.size(), T(7));
    const Product::Cut cut = p.cut<T>(threads);
    for (Index i = cut.count; i-- > 0;) p.make(cut, i, a.data(), b.data(), parts.data());
    BOOST_TEST(std::memcmp(parts.data(), whole.data(), sizeof(T) * whole.size()) == 0,
               describe(p) << " on " << threads << " threads, " << cut.count << " parts");
    most = std::max(most, cut.count);
  }
  return most;
}

}  // namespace

BOOST_AUTO_TEST_CASE(small_ones_of_every_shape) {
  Rng rng(1);
  const Index sizes[] = {1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33};
  for (Index m : sizes)
    for (Index n : sizes)
      for (Index k : sizes)
        for (const Product& p : every_way(m, n, k)) {
          check_with_loops<double>(p, rng);
          check_with_loops<float>(p, rng);
        }
}

BOOST_AUTO_TEST_CASE(independent_rows) {
  Rng rng(4);
  for (Index m : {1, 2, 9, 40, 333})
    for (Index n : {1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 31, 33, 50, 64, 65, 130, 300})
      for (Index k : {1, 2, 3, 4})
        for (const Product& p : every_way(m, n, k)) {
          if (p.rows_are_independent<double>()) check_rows<double>(p, rng);
          if (p.rows_are_independent<float>()) check_rows<float>(p, rng);
        }
}

#ifdef __linux__
// Values that end where a page begins that must not be touched.
template <class T>
class BeforeAWall {
 public:
  explicit BeforeAWall(const std::vector<T>& values) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE)), bytes = values.size() * sizeof(T);
    inside_ = (bytes + page - 1) / page * page;
    size_ = inside_ + page;
    void* start = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    BOOST_REQUIRE(start != MAP_FAILED);
    start_ = static_cast<char*>(start);
    BOOST_REQUIRE(mprotect(start_ + inside_, page, PROT_NONE) == 0);
    std::memcpy(start_ + inside_ - bytes, values.data(), bytes);
    begin_ = reinterpret_cast<T*>(start_ + inside_ - bytes);
  }
  ~BeforeAWall() { munmap(start_, size_); }
  BeforeAWall(const BeforeAWall&) = delete;
  BeforeAWall& operator=(const BeforeAWall&) = delete;
  T* begin() const { return begin_; }

 private:
  std::size_t inside_ = 0, size_ = 0;
  char* start_ = nullptr;
  T* begin_ = nullptr;
};

template <class T>
void check_at_the_wall(const Product& p, Rng& rng) {
  const std::vector<T> a = random<T>(p.m * p.k, rng), b = random<T>(p.k * p.n, rng);
  std::vector<T> expected(static_cast<std::size_t>(p.m * p.n));
  const BeforeAWall<T> left(a), right(b), result(expected);
  p.make(p.whole(), 0, a.data(), b.data(), expected.data());
  p.make(p.whole(), 0, left.begin(), right.begin(), result.begin());
  BOOST_TEST(std::memcmp(result.begin(), expected.data(), sizeof(T) * expected.size()) == 0, describe(p));
}

// BLAS' kernels may read behind an operand; those of the library may not, even what they do not use.
BOOST_AUTO_TEST_CASE(nothing_behind_the_operands_is_read) {
  Rng rng(5);
  for (Index m : {1, 2, 3, 5, 8, 13, 19})
    for (Index n : {1, 2, 5, 8, 9, 17, 31, 50})
      for (Index k : {1, 3, 7, 8, 17, 34})  // no product is large enough for BLAS
        for (const Product& p : every_way(m, n, k)) {
          check_at_the_wall<double>(p, rng);
          check_at_the_wall<float>(p, rng);
        }
}
#endif

// Without a row nothing is added: −0 stays.
BOOST_AUTO_TEST_CASE(negative_zeros_stay) {
  for (const DType dtype : {f64, f32})
    for (Index k : {1, 2, 3, 4})
      for (Index n : {2, 5, 17, 50}) {
        const Tensor c = matmul(zeros({20, k}, dtype), full({k, n}, -1, dtype));
        const std::vector<double> values = c.values();
        BOOST_TEST(std::all_of(values.begin(), values.end(), [](double x) { return x == 0 && std::signbit(x); }),
                   "(20, " << k << ") · (" << k << ", " << n << ")");
      }
}

BOOST_AUTO_TEST_CASE(thin_ones_and_those_of_tiles_and_pieces) {
  Rng rng(2);
  const std::array<Index, 3> shapes[] = {
      {1999, 1, 1}, {1999, 7, 1},  {333, 63, 1},  {1999, 1, 2},   {1999, 7, 2},   {333, 63, 2},
      {1, 401, 3},  {5, 257, 4},   {1999, 1, 7},  {1999, 1, 50},  {333, 1, 63},   {1, 333, 63},
      {3, 1, 5000}, {40, 1, 5000}, {1, 40, 5000}, {1, 1, 20001},  {7, 2, 1999},   {2, 7, 1999},
      {63, 2, 333}, {1, 50, 1999}, {1, 129, 777}, {50, 3, 555},   {4, 131, 1111}, {4, 4, 1500},
      {5, 5, 1500}, {10, 64, 128}, {1, 2, 129},   {2, 1, 131},    {61, 37, 1},    {37, 61, 53},
      {70, 30, 40}, {8, 9, 784},   {16, 72, 196}, {130, 65, 257}, {300, 50, 140}, {515, 49, 29}};
  for (const auto& [m, n, k] : shapes)
    for (const Product& p : every_way(m, n, k)) {
      check_with_loops<double>(p, rng);
      check_with_loops<float>(p, rng);
    }
}

// What stands in a neighbour's row must not be multiplied, not even by 0.
BOOST_AUTO_TEST_CASE(an_infinity_stays_in_its_row) {
  for (const DType dtype : {f64, f32})
    for (Index k : {1, 2, 3, 4, 5, 6, 7, 9, 17, 50})
      for (Index n : {1, 2, 5, 21}) {
        std::vector<double> values(static_cast<std::size_t>(40 * k), 1.);
        values[static_cast<std::size_t>(20 * k)] = INFINITY;
        const Tensor x = tensor(values, {40, k}, dtype), y = matmul(x, ones({k, n}, dtype)),
                     z = matmul(transpose(ones({k, n}, dtype)), transpose(x));
        for (Index i = 0; i < 40; ++i)
          for (Index j = 0; j < n; ++j) {
            const double expected = i == 20 ? INFINITY : static_cast<double>(k);
            BOOST_TEST(y.at(i, j) == expected);
            BOOST_TEST(z.at(j, i) == expected);
          }
      }
}

// In pieces of √k terms each sum is off by 2√k roundings at most, in tiles by 128 + k / 128; one by one, by k.
BOOST_AUTO_TEST_CASE(long_sums_are_accurate) {
  const Index k = 1'000'000;
  const Tensor row = full({1, k}, 0.1, f32), rows = full({k, 2}, 0.1, f32);
  const double exact = static_cast<double>(0.1f) * 0.1f * 1e6, most = 2 * 1000 * 0x1p-24;
  BOOST_TEST(std::abs(matmul(row, transpose(row)).item() / exact - 1) <= most);
  BOOST_TEST(std::abs(matmul(row, rows).at(0, 1) / exact - 1) <= most);
  BOOST_TEST(std::abs(matmul(transpose(rows), rows).at(1, 0) / exact - 1) <= most);
  const double most_in_tiles = (128 + 1e6 / 128) * 0x1p-24;
  BOOST_TEST(std::abs(matmul(full({5, k}, 0.1, f32), full({k, 5}, 0.1, f32)).at(4, 4) / exact - 1) <= most_in_tiles);
}

// Of the shapes that nets have, of odd ones, and of random ones: each is cut for some number of threads.
BOOST_AUTO_TEST_CASE(parts_are_like_the_whole) {
  Rng rng(3);
  std::vector<Product> products;
  for (const auto& [m, n, k] : std::vector<std::array<Index, 3>>{{128, 512, 784},
                                                                 {512, 784, 128},
                                                                 {128, 256, 512},
                                                                 {1024, 10, 512},
                                                                 {301, 257, 403},
                                                                 {97, 191, 523},
                                                                 {49, 1001, 331},
                                                                 {60, 260, 257},
                                                                 {95, 211, 203},
                                                                 {205, 200, 200},
                                                                 {409, 420, 401},
                                                                 {1999, 50, 61},
                                                                 {1001, 301, 17},
                                                                 {50001, 1, 90},
                                                                 {1'500'001, 1, 4},
                                                                 {700'001, 5, 2},
                                                                 {30011, 70, 2}})
    for (const Product& p : every_way(m, n, k)) products.push_back(p);
  while (products.size() < 100) {
    const auto size = [&](Index most) { return 1 + static_cast<Index>(static_cast<double>(most) * rng.uniform()); };
    const Product p{rng.uniform() < 0.5, rng.uniform() < 0.5, 49 + size(400), size(500), size(900)};
    if (p.cut<double>(7).count > 1) products.push_back(p);
  }
  for (const Product& p : products) {
    const bool column_by_rows = p.n == 1 && p.transpose_a;  // turned: one row
    BOOST_TEST((check_parts<double>(p, rng) > 1) == !column_by_rows, describe(p) << " is cut");
    check_parts<float>(p, rng);
  }
}

BOOST_AUTO_TEST_CASE(one_thread_does_not_pay_for_others) {
  const Product big{false, true, 1024, 512, 784}, thin{false, true, 1'000'000, 8, 2};
  BOOST_TEST(thin.cut<double>(1).count == 1);
  BOOST_TEST(thin.cut<float>(4).count == 4);
  const bool has_tiles = std::string(instruction_set()) != "baseline";  // which leaves it to BLAS
  const Product in_tiles{true, false, 82, 256, 320};
  if (has_tiles) {
    BOOST_TEST(in_tiles.cut<float>(1).count == 1);
    BOOST_TEST(in_tiles.cut<float>(3).count == 3);
    BOOST_TEST(in_tiles.cut<float>(3).rows == 32);
  }
  if (!openblas_set_num_threads || bli_thread_set_num_threads || MKL_Set_Num_Threads) return;
  BOOST_TEST(big.cut<double>(1).count == 1);
  BOOST_TEST(big.cut<float>(1).count == 1);
  BOOST_TEST(big.cut<double>(2).count == 2);
  const Product usual{false, false, 64, 512, 784};  // a batch of 64
  BOOST_TEST(usual.cut<double>(2).count == 2);
  BOOST_TEST(big.cut<float>(4).count == 4);
  // Beside BLAS kernels of narrower registers, tiles take products of any size: their parts are multiples of 8 rows.
  const bool old = openblas_get_corename && std::string(openblas_get_corename()) == "Prescott";
  BOOST_TEST((Product{false, false, 2048, 1024, 1024}.cut<double>(3).rows) == (has_tiles && old ? 688 : 684));
  const bool usual_in_tiles = has_tiles && (old || std::string(instruction_set()) == "avx512");
  BOOST_TEST(usual.cut<float>(4).count == (usual_in_tiles ? 4 : 2));
}
