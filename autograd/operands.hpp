#pragma once
// Operands: of a node, which holds them; of a call, whose caller does.

#include <array>
#include <cstdint>
#include <new>
#include <span>
#include <utility>

#include <autograd/op.hpp>
#include <autograd/parameter.hpp>
#include <autograd/pool.hpp>

namespace xgrad {

/// The operands of one node: three inline, more on the heap. Those that a result of the same recording keeps alive are
/// borrowed from it: they are not counted again, since atomic steps weigh in what a small operation costs. Copies hold
/// all of theirs.
class Operands {
 public:
  Operands() = default;
  Operands(const Operands& other) { hold(other); }
  Operands(Operands&& other) noexcept
      : inline_(std::move(other.inline_)),
        many_(std::move(other.many_)),
        count_(std::exchange(other.count_, 0)),
        borrowed_(std::exchange(other.borrowed_, 0)) {}
  Operands& operator=(Operands other) noexcept {
    std::swap(inline_, other.inline_);
    std::swap(many_, other.many_);
    std::swap(count_, other.count_);
    std::swap(borrowed_, other.borrowed_);
    return *this;
  }
  ~Operands() {
    for (std::size_t i = 0; i < inline_.size(); ++i)
      if (borrowed_ >> i & 1u) inline_[i].value_ = nullptr;
  }

  void hold(Inputs tensors) {
    for (const Tensor& t : tensors) hold(t);
  }
  void hold(Tensor t) {
    if (count_ < inline_.size())
      inline_[count_++] = std::move(t);
    else
      push_on_heap(std::move(t));
  }
  /// One that lives longer than this and what is moved from it.
  void borrow(const Tensor& t) {
    if (count_ >= inline_.size()) return hold(t);
    borrowed_ |= 1u << count_;
    inline_[count_++].value_ = t.value_;
  }
  Tensor& operator[](std::size_t i) { return count_ <= inline_.size() ? inline_[i] : many_[i]; }
  operator Inputs() const { return count_ <= inline_.size() ? Inputs(inline_.data(), count_) : Inputs(many_); }
  std::size_t size() const { return count_; }

 private:
  void push_on_heap(Tensor t) {
    if (count_ == inline_.size()) many_.assign(inline_.begin(), inline_.end());
    many_.push_back(std::move(t));
    ++count_;
  }
  std::array<Tensor, 3> inline_;  // beyond three they keep the first
  pool::Vector<Tensor> many_;
  std::uint32_t count_ = 0, borrowed_ = 0;  // a bit each
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

/// What the operands of a call stand for: numbers take the dtype of the others, in a complex step all are complex.
/// Throws ShapeError if there are too many, too few or empty ones, DTypeError if f32 meets f64.
Operands resolve(const OpSpec& op, std::span<const Arg* const> args, const Where& where);

}  // namespace detail
}  // namespace xgrad
