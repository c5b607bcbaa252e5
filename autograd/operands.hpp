#pragma once
// Operands: of a node, which holds them; of a call, whose caller does.

#include <array>
#include <iterator>
#include <new>
#include <span>
#include <utility>

#include <autograd/op.hpp>
#include <autograd/parameter.hpp>
#include <autograd/pool.hpp>

namespace xgrad {

/// The operands of one node: three inline, more on the heap.
class Operands {
 public:
  Operands() = default;
  void push_back(Tensor t) {
    if (count_ < inline_.size())
      inline_[count_++] = std::move(t);
    else
      push_on_heap(std::move(t));
  }
  Tensor& operator[](std::size_t i) { return count_ <= inline_.size() ? inline_[i] : many_[i]; }
  operator Inputs() const { return count_ <= inline_.size() ? Inputs(inline_.data(), count_) : Inputs(many_); }
  std::size_t size() const { return count_; }

 private:
  void push_on_heap(Tensor t) {
    if (count_ == inline_.size())
      many_.assign(std::make_move_iterator(inline_.begin()), std::make_move_iterator(inline_.end()));
    many_.push_back(std::move(t));
    ++count_;
  }
  std::array<Tensor, 3> inline_;
  pool::Vector<Tensor> many_;
  std::size_t count_ = 0;
};

namespace detail {

/// The operands of one call where they are one to three Tensors and Parameters of one dtype; else none. The caller
/// holds them while the call lasts, so they are not counted again: atomic steps weigh in what a small operation costs.
class Lent {
 public:
  explicit Lent(std::span<const Arg* const> args) {
    if (args.size() > capacity) return;
    for (const Arg* a : args) {
      const Tensor* t = a->tensor ? a->tensor : a->parameter ? &a->parameter->value() : nullptr;
      if (!t || !t->defined() || (count_ > 0 && t->dtype() != tensors_[0].dtype())) {
        count_ = 0;
        return;
      }
      new (&tensors_[count_++]) Tensor(t->value_);
    }
  }
  ~Lent() {}  // gives nothing back
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;

  bool empty() const { return count_ == 0; }
  operator Inputs() const { return {tensors_, count_}; }

 private:
  static constexpr std::size_t capacity = 3;
  union {
    Tensor tensors_[capacity];
  };
  std::size_t count_ = 0;
};

}  // namespace detail
}  // namespace xgrad
