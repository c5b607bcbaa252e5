#pragma once
// What the page may ask of the engine: one request in JSON, one answer in JSON.
//
//     {"id": 7, "cmd": "train", "steps": 50}  →  {"id": 7, "result": {…}}  or  {"id": 7, "error": "a sentence"}
//
// Nothing that a request holds brings the engine down: a mistake is an error, and the session is as it was before.
// Errors are the library's own sentences. Long lists of numbers do not go through JSON: FLOATS below is
// {"floats": [offset, count]}, which the page reads from memory, as 32-bit floats, until the next request.
//
// The session is a training run of the program `train` (examples/train), and `options` are its command line's options
// under their names: {"data": "moons", "points": "200", "layers": "8,8:relu", "lr": "0.5", …}, all of them texts. What
// is not given is train's default. So any state of the page is a command line.
//
// hello
//   → sets: [{name, about, problem}], activations, inits, losses, optimizers, schedules: [name],
//     defaults, help: {option: text}. What can be chosen.
//
// open  options; table: a CSV's text, or points: [[x1, x2, class], …]; weights: {name: [number]}
//   → name, problem: "binary" or "classes", features: [name], classes: [name],
//     train, dev: {count, x: FLOATS, y: FLOATS} (x row by row, as the data has it), standardized,
//     layers: [{label, shape, parameters}] (nn::summary), parameters, steps (of an epoch), step,
//     epochs (planned), options: {name: text}, command (a line that runs train).
//   The former session is gone, unless this fails. A table is called by the option data if that ends in .csv or .tsv,
//   else data.csv; points are called points.csv.
//
// retune  options
//   → command, steps.
//   Goes on with other optimiser, rate, schedule, batch, loss, penalties: weights, step and history stay. Of these
//   options those not given take their defaults; the others stay, and are an error if they differ.
//
// rewind
//   → nothing. Weights and step as after `open`; what was retuned stays.
//
// train  steps; milliseconds
//   → step, epoch, lr, costs: [[step, cost]] of these steps (at most some 200 of them, evenly),
//     microseconds (a step, measured), stopped_early (by patience),
//     diverged: null or {cause, failed, step, try}: the first operation that made something not finite, the step that
//     failed, the one that the run has gone back to, a smaller rate.
//   Stops after so many steps or so much time, whichever is first. A cost is the mean loss that the step met, without
//   penalties. Diverged: weights and step are the last ones whose cost was finite.
//
// measure
//   → step, train, dev: {cost, accuracy, confusion: [[count]]} or null,
//     layers: [{name, gradient_norm, weight_norm, units, dead, saturated}] (of nets of linear layers and activations).
//   dead: the share of units that are 0 for every train example (relu); saturated: of those on the flat part of their
//   curve for more than nine examples in ten; null where that has no meaning.
//
// map  columns, rows, x: [low, high], y: [low, high]; units; axes: [0, 1], which features
//   → net: FLOATS, classes × rows × columns, or rows × columns for two classes,
//     layers: [{units, values: FLOATS (units × rows × columns)}], the activations of hidden layers, if `units`.
//   The first row is at y's low; further features are at their mean.
//
// weights
//   → [{name, shape, values: [number]}], exact.
//
// tape  examples (4); part: "train" or "dev"
//   → nodes: [{index, name, parameter (its path, or ""), operation, attributes, operands: [index or name], shape,
//     count, value: [number], gradient: [number] or null, formula}], bytes.
//   The tape of one step on so many examples, dropout off. Lists are cut after 64 numbers; `count` tells how many
//   there are.
//
// equations  examples (4); part
//   → rows: [{name, formula, shape, count, by_tape: [number], by_hand: [number], difference, holds}],
//     examples, tolerance.
//   dZL = AL − Y, dWl, dbl, dZl … of this net without penalties, by plain loops. Differences are relative to the
//   largest sum of magnitudes added to form an entry.
//
// check  stencil: "automatic", "complex_step", "central", "four_point" or "six_point"; step; examples (64); part
//   → tolerance, stencil, reason (why no complex step), examples, verdict: "pass" or "not confirmed",
//     rows: [{name, index, analytic, central, complex, numeric (by the stencil), difference,
//     verdict: "pass", "fail" or "kink"}].
//   Every entry of every Parameter, on at most 64 examples; refused for more than 2,000 entries.
//
// curve  name, index; examples, part
//   → analytic, rows: [{h, central, four_point, six_point, complex}].
//   The V curve of one entry: relative errors by step size; null where there is no complex form.
//
// save
//   → file: base64 of a safetensors file that train --resume reads. A table is in it too.
//
// load  file; table
//   → what `open` gives, and table: the CSV of its data, "" for a set by name.
//
// program
//   → code: a C++ program that builds this net with these weights and prints its accuracy on this data.

#include <cstddef>

extern "C" {

/// Answers one request. The text lives until the next call. Never throws.
const char* xgrad_call(const char* request);

/// The numbers that the last answer refers to.
const float* xgrad_floats();
}
