// Parts of a Dataset (splits, folds, batches) and the Standardizer.

#define BOOST_TEST_MODULE parts
#include "support.hpp"

#include <algorithm>
#include <set>

#include <nn/data/batches.hpp>
#include <nn/data/split.hpp>
#include <nn/data/standardizer.hpp>

using namespace xgrad;
namespace data = nn::data;
using Values = std::vector<double>;

namespace {

// x (n, 2) and y (n, 1), so that x[i, 0] = 2 y[i].
data::Dataset numbered(Index n) {
  const auto end = static_cast<double>(n);
  return {reshape(arange(0, 2 * end), {n, 2}), reshape(arange(0, end), {n, 1})};
}
// n examples, of class 0, 1, 2 in the ratio 5 : 3 : 2.
data::Dataset classed(Index n) {
  const Tensor rest = arange(0, static_cast<double>(n)) - 10. * floor(arange(0, static_cast<double>(n)) / 10.);
  const Tensor y = (rest > 4.) + (rest > 7.);
  return {reshape(arange(0, static_cast<double>(n)), {n, 1}), y};
}
Values sorted(Values v) {
  std::sort(v.begin(), v.end());
  return v;
}
Values joined(const Tensor& a, const Tensor& b) { return sorted(concat({a, b}).values()); }
Values counts(const Tensor& y) { return sum(one_hot(y, 3), {0}).values(); }

}  // namespace

BOOST_AUTO_TEST_CASE(a_split_keeps_every_example_once) {
  Rng rng(2);
  const data::Dataset all = numbered(20);
  const auto [train, dev] = data::split(all, 0.8, rng);
  BOOST_TEST((train.x.shape() == Shape{16, 2}));
  BOOST_TEST((dev.y.shape() == Shape{4, 1}));
  std::set<double> seen;
  for (const auto* part : {&train, &dev})
    for (Index i = 0; i < part->y.size(); ++i) {
      BOOST_TEST(part->x.at(i, 0) == 2 * part->y.at(i, 0));
      seen.insert(part->y.at(i, 0));
    }
  BOOST_TEST(seen.size() == 20u);
  BOOST_TEST(train.y.at(0, 0) + train.y.at(1, 0) + train.y.at(2, 0) != 3);  // shuffled
}

BOOST_AUTO_TEST_CASE(take_keeps_dtype_and_rows_together) {
  data::Dataset all = numbered(5);
  all.x = all.x.to(f32);
  const auto [x, y] = data::take(all, tensor({4., 0., 4.}));
  BOOST_TEST((x.values() == Values{8, 9, 0, 1, 8, 9}));
  BOOST_TEST((y.values() == Values{4, 0, 4}));
  BOOST_TEST(x.dtype() == f32);
  BOOST_TEST(support::message([&] {
               data::take(all, tensor({5.}));
             }).starts_with("index_select: element 0 of index (1) is 5, not a whole number from 0 to 4"));
}

BOOST_AUTO_TEST_CASE(a_stratified_split_has_the_share_of_each_class) {
  Rng rng(3);
  const auto [train, dev] = data::stratified_split(classed(100), 0.8, rng);
  BOOST_TEST((counts(train.y) == Values{40, 24, 16}));
  BOOST_TEST((counts(dev.y) == Values{10, 6, 4}));
  BOOST_TEST(joined(train.x, dev.x) == arange(0, 100).values());
  BOOST_TEST(!std::is_sorted(train.y.values().begin(), train.y.values().end()));
  Rng again(3);
  BOOST_TEST(data::stratified_split(classed(100), 0.8, again).train.x.values() == train.x.values());
}

BOOST_AUTO_TEST_CASE(folds_cut_everything_once) {
  Rng rng(4);
  const auto folds = data::kfold(23, 5, rng);
  BOOST_TEST(folds.size() == 5u);
  Values all;
  for (const auto& [train, dev] : folds) {
    BOOST_TEST((dev.size() == 4 || dev.size() == 5));
    BOOST_TEST(joined(train, dev) == arange(0, 23).values());
    for (const double v : dev.values()) all.push_back(v);
  }
  BOOST_TEST(sorted(all) == arange(0, 23).values());
  BOOST_TEST(all != arange(0, 23).values());
}

BOOST_AUTO_TEST_CASE(stratified_folds_hold_each_class_evenly) {
  Rng rng(4);
  const data::Dataset all = classed(47);  // 25, 15 and 7 of the classes
  const Values total = counts(all.y);
  for (const auto& y : {all.y, reshape(all.y, {47, 1})})
    for (const auto& [train, dev] : data::stratified_kfold(y, 4, rng)) {
      BOOST_TEST((dev.size() == 11 || dev.size() == 12));
      BOOST_TEST(joined(train, dev) == arange(0, 47).values());
      const Values in = counts(index_select(all.y, 0, dev));
      for (std::size_t c = 0; c < 3; ++c) BOOST_TEST(std::abs(in[c] - total[c] / 4) < 1);
    }
}

