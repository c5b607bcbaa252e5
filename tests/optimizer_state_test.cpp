// What optimisers remember: saved and taken over in mid-run, all or nothing, Parameters without a gradient; errors.

#define BOOST_TEST_MODULE optimizer_state
#include "support.hpp"

#include <algorithm>
#include <memory>

#include <nn/nn.hpp>

using namespace xgrad;

namespace {

using Numbers = std::vector<double>;
using Make = std::function<std::unique_ptr<nn::Optimizer>(nn::Module&)>;

const std::vector<std::pair<std::string, Make>>& optimizers() {
  static const std::vector<std::pair<std::string, Make>> all{
      {"", [](nn::Module& m) { return std::make_unique<nn::Sgd>(m, nn::SgdOptions{.lr = 0.1}); }},
      {"momentum_buffer step",
       [](nn::Module& m) {
         return std::make_unique<nn::Sgd>(m, nn::SgdOptions{.lr = 0.1, .momentum = 0.9, .dampening = 0.1});
       }},
      {"square_avg step", [](nn::Module& m) { return std::make_unique<nn::RmsProp>(m); }},
      {"grad_avg momentum_buffer square_avg step",
       [](nn::Module& m) {
         return std::make_unique<nn::RmsProp>(m, nn::RmsPropOptions{.momentum = 0.5, .centered = true});
       }},
      {"step sum", [](nn::Module& m) { return std::make_unique<nn::Adagrad>(m, nn::AdagradOptions{.lr_decay = 0.1}); }},
      {"exp_avg exp_avg_sq step", [](nn::Module& m) { return std::make_unique<nn::Adam>(m); }},
      {"exp_avg exp_avg_sq max_exp_avg_sq step",
       [](nn::Module& m) { return std::make_unique<nn::AdamW>(m, nn::AdamWOptions{.amsgrad = true}); }},
  };
  return all;
}

nn::Sequential net(DType dtype) {
  Rng rng(3);
  return nn::Sequential{nn::Linear(2, 3, rng, {.dtype = dtype}), nn::Tanh{}, nn::Linear(3, 1, rng, {.dtype = dtype})};
}

void train(nn::Module& module, nn::Optimizer& optimizer, int from, int to, DType dtype) {
  for (int t = from; t < to; ++t) {
    Rng rng(static_cast<std::uint64_t>(t));
    Tape tape;
    tape.backward(mean(square(module(randn({5, 2}, rng, dtype)) - 1.)));
    optimizer.step();
  }
}

std::vector<Numbers> values(nn::Module& module) {
  std::vector<Numbers> result;
  for (const Parameter& p : nn::parameters(module)) result.push_back(p.value().values());
  return result;
}

bool same(const nn::State& a, const nn::State& b) {
  if (a.size() != b.size()) return false;
  for (const auto& [name, value] : a)
    if (!b.count(name) || b.at(name).values() != value.values()) return false;
  return true;
}

// Doubles the value, remembers the gradient, and fails where it is told to.
class Failing : public nn::Optimizer {
 public:
  explicit Failing(nn::ParameterList parameters) : Optimizer("Failing", std::move(parameters), 1, {{"last"}}) {}
  enum { nothing, error, shape, memory } wrong = nothing;
  Parameter factor{scalar(2), "factor"};  // which a tape would record, if it could

