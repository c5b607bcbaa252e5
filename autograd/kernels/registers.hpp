#pragma once
// How rows that are shorter than a register share one: loads and stores of a register's first elements, and its
// elements moved to other places.

#include <autograd/kernels/batch.hpp>
#include <autograd/shape.hpp>

namespace xgrad::kernels::registers {

// f(0) … f(N − 1) written out, so that arrays of registers stay in registers at every level of optimisation.
template <Index N, class F>
void each(F f) {
  [&]<Index... i>(std::integer_sequence<Index, i...>) { (f(std::integral_constant<Index, i>{}), ...); }
  (std::make_integer_sequence<Index, N>{});
}

template <class Batch>
inline constexpr bool is_avx512 = std::is_base_of_v<xsimd::avx512f, typename Batch::arch_type>;

// AVX-512 has instructions for that.
template <class Batch, class T>
Batch masked_load(const T* p, Index count) {
  if constexpr (sizeof(T) == 4)
    return Batch(_mm512_maskz_loadu_ps(static_cast<unsigned short>((1u << count) - 1), p));
  else
    return Batch(_mm512_maskz_loadu_pd(static_cast<unsigned char>((1u << count) - 1), p));
}
template <class Batch, class T>
void masked_store(T* p, const Batch& x, Index count) {
  if constexpr (sizeof(T) == 4)
    _mm512_mask_storeu_ps(p, static_cast<unsigned short>((1u << count) - 1), x.data);
  else
    _mm512_mask_storeu_pd(p, static_cast<unsigned char>((1u << count) - 1), x.data);
}

/// The first `count` of a register that begins at p, and zeros: what lies behind them must not be read.
template <class Lane, class T>
typename Lane::Batch load_first(const T* p, Index count) {
  if constexpr (is_avx512<typename Lane::Batch>) return masked_load<typename Lane::Batch>(p, count);
  T padded[Lane::width] = {};
  for (Index i = 0; i < count; ++i) padded[i] = p[i];
  return Lane::load(padded);
}

template <class Lane, class T>
void store_first(T* p, const typename Lane::Batch& x, Index count, Index step = 1) {
  if constexpr (is_avx512<typename Lane::Batch>)
    if (step == 1) return masked_store(p, x, count);
  T all[Lane::width];
  Lane::store(all, x);
  for (Index i = 0; i < count; ++i) p[i * step] = all[i];
}

/// Whether one instruction takes elements to any places.
template <class Batch>
inline constexpr bool moves_freely = is_avx512<Batch> || std::is_base_of_v<xsimd::avx2, typename Batch::arch_type>;

/// The first half of a register that begins at p; the other is not specified. Such a load crosses fewer lines of the
/// cache.
template <class Batch, class T>
Batch load_half(const T* p) {
  if constexpr (is_avx512<Batch> && sizeof(T) == 4)
    return Batch(_mm512_castps256_ps512(_mm256_loadu_ps(p)));
  else if constexpr (is_avx512<Batch>)
    return Batch(_mm512_castpd256_pd512(_mm256_loadu_pd(p)));
  else if constexpr (sizeof(T) == 4)
    return Batch(_mm256_castps128_ps256(_mm_loadu_ps(p)));
  else
    return Batch(_mm256_castpd128_pd256(_mm_loadu_pd(p)));
}

/// Which element of two registers, counted through both, comes to each place; as the instruction wants it.
template <class Batch>
struct Places {
  using Bits = typename math::batches::FormatOf<Batch>::Bits;
  static constexpr Index width = static_cast<Index>(Batch::size);
  Bits at[Batch::size] = {};

  constexpr void set(Index place, Index element) {
    const auto e = static_cast<std::uint64_t>(element % width);
    if constexpr (is_avx512<Batch>)
      at[place] = static_cast<Bits>(element);
    else  // moves 4 bytes at a time, and takes the second register's where the highest bit is set
      at[place] = static_cast<Bits>(sizeof(Bits) == 4 ? e : (2 * e + 1) << 32 | 2 * e) |
                  (element < width ? Bits(0) : Bits(1) << (8 * sizeof(Bits) - 1));
  }
  /// What is added to a place for the element so many behind.
  static constexpr Bits behind(Index elements) {
    return static_cast<Bits>(static_cast<std::uint64_t>(elements) *
                             (is_avx512<Batch> || sizeof(Bits) == 4 ? 1 : 2 + (std::uint64_t(2) << 32)));
  }
  math::batches::BitsOf<Batch> load() const { return math::batches::BitsOf<Batch>::load_unaligned(at); }
};

template <class Batch>
Batch moved(const Batch& x, const math::batches::BitsOf<Batch>& places) {
  constexpr bool small = sizeof(typename Batch::value_type) == 4;
  if constexpr (is_avx512<Batch> && small)
    return Batch(_mm512_permutexvar_ps(places.data, x.data));
  else if constexpr (is_avx512<Batch>)
    return Batch(_mm512_permutexvar_pd(places.data, x.data));
  else if constexpr (small)
    return Batch(_mm256_permutevar8x32_ps(x.data, places.data));
  else
    return Batch(_mm256_castps_pd(_mm256_permutevar8x32_ps(_mm256_castpd_ps(x.data), places.data)));
}

template <class Batch>
Batch moved(const Batch& x, const Batch& y, const math::batches::BitsOf<Batch>& places) {
  constexpr bool small = sizeof(typename Batch::value_type) == 4;
  if constexpr (is_avx512<Batch> && small) {
    return Batch(_mm512_permutex2var_ps(x.data, places.data, y.data));
  } else if constexpr (is_avx512<Batch>) {
    return Batch(_mm512_permutex2var_pd(x.data, places.data, y.data));
  } else {
    const Batch from_x = registers::moved(x, places), from_y = registers::moved(y, places),
                second = math::batches::number<Batch>(places);
    if constexpr (small)
      return Batch(_mm256_blendv_ps(from_x.data, from_y.data, second.data));
    else
      return Batch(_mm256_blendv_pd(from_x.data, from_y.data, second.data));
  }
}

/// Where the elements of a register come to, for rows that share one, which therefore have half of it at most, and
/// begin at most so far apart. Tables, since working them out costs as much as a hundred rows.
template <class Batch>
struct Shared {
  static constexpr Index width = static_cast<Index>(Batch::size), longest = width / 2;
  /// [length][step]: rows of so many places, to each of which comes the row's first element; those lie so far apart.
  Places<Batch> first[longest + 1][longest + 1] = {};
  /// [length]: the first row's elements come to every row.
  Places<Batch> repeat[longest + 1] = {};

