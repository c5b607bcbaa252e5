#pragma once
// Saving and loading modules, and whole training runs so that they go on as if they had never stopped.

#include <map>
#include <string>
#include <string_view>

#include <autograd/random.hpp>
#include <nn/module.hpp>
#include <nn/optimizer.hpp>

namespace xgrad::nn {

/// A module's Parameters by their path, frozen ones and running statistics too. Values are shared, not copied: cheap to
/// keep, as early stopping does with the best so far. Throws IoError if two Parameters have the same path.
State state(Module& module);
/// Gives a module's Parameters these values and clears their gradients. Throws IoError naming the Parameter that is
/// missing, too much, or of another shape or dtype; then nothing has changed. A `….num_batches_tracked`, which PyTorch
/// counts and nothing here needs, is passed over.
void load_state(Module& module, const State& state);

/// A safetensors file with the names and layouts of PyTorch's `state_dict()`: `0.weight` of shape (out, in).
void save(const std::string& path, Module& module);
/// Reads such a file, or the module out of a checkpoint. Errors and guarantees as load_state's; they name the file.
void load(const std::string& path, Module& module);

/// What a training run consists of. Keep one beside the loop: saving writes it, loading fills it.
///
///     nn::Checkpoint run{.module = net, .optimizer = &sgd, .generators = {{"batches", &rng}}};
///     if (nn::file_exists(path)) nn::load_checkpoint(path, run);
///     while (run.step < 1000) {
///       tape.backward(loss(net, batch(rng)));
///       sgd.step();
///       if (++run.step % 100 == 0) nn::save_checkpoint(path, run);
///     }
///
/// A schedule is a function of the step, and needs nothing else.
struct Checkpoint {
  Module& module;
  Optimizer* optimizer = nullptr;
  std::map<std::string, Rng*> generators = {};  ///< each generator that the run draws from, under a name of your choice
  Index step = 0;                               ///< how many steps have been made
  std::map<std::string, std::string> notes = {};  ///< whatever else the run has to know again: `{"best", "0.93"}`
  State tensors = {};                             ///< and as Tensors: the best weights so far, a Standardizer's mean
};

/// Writes a safetensors file: the module as `save` does, what the optimiser remembers under `optimizer.`, `tensors`
/// under `extra.`, the rest as text in its metadata (docs/checkpoints.md). The file is replaced as a whole (file.hpp):
/// a run killed at any moment leaves the last good one. Throws IoError; then the old file is untouched.
void save_checkpoint(const std::string& path, const Checkpoint& run);
/// Fills module, optimiser, generators, step, notes and tensors from a checkpoint. The run continues bit for bit as the
/// one that was saved. Throws IoError naming the file and what does not fit this run; then nothing has changed.
void load_checkpoint(const std::string& path, Checkpoint& run);

/// The same to and from memory; errors call the bytes `name`.
std::string checkpoint_bytes(const Checkpoint& run, const std::string& name = "checkpoint");
void parse_checkpoint(std::string_view bytes, Checkpoint& run, const std::string& name = "checkpoint");

}  // namespace xgrad::nn