 protected:
  nn::Slot updated(const nn::Slot& old, const Tensor& grad, Index) const override {
    const bool second = old.value.rank() == 2;
    if (second && wrong == error) throw NumericError("the rule failed");
    nn::Slot made{factor * old.value, {grad}};
    if (second && wrong == shape) made.value = zeros({1});
    if (second && wrong == memory) made.memory = {};
    return made;
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_loaded_optimiser_goes_on_bit_for_bit) {
  for (const DType dtype : {f32, f64})
    for (const auto& [entries, make] : optimizers()) {
      nn::Sequential whole = net(dtype);
      const auto through = make(whole);
      train(whole, *through, 0, 7, dtype);

      const auto resumed = whole.clone();
      const auto other = make(*resumed);
      other->load_state(through->state());
      BOOST_TEST(same(other->state(), through->state()));
      train(whole, *through, 7, 20, dtype);
      train(*resumed, *other, 7, 20, dtype);
      BOOST_TEST((values(whole) == values(*resumed)));
      BOOST_TEST(same(other->state(), through->state()));
      if (entries.empty()) continue;

      // Without the state it would not have gone on so.
      nn::Sequential again = net(dtype);
      train(again, *make(again), 0, 7, dtype);
      train(again, *make(again), 7, 20, dtype);
      BOOST_TEST((values(again) != values(whole)));
    }
}

BOOST_AUTO_TEST_CASE(entries_have_the_names_of_pytorch) {
  for (const auto& [entries, make] : optimizers()) {
    nn::Sequential module = net(f32);
    const auto optimizer = make(module);
    train(module, *optimizer, 0, 3, f32);
    std::string found;
    for (const auto& [name, value] : optimizer->state())
      if (name.starts_with("2.weight.")) {
        found += (found.empty() ? "" : " ") + name.substr(9);
        BOOST_TEST(value.dtype() == (name.ends_with(".step") ? f64 : f32));
        if (name.ends_with(".step")) BOOST_TEST(value.item() == 3);
      }
    BOOST_TEST(found == entries);
    BOOST_TEST(optimizer->state().size() ==
               4u * static_cast<unsigned>(std::count(entries.begin(), entries.end(), ' ') + (entries.empty() ? 0 : 1)));
  }
}

BOOST_AUTO_TEST_CASE(a_parameter_without_gradient_is_passed_over) {
  Parameter a{scalar(1), "a"}, b{scalar(1), "b"};
  nn::Adam adam{{&a, &b}, {.lr = 0.1}};
  a.set_grad(scalar(1));
  b.set_grad(scalar(1));
  adam.step();
  const double before = b.value().item();
  const nn::State remembered = adam.state();
  for (int t = 0; t < 3; ++t) {
    a.set_grad(scalar(1));
    adam.step();
  }
  BOOST_TEST(b.value().item() == before);
  for (const char* name : {"b.exp_avg", "b.exp_avg_sq", "b.step"})
    BOOST_TEST(adam.state().at(name).item() == remembered.at(name).item());
  BOOST_TEST(adam.state().at("a.step").item() == 4);
  // Its next step is its second, not its fifth: with a constant gradient Adam moves by lr.
  b.set_grad(scalar(1));
  adam.step();
  BOOST_TEST(std::abs(b.value().item() - (before - 0.1)) < 1e-8);
  a.set_trainable(false);
  b.set_grad(scalar(1));
  adam.step();
  BOOST_TEST(adam.state().at("a.step").item() == 4);
}

BOOST_AUTO_TEST_CASE(a_step_is_all_or_nothing) {
  Parameter a{tensor({1., 2.}), "a"}, b{zeros({2, 2}), "b"};
  Failing failing{{&a, &b}};
  a.set_grad(tensor({3., 4.}));
  b.set_grad(ones({2, 2}));
  const nn::State before = failing.state();
  const auto unchanged = [&] {
    return a.value().values() == Numbers{1, 2} && a.version() == 0 && a.grad().values() == Numbers{3, 4} &&
           b.has_grad() && same(failing.state(), before);
  };
  failing.wrong = Failing::error;
  CHECK_MESSAGE(failing.step(), "the rule failed");
  BOOST_TEST(unchanged());
  const char* text = "Failing: its rule must give b a value and 1 of memory, each f64 (2, 2)";
  failing.wrong = Failing::shape;
  CHECK_MESSAGE(failing.step(), text);
  BOOST_TEST(unchanged());
  failing.wrong = Failing::memory;
  CHECK_MESSAGE(failing.step(), text);
  BOOST_TEST(unchanged());
  failing.wrong = Failing::nothing;
  failing.step();
  BOOST_TEST((a.value().values() == Numbers{2, 4}));
  BOOST_TEST((failing.state().at("a.last").values() == Numbers{3, 4}));
}

BOOST_AUTO_TEST_CASE(a_step_is_not_recorded) {
  Parameter w{tensor({1., 2.}), "w"};
  Failing failing{{&w}};
  Tape tape;
  w.set_grad(sum(w * 2.) * w);  // tracked: its values are taken
  BOOST_TEST(!w.grad().tracked());
  const std::size_t size = tape.size();
  failing.step();
  BOOST_TEST(tape.size() == size);
}

BOOST_AUTO_TEST_CASE(a_parameter_listed_twice_is_updated_once) {
  Parameter w{scalar(1), "w"};
  nn::Sgd sgd{{&w, &w}, {.lr = 0.5, .momentum = 0.5}};
  w.set_grad(scalar(1));
  sgd.step();
  BOOST_TEST(w.value().item() == 0.5);
  BOOST_TEST(sgd.state().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_name_is_that_of_the_beginning) {
  nn::Sequential module = net(f64);
  nn::Adam adam{module};
  nn::parameters(module[0]);  // renames them to `weight` and `bias`
  BOOST_TEST(adam.state().count("0.weight.exp_avg") == 1u);
}

BOOST_AUTO_TEST_CASE(learning_rates) {
  Parameter w{scalar(1), "w"};
  nn::Sgd sgd{{&w}, {.lr = 0.5}};
  BOOST_TEST(sgd.lr() == 0.5);
  sgd.set_lr(0);
  w.set_grad(scalar(1));
  sgd.step();
  BOOST_TEST(w.value().item() == 1);
  sgd.set_lr(0.25);
  w.set_grad(scalar(1));
  sgd.step();
  BOOST_TEST(w.value().item() == 0.75);
  for (const double bad : {-1., static_cast<double>(NAN), static_cast<double>(INFINITY)})
    CHECK_MESSAGE(sgd.set_lr(bad), "Sgd: lr must be a finite number of at least 0, not " + number_text(bad));
  BOOST_TEST(sgd.lr() == 0.25);
}

BOOST_AUTO_TEST_CASE(unfit_states_change_nothing) {
  nn::Sequential module = net(f64);
  nn::Adam adam{module};
  train(module, adam, 0, 3, f64);
  const nn::State good = adam.state();
  const auto refuses = [&](const std::function<void(nn::State&)>& spoil, const std::string& text) {
    nn::State state = nn::Adam{module}.state();  // another one: taking over a part of it would show
    spoil(state);
    CHECK_MESSAGE(adam.load_state(state), text);
    BOOST_TEST(same(adam.state(), good));
  };
  refuses([](nn::State& s) { s.erase("2.bias.exp_avg_sq"); }, "Adam: the state has no 2.bias.exp_avg_sq");
  refuses([](nn::State& s) { s["2.bias.exp_avg_sq"] = Tensor(); }, "Adam: the state has no 2.bias.exp_avg_sq");
  refuses([](nn::State& s) { s["2.bias.max_exp_avg_sq"] = zeros({1}); },
          "Adam: the state has 2.bias.max_exp_avg_sq, for which there is no place here");
  refuses([](nn::State& s) { s["2.bias.exp_avg"] = zeros({2}); },
          "Adam: 2.bias.exp_avg has shape (2) in the state, not (1)");
  refuses([](nn::State& s) { s["2.bias.exp_avg"] = zeros({1}, f32); },
          "Adam: 2.bias.exp_avg is f32 in the state, not f64");
  for (const double bad : {-1., 0.5, 1e300, static_cast<double>(NAN)})
    refuses([&](nn::State& s) { s["2.weight.step"] = scalar(bad); },
            "Adam: 2.weight.step must be a whole number of at least 0, not " + number_text(bad));
  nn::Sgd sgd{module};
  CHECK_MESSAGE(sgd.load_state(good), "Sgd: the state has 0.bias.exp_avg, for which there is no place here");
  try {
    adam.load_state({});
    BOOST_TEST(false);
  } catch (const IoError&) {}
  Parameter a{scalar(1), "w"}, b{scalar(1), "w"};
  nn::Adam two{{&a, &b}};
  const char* text = "Adam: two Parameters are called w; give each a name of its own to save what is remembered of it";
  CHECK_MESSAGE(two.state(), text);
  CHECK_MESSAGE(two.load_state({}), text);
}

BOOST_AUTO_TEST_CASE(bad_options) {
  Parameter w{scalar(1), "w"};
  const auto finite = [](const std::string& what) { return what + " must be a finite number of at least 0, not -1"; };
  CHECK_MESSAGE(nn::Sgd({&w}, {.lr = -1}), finite("Sgd: lr"));
  CHECK_MESSAGE(nn::Sgd({&w}, {.momentum = 1}), "Sgd: momentum must lie in [0, 1), not 1");
  CHECK_MESSAGE(nn::Sgd({&w}, {.momentum = NAN}), "Sgd: momentum must lie in [0, 1), not nan");
  CHECK_MESSAGE(nn::Sgd({&w}, {.dampening = 1.5}), "Sgd: dampening must lie in [0, 1], not 1.5");
  CHECK_MESSAGE(nn::Sgd({&w}, {.weight_decay = -1}), finite("Sgd: weight_decay"));
  const char* nesterov = "Sgd: nesterov needs a momentum above 0 and no dampening";
  CHECK_MESSAGE(nn::Sgd({&w}, {.nesterov = true}), nesterov);
  CHECK_MESSAGE(nn::Sgd({&w}, {.momentum = 0.9, .dampening = 0.1, .nesterov = true}), nesterov);
  CHECK_MESSAGE(nn::RmsProp({&w}, {.lr = -1}), finite("RmsProp: lr"));
  CHECK_MESSAGE(nn::RmsProp({&w}, {.alpha = -0.1}), "RmsProp: alpha must lie in [0, 1), not -0.1");
  CHECK_MESSAGE(nn::RmsProp({&w}, {.eps = -1}), finite("RmsProp: eps"));
  CHECK_MESSAGE(nn::RmsProp({&w}, {.momentum = 9}), "RmsProp: momentum must lie in [0, 1), not 9");
  CHECK_MESSAGE(nn::RmsProp({&w}, {.weight_decay = -1}), finite("RmsProp: weight_decay"));
  CHECK_MESSAGE(nn::Adagrad({&w}, {.lr = -1}), finite("Adagrad: lr"));
  CHECK_MESSAGE(nn::Adagrad({&w}, {.lr_decay = -1}), finite("Adagrad: lr_decay"));
  CHECK_MESSAGE(nn::Adagrad({&w}, {.weight_decay = -1}), finite("Adagrad: weight_decay"));
  CHECK_MESSAGE(nn::Adagrad({&w}, {.initial_accumulator_value = -1}), finite("Adagrad: initial_accumulator_value"));
  CHECK_MESSAGE(nn::Adagrad({&w}, {.eps = -1}), finite("Adagrad: eps"));
  CHECK_MESSAGE(nn::Adam({&w}, {.lr = -1}), finite("Adam: lr"));
  CHECK_MESSAGE(nn::Adam({&w}, {.beta1 = 1}), "Adam: beta1 must lie in [0, 1), not 1");
  CHECK_MESSAGE(nn::Adam({&w}, {.beta2 = -2}), "Adam: beta2 must lie in [0, 1), not -2");
  CHECK_MESSAGE(nn::Adam({&w}, {.eps = -1}), finite("Adam: eps"));
  CHECK_MESSAGE(nn::Adam({&w}, {.weight_decay = -1}), finite("Adam: weight_decay"));
  CHECK_MESSAGE(nn::AdamW({&w}, {.lr = -1}), finite("AdamW: lr"));
  CHECK_MESSAGE(nn::AdamW({&w}, {.beta1 = 1}), "AdamW: beta1 must lie in [0, 1), not 1");
  CHECK_MESSAGE(nn::AdamW({&w}, {.beta2 = 2}), "AdamW: beta2 must lie in [0, 1), not 2");
  CHECK_MESSAGE(nn::AdamW({&w}, {.eps = -1}), finite("AdamW: eps"));
  CHECK_MESSAGE(nn::AdamW({&w}, {.weight_decay = -1}), finite("AdamW: weight_decay"));
  CHECK_MESSAGE(nn::Adam({&w, nullptr}), "pointer 1 of the list of Parameters is null");
  w.set_trainable(false);
  CHECK_MESSAGE(nn::Adam({&w}), "Adam: there is no trainable Parameter to update");
}

BOOST_AUTO_TEST_CASE(a_gradient_can_be_put) {
  Parameter w{tensor({1., 2.}), "w"};
  w.set_grad(tensor({3., 4.}));
  w.set_grad(tensor({5., 6.}));
  BOOST_TEST((w.grad().values() == Numbers{5, 6}));
  CHECK_MESSAGE_HERE(w.set_grad(Tensor()), "set_grad: cannot give w an empty Tensor");
  CHECK_MESSAGE_HERE(w.set_grad(zeros({3})), "set_grad: cannot give w (2) a gradient of shape (3)");
  CHECK_MESSAGE_HERE(w.set_grad(zeros({2}, f32)), "set_grad: w is f64, the gradient f32; convert it with .to(f64)");
  BOOST_TEST((w.grad().values() == Numbers{5, 6}));
  w.set_trainable(false);
  CHECK_MESSAGE_HERE(w.set_grad(zeros({2})), "set_grad: w is frozen, so it takes no gradient");
}
