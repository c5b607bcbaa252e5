#pragma once
// Mini-batches: one epoch's examples in random order, cut into batches that are gathered when they are asked for.

#include <iterator>

#include <autograd/random.hpp>
#include <nn/data/dataset.hpp>

namespace xgrad::nn::data {

struct BatchOptions {
  bool shuffle = true;
  bool drop_last = false;  ///< leaves out a last batch that is not full
};

/// `for (const auto& [x, y] : batches(train, 64, rng))` is an epoch; a new call shuffles anew. With the same state of
/// the generator it is the same epoch, and batch i can be asked for alone: a run may resume in its midst.
class Batches {
 public:
  Batches(const Dataset& data, Index size, Rng& rng, const BatchOptions& options = {});

  /// How many there are.
  Index size() const { return count_; }
  /// Which examples are in batch i. Throws ShapeError if there is no such batch.
  Tensor index(Index i) const;
  Dataset operator[](Index i) const;

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Dataset;
    using difference_type = Index;
    using pointer = const Dataset*;
    using reference = Dataset;
    Iterator(const Batches* batches, Index at) : batches_(batches), at_(at) {}
    Dataset operator*() const { return (*batches_)[at_]; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) { return {batches_, at_++}; }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.at_ == b.at_; }

   private:
    const Batches* batches_;
    Index at_;
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, count_}; }

 private:
  Dataset data_;
  Tensor order_;
  Index batch_, count_;
};

/// Throws ShapeError if the size is below 1, or nothing would be left.
Batches batches(const Dataset& data, Index size, Rng& rng, const BatchOptions& options = {});

}  // namespace xgrad::nn::data