BOOST_AUTO_TEST_CASE(impossible_parts) {
  Rng rng(1), untouched(1);
  const data::Dataset three = numbered(3);
  for (const double share : {0., 1., -1., 0.1, 0.9, static_cast<double>(NAN)})
    CHECK_MESSAGE(data::split(three, share, rng),
                  "split: a share of " + number_text(share) + " of 3 examples leaves one side empty");
  CHECK_MESSAGE(data::stratified_split(three, 2, rng), "split: a share of 2 of 3 examples leaves one side empty");
  CHECK_MESSAGE(data::stratified_split({three.x, three.y / 2.}, 0.5, rng),
                "stratified_split: target 1 is 0.5, not a class; classes are whole numbers");
  CHECK_MESSAGE(data::stratified_kfold(tensor({0., NAN}), 2, rng),
                "stratified_kfold: target 1 is nan, not a class; classes are whole numbers");
  CHECK_MESSAGE(data::stratified_kfold(ones({3, 2}), 2, rng),
                "stratified_kfold: the targets (3, 2) should be one class an example");
  CHECK_MESSAGE(data::kfold(3, 4, rng), "kfold: 4 folds of 3 examples; there must be from 2 to one an example");
  CHECK_MESSAGE(data::kfold(3, 1, rng), "kfold: 1 folds of 3 examples; there must be from 2 to one an example");
  CHECK_MESSAGE(data::kfold(-3, 2, rng), "kfold: 2 folds of 0 examples; there must be from 2 to one an example");
  CHECK_MESSAGE(data::split({three.x, ones({2, 1})}, 0.5, rng),
                "data: x (3, 2) and y (2, 1) must have one row for each example");
  CHECK_MESSAGE(data::take({}, tensor({0.})), "data: the Dataset is empty");
  BOOST_TEST(rng.bits() == untouched.bits());
}

BOOST_AUTO_TEST_CASE(an_epoch_of_batches) {
  Rng rng(5), same(5), other(6);
  const data::Dataset all = numbered(10);
  const data::Batches epoch = data::batches(all, 4, rng);
  BOOST_TEST(epoch.size() == 3);
  Values seen;
  Index rows = 0;
  for (const auto& [x, y] : epoch) {
    BOOST_TEST(y.shape()[0] == (rows < 8 ? 4 : 2));
    rows += y.shape()[0];
    for (Index i = 0; i < y.shape()[0]; ++i) {
      BOOST_TEST(x.at(i, 0) == 2 * y.at(i, 0));
      seen.push_back(y.at(i, 0));
    }
  }
  BOOST_TEST(sorted(seen) == arange(0, 10).values());
  BOOST_TEST(!std::is_sorted(seen.begin(), seen.end()));
  const data::Batches repeated = data::batches(all, 4, same), different = data::batches(all, 4, other);
  BOOST_TEST(repeated[2].y.values() == epoch[2].y.values());  // alone, without those before it
  BOOST_TEST(repeated.index(0).values() == epoch.index(0).values());
  BOOST_TEST(different.index(0).values() != epoch.index(0).values());
  BOOST_TEST(data::batches(all, 4, rng).index(0).values() != epoch.index(0).values());  // the next epoch
}

BOOST_AUTO_TEST_CASE(batch_options) {
  Rng rng(5), untouched(5);
  const data::Dataset all = numbered(10);
  const data::Batches plain = data::batches(all, 4, rng, {.shuffle = false, .drop_last = true});
  BOOST_TEST(plain.size() == 2);
  BOOST_TEST((plain[1].y.values() == Values{4, 5, 6, 7}));
  BOOST_TEST(rng.bits() == untouched.bits());
  BOOST_TEST(data::batches(all, 5, rng, {.drop_last = true}).size() == 2);
  BOOST_TEST(data::batches(all, 100, rng).size() == 1);
  CHECK_MESSAGE(data::batches(all, 0, rng), "batches: a batch needs at least 1 example, not 0");
  CHECK_MESSAGE(data::batches(all, 11, rng, {.drop_last = true}), "batches: 10 examples do not fill a batch of 11");
  CHECK_MESSAGE(plain[2], "batches: there is no batch 2 of 2");
  CHECK_MESSAGE(plain[-1], "batches: there is no batch -1 of 2");
}

