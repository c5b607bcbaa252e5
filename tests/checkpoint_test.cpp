// Modules and runs in files: names as PyTorch has them, all or nothing, and a run that was stopped, or killed, goes on
// bit for bit as if it had not been.

#define BOOST_TEST_MODULE checkpoint
#include "support.hpp"

#include <sys/wait.h>

#include <bit>
#include <optional>

#include <nn/nn.hpp>

#include "files.hpp"

using namespace xgrad;
using support::Folder;
using Texts = std::map<std::string, std::string>;

namespace {

// All that a run consists of; every object is new in each.
struct Training {
  explicit Training(std::uint64_t seed = 0)
      : init(seed), net{nn::Linear(2, 5, init), nn::Tanh{}, nn::Linear(5, 1, init)} {}
  Rng init, batches{1}, noise{2};
  nn::Sequential net;
  nn::Adam optimizer{net, {.lr = 0.1}};
  nn::Checkpoint run{.module = net, .optimizer = &optimizer, .generators = {{"batches", &batches}, {"noise", &noise}}};

  // Draws an odd number of normal values, so that one is left over for the next step.
  void step() {
    Tape tape;
    const Tensor x = randn({3, 1}, noise) + rand({3, 2}, batches), y = rand({3, 1}, batches);
    tape.backward(mean(square(net(x) - y)));
    optimizer.step();
    ++run.step;
    run.notes["last"] = std::to_string(run.step);
  }
  // Every bit of it.
  std::string bits() {
    std::string all = nn::safetensors_bytes(nn::state(net)) + nn::safetensors_bytes(optimizer.state(), run.notes);
    for (const Rng* rng : {&batches, &noise}) {
      Rng copy(*rng);
      for (int i = 0; i < 3; ++i) all += std::to_string(std::bit_cast<std::uint64_t>(copy.normal())) + " ";
      all += std::to_string(copy.bits()) + " ";
    }
    return all + std::to_string(run.step);
  }
};

// bits() after each step of a run that is never stopped.
std::vector<std::string> uninterrupted(int steps) {
  Training t;
  std::vector<std::string> result{t.bits()};
  while (t.run.step < steps) {
    t.step();
    result.push_back(t.bits());
  }
  return result;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_generator_goes_on_where_it_stood) {
  for (const int draws : {0, 1, 2}) {
    Rng rng(5);
    for (int i = 0; i < draws; ++i) rng.normal();
    Rng again(rng.state());
    BOOST_TEST((again.state() == rng.state()));
    BOOST_TEST(rng.state().spare.has_value() == (draws == 1));
    for (int i = 0; i < 5; ++i) BOOST_TEST(again.normal() == rng.normal());
    BOOST_TEST(again.bits() == rng.bits());
  }
  CHECK_MESSAGE(Rng(Rng::State{}), "Rng: its four words are all 0");
  CHECK_MESSAGE(Rng(Rng::State{{1}, NAN}), "Rng: its spare is not a finite number");
}

BOOST_AUTO_TEST_CASE(a_module_in_a_file) {
  const Folder folder;
  const std::string path = folder.path("net.safetensors");
  Training a(1), b(2);
  nn::set_trainable(a.net[0], false);
  nn::save(path, a.net);
  const nn::Safetensors file = nn::load_safetensors(path);
  std::vector<std::string> names;
  for (const auto& [name, t] : file.tensors) names.push_back(name + " " + to_string(t.shape()));
  BOOST_TEST((names == std::vector<std::string>{"0.bias (5)", "0.weight (5, 2)", "2.bias (1)", "2.weight (1, 5)"}));
  BOOST_TEST(file.metadata.empty());

  const std::vector<Parameter> before = nn::parameters(b.net);
  Tape tape;
  tape.backward(sum(b.net(ones({1, 2}))));
  nn::load(path, b.net);
  BOOST_TEST(nn::safetensors_bytes(nn::state(b.net)) == nn::safetensors_bytes(nn::state(a.net)));
  BOOST_TEST(!before[0].has_grad());                    // it belonged to the old values
  BOOST_TEST((nn::parameters(b.net)[0] == before[0]));  // an optimiser made before still holds them
  BOOST_TEST(before[0].trainable());

  nn::load_state(b.net, nn::state(a.net));
  nn::save_checkpoint(path, a.run);
  nn::load(path, b.net);  // the module out of a checkpoint
}

// What is saved stays, though the Parameter changes: early stopping keeps the best so far.
BOOST_AUTO_TEST_CASE(a_state_is_a_value) {
  Training t;
  const nn::State best = nn::state(t.net);
  const std::string before = nn::safetensors_bytes(best);
  t.step();
  BOOST_TEST(nn::safetensors_bytes(nn::state(t.net)) != before);
  nn::load_state(t.net, best);
  BOOST_TEST(nn::safetensors_bytes(nn::state(t.net)) == before);
}

BOOST_AUTO_TEST_CASE(the_content_of_a_checkpoint) {
  const Folder folder;
  const std::string path = folder.path("run.safetensors");
  Training t;
  t.batches = Rng(Rng::State{{1, 2, 3, 0xfedcba9876543210}, {}});
  t.noise = Rng(Rng::State{{4, 5, 6, 7}, 1.});
  nn::save_checkpoint(path, t.run);
  BOOST_TEST((nn::load_safetensors(path).metadata ==
              Texts{{"xgrad.checkpoint", "1"},
                    {"step", "0"},
                    {"generator.batches", "0000000000000001 0000000000000002 0000000000000003 fedcba9876543210"},
                    {"generator.noise",
                     "0000000000000004 0000000000000005 0000000000000006 0000000000000007 3ff0000000000000"}}));
  t.step();
  t.run.notes = {{"best", "0.5"}};
  nn::save_checkpoint(path, t.run);
  const nn::Safetensors file = nn::load_safetensors(path);
  BOOST_TEST(file.metadata.at("step") == "1");
  BOOST_TEST(file.metadata.at("note.best") == "0.5");
  BOOST_TEST(file.tensors.size() == 16u);
  BOOST_TEST(to_string(file.tensors.at("optimizer.0.weight.exp_avg").shape()) == "(5, 2)");
  BOOST_TEST(file.tensors.at("optimizer.0.weight.step").item() == 1);
}

BOOST_AUTO_TEST_CASE(resumed_is_uninterrupted) {
  const Folder folder;
  const std::string path = folder.path("run.safetensors");
  const std::vector<std::string> expected = uninterrupted(12);
  for (const int stop : {0, 1, 6, 11, 12}) {
    {
      Training first;
      while (first.run.step < stop) first.step();
      nn::save_checkpoint(path, first.run);
    }
    Training second(99);
    second.run.notes["other"] = "gone";
    nn::load_checkpoint(path, second.run);
    BOOST_TEST(second.bits() == expected[static_cast<std::size_t>(stop)]);
    while (second.run.step < 12) second.step();
    BOOST_TEST(second.bits() == expected[12]);
  }
}

// A child trains, saves each step and is killed at random moments; the next one resumes. Each time the file is the run
// that was never stopped, at some later step, and so is the end.
BOOST_AUTO_TEST_CASE(killed_at_any_moment) {
  const Folder folder;
  const std::string path = folder.path("run.safetensors");
  constexpr int steps = 150, enough = 20;
  const std::vector<std::string> expected = uninterrupted(steps);
  nn::save_checkpoint(path, Training().run);
  Rng rng(4);
  Index reached = 0;
  int kills = 0, runs = 0;
  while ((reached < steps || kills < enough) && ++runs < 1000) {
    if (reached == steps) {  // a fast machine got there too soon: once more from the beginning
      nn::save_checkpoint(path, Training().run);
      reached = 0;
    }
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
      try {
        Training t(99);
        nn::load_checkpoint(path, t.run);
        while (t.run.step < steps) {
          t.step();
          nn::save_checkpoint(path, t.run);
        }
      } catch (...) {
        ::_exit(1);
      }
      ::_exit(0);
    }
    // later and later: a slow build has to get somewhere
    ::usleep(static_cast<useconds_t>(rng.below(12'000 + 100 * static_cast<std::uint64_t>(runs))));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    BOOST_TEST((WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0)));
    kills += WIFSIGNALED(status);
    Training t(99);
    nn::load_checkpoint(path, t.run);
    BOOST_TEST(t.run.step >= reached);
    reached = t.run.step;
    BOOST_TEST((t.bits() == expected[static_cast<std::size_t>(reached)]));
    const std::vector<std::string> names = folder.names();
    BOOST_TEST((names.size() == 1 || names == std::vector<std::string>{"run.safetensors", "run.safetensors.part"}));
  }
  BOOST_TEST_MESSAGE("killed " << kills << " times in " << runs << " runs");
  BOOST_TEST(reached == steps);
  BOOST_TEST(kills >= enough);
}

BOOST_AUTO_TEST_CASE(a_full_disk_leaves_the_last_good_one) {
  const Folder folder;
  const std::string path = folder.path("run.safetensors");
  Training t;
  t.step();
  nn::save_checkpoint(path, t.run);
  const std::string good = t.bits();
  t.step();
  {
    const support::Room room(500);
    CHECK_MESSAGE(nn::save_checkpoint(path, t.run), "cannot write " + path + ": File too large");
  }
  nn::load_checkpoint(path, t.run);
  BOOST_TEST(t.bits() == good);
  BOOST_TEST(folder.names().size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_a_module) {
  const Folder folder;
  const std::string path = folder.path("net.safetensors");
  Training t;
  const nn::State good = nn::state(t.net);
  const std::string before = t.bits();
  const auto check = [&](const std::string& name, const std::optional<Tensor>& value, const std::string& expected) {
    nn::State bad = good;
    bad.erase(name);
    if (value) bad[name] = *value;
    CHECK_MESSAGE(nn::load_state(t.net, bad), "load_state: " + expected);
    if (!value || value->defined()) {
      nn::save_safetensors(path, bad);
      CHECK_MESSAGE(nn::load(path, t.net), path + ": " + expected);
    }
    BOOST_TEST(t.bits() == before);
  };
  check("2.weight", {}, "has no 2.weight (1, 5), which the module has");
  check("4.weight", zeros({1, 8}), "has 4.weight (1, 8), which the module has not");
  check("2.weight", zeros({5, 1}), "2.weight is (5, 1), the module's is (1, 5)");
  check("2.weight", zeros({1, 5}, f32), "2.weight is f32, the module's is f64; build the module with f32");
  check("2.weight", Tensor(), "2.weight is an empty Tensor");
  check("4.weight", Tensor(), "has 4.weight, which the module has not");
  check("optimizer.0.weight", zeros({1}), "has optimizer.0.weight (1), which the module has not");

  nn::State torch = good;
  torch["1.num_batches_tracked"] = scalar(3);
  BOOST_CHECK_NO_THROW(nn::load_state(t.net, torch));
}

namespace {

// A module whose parts have the names it is given.
class Named : public nn::Module {
 public:
  Named(std::string first, std::string second)
      : a(scalar(1), "a"), b(scalar(2), "b"), first_(std::move(first)), second_(std::move(second)) {}
  Tensor forward(const Tensor& x) const override { return x * a * b; }
  void visit(nn::Visitor& v) override {
    v(first_, a);
    v(second_, b);
  }
  std::unique_ptr<Module> clone() const override { return std::make_unique<Named>(first_, second_); }
  std::string label() const override { return "Named"; }

  Parameter a, b;

 private:
  std::string first_, second_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(what_cannot_be_saved) {
  const Folder folder;
  const std::string path = folder.path("a");
  Named twins("w", "w"), reserved("optimizer.w", "b");
  CHECK_MESSAGE(nn::state(twins), "two Parameters of the module are called w");
  CHECK_MESSAGE(nn::save(path, twins), "two Parameters of the module are called w");
  CHECK_MESSAGE(nn::save_checkpoint(path, {.module = reserved}),
                path + ": the Parameter optimizer.w has a name that is kept for the optimiser's memory");
  Training t;
  CHECK_MESSAGE(nn::save_checkpoint(path, {.module = t.net, .generators = {{"r", nullptr}}}),
                path + ": there is no generator under the name r");
  CHECK_MESSAGE(nn::save_checkpoint(path, {.module = t.net, .step = -1}), path + ": a run cannot have made -1 steps");
  CHECK_MESSAGE(nn::save_checkpoint(path, {.module = t.net, .notes = {{"n", "\xff"}}}), path + ": \xff is not UTF-8");
  BOOST_TEST(folder.names().empty());
  CHECK_MESSAGE(
      nn::save_checkpoint(folder.path("no/a"), t.run),
      "cannot write " + folder.path("no/a") + ": the folder " + folder.path("no") + ": No such file or directory");
}

// A Parameter that a module lists twice is one.
BOOST_AUTO_TEST_CASE(a_shared_parameter_is_saved_once) {
  struct Shared : Named {
    Shared() : Named("a", "b") { b = a.handle(); }
  } shared;
  BOOST_TEST(nn::state(shared).size() == 1u);
  nn::load_state(shared, {{"b", scalar(7)}});
  BOOST_TEST(shared.a.value().item() == 7);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_a_run) {
  const Folder folder;
  const std::string path = folder.path("run.safetensors");
  Training saved;
  saved.step();
  nn::save_checkpoint(path, saved.run);
  const nn::Safetensors good = nn::load_safetensors(path);

  Training t(3);
  t.step();
  const std::string before = t.bits();
  const auto check = [&](const Texts& changes, const std::string& expected) {
    nn::Safetensors bad = good;
    for (const auto& [key, value] : changes)
      if (value.empty())
        bad.metadata.erase(key);
      else
        bad.metadata[key] = value;
    nn::save_safetensors(path, bad.tensors, bad.metadata);
    CHECK_MESSAGE(nn::load_checkpoint(path, t.run), path + expected);
    BOOST_TEST(t.bits() == before);
  };
  const std::string w = "0000000000000001 ", words = w + w + w + "0000000000000001";
  check({{"xgrad.checkpoint", ""}}, ": is not a checkpoint of a run; nn::load reads the module alone");
  check({{"xgrad.checkpoint", "2"}}, ": is a checkpoint of format 2; format 1 is read");
  check({{"step", ""}}, ": its step is not a whole number: ");
  for (const char* step : {"-1", "1.5", "1 ", "+1", "0x1", "99999999999999999999"})
    check({{"step", step}}, ": its step is not a whole number: " + std::string(step));
  check({{"generator.noise", ""}}, ": has no generator noise");
  check({{"generator.other", words}}, ": has a generator other, which the run has not");
  for (const std::string& text : {"x" + words.substr(1), w, words + " " + words, words + " ", words + "1",
                                  "G" + words.substr(1), words.substr(1), "A" + words.substr(1)})
    check({{"generator.noise", text}}, ": the generator noise is not four or five words in hexadecimal: " +
                                           (text.size() > 80 ? text.substr(0, 80) + "..." : text));
  const std::string z = "0000000000000000 ", zeros = z + z + z + "0000000000000000";
  check({{"generator.noise", zeros}},
        ": the generator noise is no state of a generator: Rng: its four words are all 0");
  check({{"generator.noise", words + " 7ff8000000000000"}},
        ": the generator noise is no state of a generator: Rng: its spare is not a finite number");

  const auto check_tensors = [&](const std::string& name, const Tensor& value, const std::string& expected) {
    nn::Safetensors bad = good;
    bad.tensors[name] = value;
    nn::save_safetensors(path, bad.tensors, bad.metadata);
    CHECK_MESSAGE(nn::load_checkpoint(path, t.run), path + expected);
    BOOST_TEST(t.bits() == before);
  };
  check_tensors("0.bias", ones({4}), ": 0.bias is (4), the module's is (5)");
  check_tensors("optimizer.0.bias.exp_avg", ones({4}), ": Adam: 0.bias.exp_avg has shape (4) in the state, not (5)");
  check_tensors("optimizer.0.bias.a\nb", ones({4}),
                ": Adam: the state has 0.bias.a?b, for which there is no place here");

  nn::save_checkpoint(path, saved.run);
  t.run.optimizer = nullptr;
  CHECK_MESSAGE(nn::load_checkpoint(path, t.run),
                path + ": holds the memory of an optimiser, such as 0.bias.exp_avg; give the run one");
  nn::Sgd sgd{t.net};
  t.run.optimizer = &sgd;
  CHECK_MESSAGE(nn::load_checkpoint(path, t.run),
                path + ": Sgd: the state has 0.bias.exp_avg, for which there is no place here");
  BOOST_TEST(t.bits() == before);
}

BOOST_AUTO_TEST_CASE(tensors_of_the_run_come_back) {
  const support::Folder folder;
  Rng rng(1);
  nn::Sequential net{nn::Linear(2, 1, rng)};
  nn::Checkpoint run{.module = net, .tensors = {{"mean", tensor({1., 2.}, f32)}, {"best.0.weight", ones({1, 2})}}};
  nn::save_checkpoint(folder.path("run"), run);
  nn::Sequential other{nn::Linear(2, 1, rng)};
  nn::Checkpoint loaded{.module = other};
  nn::load_checkpoint(folder.path("run"), loaded);
  BOOST_TEST(loaded.tensors.size() == 2u);
  BOOST_TEST(loaded.tensors.at("mean").dtype() == f32);
  BOOST_TEST(loaded.tensors.at("mean").values() == run.tensors.at("mean").values());
  nn::load(folder.path("run"), other);  // the module alone
  BOOST_TEST(nn::parameters(other)[0].value().values() == nn::parameters(net)[0].value().values());
}
