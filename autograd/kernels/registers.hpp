#pragma once
// How rows that are shorter than a register share one: loads and stores of a register's first elements, and its
// elements moved to other places.

#include <autograd/kernels/transcendental.hpp>
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

/// N columns beside rows of `length` elements, so many of which share a register: each of a column's elements, `step`
/// apart, comes to all of its row's places.
template <class Lane, Index N>
class Spread {
 public:
  using Batch = typename Lane::Batch;
  Spread(Index length, Index step) {
    if constexpr (moves_freely<Batch>) {
      Places<Batch> places[N];
      rows_ = 0;
      for (Index place = 0; place + length <= Lane::width && rows_ * step + N <= Lane::width; ++rows_)
        for (Index i = 0; i < length; ++i, ++place)
          registers::each<N>([&](auto n) { places[n].set(place, rows_ * step + n); });
      registers::each<N>([&](auto n) { places_[n] = places[n].load(); });
    }
  }
  /// As many as a register has of both; one where that has no room for two, or its elements stay in their places.
  Index rows() const { return rows_ > 1 ? rows_ : 1; }
  /// The columns that begin at p and stand beside each other, from a whole register.
  template <class T>
  void operator()(const T* p, Batch* x) const {
    if constexpr (moves_freely<Batch>) {
      const Batch all = Lane::load(p);
      registers::each<N>([&](auto n) { x[n] = registers::moved(all, places_[n]); });
    } else {
      one(p, x);
    }
  }
  /// The first row alone.
  template <class T>
  static void one(const T* p, Batch* x) {
    registers::each<N>([&](auto n) { x[n] = Lane::splat(p[n]); });
  }

 private:
  Index rows_ = 1;
  math::batches::BitsOf<Batch> places_[N];
};

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