BOOST_AUTO_TEST_CASE(batches_record_nothing) {
  Rng rng(5);
  Tape tape;
  data::Dataset all = numbered(10);
  all.x = tape.variable(all.x);
  BOOST_TEST(!data::batches(all, 4, rng)[0].x.tracked());
}

BOOST_AUTO_TEST_CASE(standardised_features_have_mean_0_and_deviation_1) {
  Rng rng(7);
  for (const DType dtype : {f32, f64}) {
    const Tensor x = (randn({500, 3}, rng) * tensor({1e-3, 5., 100.}) + tensor({3., -2., 1e4})).to(dtype);
    const auto s = data::Standardizer::fit(x);
    BOOST_TEST((s.mean.shape() == Shape{3}));
    BOOST_TEST(s.std.dtype() == dtype);
    const Tensor z = s(x);
    const double tolerance = dtype == f32 ? 1e-3 : 1e-11;
    for (const double m : mean(z, {0}).values()) BOOST_TEST(std::abs(m) < tolerance);
    for (const double v : mean(square(z), {0}).values()) BOOST_TEST(std::abs(v - 1) < tolerance);
  }
}

BOOST_AUTO_TEST_CASE(the_training_part_alone_decides) {
  const auto s = data::Standardizer::fit(matrix({{0, 1}, {4, 3}}));
  BOOST_TEST((s.mean.values() == Values{2, 2}));
  BOOST_TEST((s.std.values() == Values{2, 1}));
  BOOST_TEST((s(matrix({{6, 0}})).values() == Values{2, -2}));
  const data::Standardizer restored{s.mean, s.std};  // as from a file
  const data::Dataset dev{matrix({{6, 0}}), tensor({1.}, {1, 1})};
  BOOST_TEST((restored(dev).x.values() == Values{2, -2}));
  BOOST_TEST(restored(dev).y.item() == 1);
}

BOOST_AUTO_TEST_CASE(constant_features_become_0) {
  const Tensor x = full({7, 2}, 0.1);  // whose mean over 7 is not 0.1
  const auto s = data::Standardizer::fit(x);
  BOOST_TEST((s.mean.values() == Values{0.1, 0.1}));
  BOOST_TEST((s(matrix({{0.1, 5}})).values() == Values{0, 0}));
}

BOOST_AUTO_TEST_CASE(missing_values_are_left_out_and_become_the_mean) {
  const double nan = NAN;
  const Tensor x = matrix({{1, nan}, {nan, 4}, {3, 4}});
  const auto s = data::Standardizer::fit(x);
  BOOST_TEST((s.mean.values() == Values{2, 4}));
  BOOST_TEST((s.std.values() == Values{1, 0}));
  BOOST_TEST((s(x).values() == Values{-1, 0, 0, 0, 1, 0}));
  BOOST_TEST((s.fill(x).values() == Values{1, 4, 2, 4, 3, 4}));
}

BOOST_AUTO_TEST_CASE(images_keep_their_shape) {
  Rng rng(7);
  const Tensor x = rand({6, 1, 2, 3}, rng);
  const auto s = data::Standardizer::fit(x);
  BOOST_TEST((s.mean.shape() == Shape{1, 2, 3}));
  BOOST_TEST((s(x).shape() == x.shape()));
  BOOST_TEST(std::abs(mean(s(x)).item()) < 1e-14);
}

BOOST_AUTO_TEST_CASE(impossible_standardising) {
  using data::Standardizer;
  const double nan = NAN, infinity = INFINITY;
  const auto s = Standardizer::fit(matrix({{1, 2}, {3, 4}}));
  CHECK_MESSAGE(Standardizer::fit(zeros({0, 2})), "Standardizer: there is no example to fit to");
  CHECK_MESSAGE(Standardizer::fit(Tensor()), "Standardizer: there is no example to fit to");
  CHECK_MESSAGE(Standardizer::fit(matrix({{1, nan}})), "Standardizer: feature 1 has no value");
  CHECK_MESSAGE(Standardizer::fit(matrix({{1, infinity}})), "Standardizer: feature 1 is infinite or too far spread");
  CHECK_MESSAGE(s(ones({5, 3})), "Standardizer: fitted to examples of (2), given x (5, 3)");
  CHECK_MESSAGE(s.fill(Tensor()), "Standardizer: fitted to examples of (2), given x without values");
  CHECK_MESSAGE(Standardizer{}(ones({1})), "Standardizer: fitted to examples of nothing, given x (1)");
  CHECK_MESSAGE(s(ones({1, 2}, f32)), "Standardizer: fitted to f64, given f32; convert x with to()");
}
