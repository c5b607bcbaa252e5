#include <nn/checkpoint.hpp>

#include <charconv>
#include <optional>
#include <string_view>

#include <nn/safetensors.hpp>
#include <nn/untrusted.hpp>

namespace xgrad::nn {
namespace {

using detail::shown;

const std::string optimizer_prefix = "optimizer.", extra_prefix = "extra.", format_key = "xgrad.checkpoint",
                  step_key = "step", generator_prefix = "generator.", note_prefix = "note.";

// By path; a Parameter that the module lists twice stands once.
std::map<std::string, Parameter> named_parameters(Module& module) {
  std::map<std::string, Parameter> result;
  for (const Parameter& p : parameters(module)) {
    const auto [found, fresh] = result.try_emplace(p.name(), p.handle());
    if (!fresh && found->second != p) throw IoError("two Parameters of the module are called " + p.name());
  }
  return result;
}

// Values checked against the Parameters that take them.
class Assignment {
 public:
  /// Throws IoError, beginning with `where`.
  Assignment(Module& module, const State& values, const std::string& where) {
    State left = values;
    for (const auto& [name, p] : named_parameters(module)) {
      const auto found = values.find(name);
      check(p, found == values.end() ? nullptr : &found->second, where);
      left.erase(name);
      pairs_.emplace_back(p.handle(), found->second);
    }
    for (const auto& [name, value] : left)
      if (!name.ends_with(".num_batches_tracked"))
        throw IoError(where + ": has " + shown(name) + (value.defined() ? " " + to_string(value.shape()) : "") +
                      ", which the module has not");
  }
  void make() {
    for (auto& [p, value] : pairs_) {
      p.assign(value);
      p.zero_grad();
    }
  }

 private:
  static void check(const Parameter& p, const Tensor* given, const std::string& where) {
    if (!given) throw IoError(where + ": has no " + p.name() + " " + to_string(p.shape()) + ", which the module has");
    const Tensor& value = *given;
    const std::string begin = where + ": " + p.name();
    if (!value.defined()) throw IoError(begin + " is an empty Tensor");
    if (value.shape() != p.shape())
      throw IoError(begin + " is " + to_string(value.shape()) + ", the module's is " + to_string(p.shape()));
    if (value.dtype() != p.dtype())
      throw IoError(begin + " is " + to_string(value.dtype()) + ", the module's is " + to_string(p.dtype()) +
                    "; build the module with " + to_string(value.dtype()));
  }
  std::vector<std::pair<Parameter, Tensor>> pairs_;
};

// Generators as text: four words and, if there is one, the bits of the spare, in hexadecimal.
std::string hexadecimal(std::uint64_t word) {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, word, 16).ptr;
  const auto count = static_cast<std::size_t>(end - digits);
  return std::string(sizeof digits - count, '0').append(digits, count);
}

std::string text(const Rng::State& state) {
  std::string result;
  for (const std::uint64_t word : state.words) result += (result.empty() ? "" : " ") + hexadecimal(word);
  if (state.spare) result += " " + hexadecimal(detail::bits_as<std::uint64_t>(*state.spare));
  return result;
}

// The whole text as a number, or nothing.
template <class T>
std::optional<T> number(std::string_view text, int base) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

Rng generator(const std::string& text, const std::string& where) {
  constexpr std::size_t digits = 16, step = digits + 1;
  std::vector<std::uint64_t> words;
  for (std::size_t at = 0; at < text.size(); at += step) {
    const auto word = number<std::uint64_t>(std::string_view(text).substr(at, digits), 16);
    if (!word) break;
    words.push_back(*word);
  }
  Rng::State state{};
  std::copy_n(words.begin(), std::min<std::size_t>(words.size(), 4), state.words.begin());
  if (words.size() == 5) state.spare = detail::bits_as<double>(words[4]);
  if (words.size() < 4 || words.size() > 5 || ::xgrad::nn::text(state) != text)
    throw IoError(where + " is not four or five words in hexadecimal: " + shown(text));
  try {
    return Rng(state);
  } catch (const NumericError& e) {
    throw IoError(where + " is no state of a generator: " + e.what());
  }
}

// The entries whose name begins with the prefix, without it; they leave the map.
template <class T>
std::map<std::string, T> taken(std::map<std::string, T>& all, const std::string& prefix) {
  std::map<std::string, T> result;
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.starts_with(prefix); it = all.erase(it))
    result.emplace(it->first.substr(prefix.size()), std::move(it->second));
  return result;
}