  constexpr Shared() {
    for (Index length = 1; length <= longest; ++length)
      for (Index place = 0; place < width; ++place) {
        repeat[length].set(place, place % length);
        for (Index step = 1; step <= longest; ++step) first[length][step].set(place, place / length * step % width);
      }
  }
};
template <class Batch>
inline constexpr Shared<Batch> shared{};

/// N columns beside rows of `length` elements, so many of which share a register: each of a column's elements, `step`
/// apart, comes to all of its row's places.
template <class Lane, Index N>
class Spread {
 public:
  using Batch = typename Lane::Batch;
  Spread(Index length, Index step) {
    if constexpr (moves_freely<Batch>) {
      constexpr Index longest = Shared<Batch>::longest;
      if (length > longest || step > longest) return;
      const Index in_places = Lane::width / length, beside = (Lane::width - N) / step + 1;
      rows_ = in_places < beside ? in_places : beside;
      fits_half_ = (rows_ - 1) * step + N <= longest;
      const auto places = shared<Batch>.first[length][step].load();
      registers::each<N>([&](auto n) { places_[n] = places + decltype(places)(Places<Batch>::behind(n)); });
    }
  }
  /// As many as a register has of both; one where they are longer, or farther apart, than half a register, or its
  /// elements stay in their places.
  Index rows() const { return rows_; }
  /// Whether what they need of a register lies in its first half.
  bool fits_half() const { return fits_half_; }
  /// The columns that begin at p and stand beside each other, from a whole register.
  template <class T>
  void operator()(const T* p, Batch* x) const {
    if constexpr (moves_freely<Batch>)
      spread(Lane::load(p), x);
    else
      one(p, x);
  }
  /// The same from half a register.
  template <class T>
  void from_half(const T* p, Batch* x) const {
    if constexpr (moves_freely<Batch>)
      spread(load_half<Batch>(p), x);
    else
      one(p, x);
  }
  /// The first row alone.
  template <class T>
  static void one(const T* p, Batch* x) {
    registers::each<N>([&](auto n) { x[n] = Lane::splat(p[n]); });
  }

 private:
  void spread(const Batch& all, Batch* x) const {
    registers::each<N>([&](auto n) { x[n] = registers::moved(all, places_[n]); });
  }
  Index rows_ = 1;
  bool fits_half_ = false;
  math::batches::BitsOf<Batch> places_[N];
};

/// As many copies of a row as a register has room for.
template <class Lane, class T>
typename Lane::Batch repeated(const T* row, Index length) {
  using Batch = typename Lane::Batch;
  if constexpr (moves_freely<Batch>)
    if (length <= Shared<Batch>::longest)
      return registers::moved(registers::load_first<Lane>(row, length), shared<Batch>.repeat[length].load());
  T all[Lane::width];
  for (Index i = 0; i < Lane::width; ++i) all[i] = row[i % length];
  return Lane::load(all);
}

/// Rows of N elements that lie in N registers, one after another: x[l] becomes the column of their elements l.
template <Index N, class Batch>
void columns_of(Batch* x) {
  constexpr Index width = static_cast<Index>(Batch::size);
  if constexpr (N % 2 == 0) {  // every other element, which are rows of half the length
    constexpr auto every_other = [](Index from) {
      Places<Batch> places;
      for (Index i = 0; i < width; ++i) places.set(i, 2 * i + from);
      return places;
    };
    constexpr Places<Batch> even = every_other(0), odd = every_other(1);
    Batch half[2][N / 2];
    registers::each<N / 2>([&](auto i) {
      half[0][i] = registers::moved(x[2 * i], x[2 * i + 1], even.load());
      half[1][i] = registers::moved(x[2 * i], x[2 * i + 1], odd.load());
    });
    registers::columns_of<N / 2>(half[0]);
    registers::columns_of<N / 2>(half[1]);
    registers::each<N / 2>([&](auto i) {
      x[2 * i] = half[0][i];
      x[2 * i + 1] = half[1][i];
    });
  } else if constexpr (N > 1) {
    // Registers join one by one: from the second on, what is there stays.
    Batch column[N];
    registers::each<N>([&](auto l) {
      column[l] = x[0];
      registers::each<N - 1>([&](auto before) {
        constexpr Index next = before + 1;
        constexpr Places<Batch> join = [] {
          Places<Batch> places;
          for (Index i = 0; i < width; ++i) {
            const Index element = i * N + decltype(l)::value - next * width;
            places.set(i, element >= 0 && element < width ? width + element : next == 1 ? element + width : i);
          }
          return places;
        }();
        column[l] = registers::moved(column[l], x[next], join.load());
      });
    });
    registers::each<N>([&](auto l) { x[l] = column[l]; });
  }
}

}  // namespace xgrad::kernels::registers
