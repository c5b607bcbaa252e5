#pragma once
// What the page may ask of the engine: one request in JSON, one answer in JSON.
//
//     {"id": 7, "cmd": "train", "steps": 50}  →  {"id": 7, "result": {…}}  or  {"id": 7, "error": "a sentence"}
//
// Nothing that a request holds brings the engine down: a mistake is an error, and the session is as it was before.
// Long lists of numbers do not go through JSON: a result says {"floats": [offset, count]}, and the page reads them from
// memory, as 32-bit floats, until the next request.
//
// The session is a training run of the program `train` (examples/train), and `options` are its command line's options
// under their names: {"data": "moons", "points": "200", "layers": "8,8", "activation": "tanh", "lr": "0.5", …}, all of
// them texts. What is not given is train's default. So any state of the page is a command line.
//
// cmd       request                              result
// hello                                          {sets: [{name, about, problem}], activations, inits, losses,
// optimizers,
//                                                schedules: [names], defaults, help: {option: text}}: what can be
//                                                chosen
// open      options; table: a CSV's text,        {name, problem: "binary"|"classes", features: [names], classes:
// [names],
//           or points: [[x1, x2, class]…];       train, dev: {count, x: {floats}, y: {floats}} (x row by row, as the
//           data weights: {name: [numbers]}           has it), standardized, layers: [{label, shape, parameters}]
//                                                (nn::summary), parameters, steps (an epoch), step, epochs (planned),
//                                                options: {name: text}, command}; the former session is gone, unless
//                                                this fails. A table is called by the option data, data.csv unless
//                                                given
// retune    options                              {command, steps}: goes on with other optimiser, rate, schedule, batch,
//                                                loss, L2: weights, step and history stay. Of these options those not
//                                                given take their defaults; others stay, or are an error if they differ
// rewind                                         {}: weights and step as after `open`; what was retuned stays
// train     steps; milliseconds                  {step, epoch, lr, costs: [[step, cost]…] met by these steps (at most
// 200
//                                                of them, evenly), microseconds (a step, measured), stopped_early (by
//                                                patience), diverged: null or {message, step, lr, try: a smaller
//                                                rate}}: stops after so many steps or so much time, whichever is first.
//                                                Diverged: weights and step are the last ones whose cost was finite
// measure                                        {step, train, dev: {cost, accuracy, confusion: [[count]…]} or null,
//                                                layers: [{name, gradient_norm, weight_norm, units, dead, saturated}]}:
//                                                shares of units (relu) that are 0 for every train example, or on the
//                                                flat part of their curve for more than nine in ten; null where that
//                                                has no meaning. Layers: of nets of linear layers and activations alone
// map       columns, rows, x: [low, high],       {net: {floats} (classes × rows × columns, or rows × columns for two
//           y: [low, high], units; axes: which   classes), layers: [{units, values: {floats} (units × rows ×
//           columns)}]} two features, [0, 1]                 of the activations of hidden layers if `units`; first row
//           at y's low;
//                                                further features are at their mean
// weights                                        [{name, shape, values: [numbers]}], exact
// tape      examples; part: "train"|"dev"        {nodes: [{index, name, parameter (its path, or ""), operation,
//                                                attributes, operands: [indices or names], shape, count, value:
//                                                [numbers], gradient: [numbers] or null, formula}], formula, bytes}:
//                                                the tape of one step on so many examples (4), dropout off; lists are
//                                                cut after 64 numbers, `count` tells how many there are
// equations examples; part                       {rows: [{name, formula (text), shape, count, by_tape: [numbers],
// by_hand:
//                                                [numbers], difference, holds}], examples, tolerance}: dZL = AL − Y,
//                                                dWl, dbl, dZl … of this net without penalties, by plain loops;
//                                                differences are relative to the largest sum of magnitudes added to
//                                                form an entry
// check     stencil: "automatic"|"complex_step"  {tolerance, stencil, reason (why no complex step), examples, verdict:
//           |"central"|"four_point"|"six_point", "pass"|"not confirmed", rows: [{name, index, analytic, central,
//           complex, step, examples, part                 numeric (by the stencil), difference, verdict:
//           "pass"|"fail"|"kink"}]}:
//                                                every entry of every Parameter, on at most 64 examples, 2,000 entries
// curve     name, index; examples, part          {analytic, rows: [{h, central, four_point, six_point, complex}]}: the
// V
//                                                curve of one entry: relative errors by step size, null: no complex
//                                                form
// save                                           {file: base64 of a safetensors file that train --resume reads}; a
// table
//                                                is in it too
// load      file; table                          what `open` gives
// program                                        {code: a C++ program that builds this net with these weights and
// prints
//                                                its accuracy on this data}
// Errors are the library's own sentences.

#include <cstddef>

extern "C" {

/// Answers one request. The text lives until the next call. Never throws.
const char* xgrad_call(const char* request);

/// The numbers that the last answer refers to.
const float* xgrad_floats();
}