void check_version(const Safetensors& file, const std::string& path) {
  const auto found = file.metadata.find(format_key);
  if (found == file.metadata.end())
    throw IoError(path + ": is not a checkpoint of a run; nn::load reads the module alone");
  if (found->second != "1")
    throw IoError(path + ": is a checkpoint of format " + shown(found->second) + "; format 1 is read");
}

}  // namespace

State state(Module& module) {
  State result;
  for (const auto& [name, p] : named_parameters(module)) result.emplace(name, p.value());
  return result;
}

void load_state(Module& module, const State& state) { Assignment(module, state, "load_state").make(); }

void save(const std::string& path, Module& module) { save_safetensors(path, state(module)); }

void load(const std::string& path, Module& module) {
  Safetensors file = load_safetensors(path);
  if (file.metadata.contains(format_key))
    for (const std::string& prefix : {optimizer_prefix, extra_prefix}) taken(file.tensors, prefix);
  Assignment(module, file.tensors, path).make();
}

namespace {

Safetensors content(const std::string& path, const Checkpoint& run) {
  if (run.step < 0) throw IoError(path + ": a run cannot have made " + std::to_string(run.step) + " steps");
  State tensors = state(run.module);
  for (const std::string& prefix : {optimizer_prefix, extra_prefix})
    if (const auto clash = tensors.lower_bound(prefix); clash != tensors.end() && clash->first.starts_with(prefix))
      throw IoError(path + ": the Parameter " + clash->first + " has a name that is kept for " +
                    (prefix == extra_prefix ? "the run's own Tensors" : "the optimiser's memory"));
  for (const auto& [name, value] : run.tensors) tensors.emplace(extra_prefix + name, value);
  if (run.optimizer)
    for (const auto& [name, value] : run.optimizer->state()) tensors.emplace(optimizer_prefix + name, value);

  std::map<std::string, std::string> metadata{{format_key, "1"}, {step_key, std::to_string(run.step)}};
  for (const auto& [name, rng] : run.generators) {
    if (!rng) throw IoError((path + ": there is no generator under the name ").append(name));
    metadata.emplace(generator_prefix + name, text(rng->state()));
  }
  for (const auto& [name, note] : run.notes) metadata.emplace(note_prefix + name, note);
  return {std::move(tensors), std::move(metadata)};
}

void take(Safetensors file, const std::string& path, Checkpoint& run) {
  check_version(file, path);
  const State memory = taken(file.tensors, optimizer_prefix);
  State extra = taken(file.tensors, extra_prefix);
  if (!run.optimizer && !memory.empty())
    throw IoError(path + ": holds the memory of an optimiser, such as " + shown(memory.begin()->first) +
                  "; give the run one");

  const auto step = number<Index>(file.metadata[step_key], 10);
  if (!step || *step < 0) throw IoError(path + ": its step is not a whole number: " + shown(file.metadata[step_key]));
  auto generators = taken(file.metadata, generator_prefix);
  std::map<Rng*, Rng> resumed;
  for (const auto& [name, rng] : run.generators) {
    const auto found = generators.find(name);
    if (!rng || found == generators.end()) throw IoError(path + ": has no generator " + shown(name));
    resumed.emplace(rng, generator(found->second, path + ": the generator " + shown(name)));
    generators.erase(found);
  }
  if (!generators.empty())
    throw IoError(path + ": has a generator " + shown(generators.begin()->first) + ", which the run has not");
  auto notes = taken(file.metadata, note_prefix);
  Assignment assignment(run.module, file.tensors, path);

  if (run.optimizer) {
    try {
      run.optimizer->load_state(memory);
    } catch (const IoError& e) {
      throw IoError(path + ": " + e.what());
    }
  }
  assignment.make();
  for (auto& [rng, value] : resumed) *rng = value;
  run.step = *step;
  run.notes = std::move(notes);
  run.tensors = std::move(extra);
}

}  // namespace

void save_checkpoint(const std::string& path, const Checkpoint& run) {
  const Safetensors file = content(path, run);
  save_safetensors(path, file.tensors, file.metadata);
}

void load_checkpoint(const std::string& path, Checkpoint& run) { take(load_safetensors(path), path, run); }

std::string checkpoint_bytes(const Checkpoint& run, const std::string& name) {
  const Safetensors file = content(name, run);
  return safetensors_bytes(file.tensors, file.metadata);
}

void parse_checkpoint(std::string_view bytes, Checkpoint& run, const std::string& name) {
  take(parse_safetensors(bytes, name), name, run);
}

}  // namespace xgrad::nn
