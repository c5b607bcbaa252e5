// Parameters: what happens when one changes, freezes, is copied, and who holds its gradient.

#define BOOST_TEST_MODULE parameter
#include "line.hpp"

#include <autograd/storage.hpp>

using namespace xgrad;
using support::Line, support::message, support::values;

BOOST_AUTO_TEST_CASE(a_change_between_forward_and_backward) {
  Line line;
  Tape tape;
  const Tensor loss = line.loss();
  line.w.assign(tensor({0.7}));
  BOOST_TEST(message([&] { tape.backward(loss); }).find("backward: Parameter w has changed since it was recorded") ==
             0u);
  BOOST_TEST(message([&] { tape.gradient(loss, line.b); }).find("gradient: Parameter w has changed") == 0u);
  BOOST_TEST(!line.b.has_grad());
  BOOST_TEST(!tape.closed());
  const Tensor of_b = square(line.b);  // does not reach w
  tape.backward(sum(of_b));
  BOOST_TEST(line.b.grad().item() == 0.2);
}

BOOST_AUTO_TEST_CASE(a_changed_parameter_is_a_new_leaf) {
  Parameter w{scalar(2), "w"};
  Tape tape;
  const Tensor before = square(w);
  w.assign(scalar(5));
  const Tensor after = square(w);
  tape.backward(after, {.keep = true});
  BOOST_TEST(w.grad().item() == 10);
  BOOST_CHECK_THROW(tape.backward(before + after), TapeError);
  BOOST_TEST(w.grad().item() == 10);
}

BOOST_AUTO_TEST_CASE(assign_takes_a_tracked_tensors_value) {
  Parameter w{scalar(2), "w"};
  Tape tape;
  const Tensor y = square(w);
  w.assign(y);
  BOOST_TEST(w.value().item() == 4);
  BOOST_TEST(!w.value().tracked());
  BOOST_TEST(w.value().name() == "w");
  BOOST_TEST(y.name() == "square#1");
}

// A value that nobody else has becomes the Parameter's own, others stay as they are.
BOOST_AUTO_TEST_CASE(assign_takes_over_what_it_is_given) {
  Parameter w{zeros({2, 3}), "w"};
  Tensor alone = ones({2, 3}), shared = ones({2, 3}), turned = transpose(ones({3, 2}));
  const Tensor kept = shared;
  const void* const address = alone.data();
  w.assign(std::move(alone));
  BOOST_TEST(w.value().data() == address);
  BOOST_TEST(!detail::Storage::of(w.value()).owner().defined(), "the elements are its own");
  BOOST_TEST(w.value().name() == "w");
  w.assign(std::move(shared));
  BOOST_TEST(w.value().data() == kept.data());
  BOOST_TEST(kept.name() == "");
  turned.data();
  w.assign(std::move(turned));
  BOOST_TEST(!detail::Storage::of(w.value()).other.defined(), "it does not hold the matrix too");
  Tape tape;
  Tensor product = matmul(eye(2), tape.variable(ones({2, 3})));
  w.assign(std::move(product));
  BOOST_TEST(!w.value().tracked());
  BOOST_TEST(w.value().name() == "w");
  BOOST_TEST(w.value().values() == values({1, 1, 1, 1, 1, 1}));
}

BOOST_AUTO_TEST_CASE(frozen_parameters_are_constants) {
  Parameter w{scalar(2), "w"}, frozen{scalar(3), "frozen", {.trainable = false}};
  Tape tape;
  BOOST_TEST(!square(frozen).tracked());
  tape.backward(w * frozen);
  BOOST_TEST(w.grad().item() == 3);
  BOOST_TEST(!frozen.has_grad());
  frozen.set_trainable(true);
  tape.backward(w * frozen);
  BOOST_TEST(frozen.grad().item() == 2);
  frozen.set_trainable(false);
  BOOST_TEST(!frozen.has_grad());
}

BOOST_AUTO_TEST_CASE(copies_are_deep_and_handles_are_not) {
  Parameter w{scalar(2), "w"};
  Parameter copy(w), handle = w.handle();
  w.assign(scalar(3));
  BOOST_TEST(copy.value().item() == 2);
  BOOST_TEST(handle.value().item() == 3);
  BOOST_TEST((handle == w));
  BOOST_TEST(!(copy == w));
}

BOOST_AUTO_TEST_CASE(gradients_survive_their_reader) {
  Parameter w{tensor({1., 2.}), "w"};
  Tape tape;
  tape.backward(sum(square(w)));
  const Tensor seen = w.grad();
  tape.backward(sum(square(w)));
  BOOST_TEST(seen.values() == values({2, 4}));  // a value never changes under its holder
  BOOST_TEST(w.grad().values() == values({4, 8}));
}
