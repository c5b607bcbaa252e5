#pragma once
// The limits of single operations: one loop from given buffers into a given one.

#include <cstddef>

namespace limit {

enum class Function { tanh, exp, log, sigmoid };

template <class T>
void apply(Function f, const T* x, T* y, std::size_t count);

/// y (outer, middle, inner) = a of that shape + b, which has only those of its axes that are asked for.
struct Over {
  bool outer, middle, inner;
};
template <class T>
void add(const T* a, const T* b, T* y, std::size_t outer, std::size_t middle, std::size_t inner, Over over);

/// y (rows, columns) = column a (rows) · row b (columns)
template <class T>
void outer_product(const T* a, const T* b, T* y, std::size_t rows, std::size_t columns);

/// Sums over the middle axis of (outer, middle, inner); inner 1 sums rows, outer 1 columns.
template <class T>
void sum_middle(const T* x, T* y, std::size_t outer, std::size_t middle, std::size_t inner);

}  // namespace limit
