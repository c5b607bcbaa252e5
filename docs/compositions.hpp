#pragma once
// The functions of autograd/ops.hpp that are no operations of the catalogue, each with an example for the op reference.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <autograd/ops.hpp>
#include <autograd/random.hpp>

/// One call of such a function.
struct Composition {
  std::string code;
  std::vector<std::pair<std::string, xgrad::Tensor>> operands;
  xgrad::Function f;
};

/// By the name of the function.
inline const std::map<std::string, Composition>& compositions() {
  using namespace xgrad;
  static const std::map<std::string, Composition> all{
      {"sum_to",
       {"sum_to(matrix({{1, 2, 3}, {4, 5, 6}}), {3})",
        {{"x", matrix({{1, 2, 3}, {4, 5, 6}})}},
        [](Inputs in) { return sum_to(in[0], {3}); }}},
      {"split",
       {"split(tensor({1, 2, 3, 4, 5}), {2, 3})[0]",
        {{"x", tensor({1, 2, 3, 4, 5})}},
        [](Inputs in) {
          return split(in[0], {2, 3})[0];
        }}},
      {"masked_select",
       {"masked_select(tensor({1, 2, 3}), tensor({1, 0, 1}))",
        {{"x", tensor({1, 2, 3})}, {"mask", tensor({1, 0, 1})}},
        [](Inputs in) { return masked_select(in[0], in[1]); }}},
      {"embedding",
       {"embedding(matrix({{1, 2}, {3, 4}, {5, 6}}), tensor({2, 0}))",
        {{"table", matrix({{1, 2}, {3, 4}, {5, 6}})}, {"index", tensor({2, 0})}},
        [](Inputs in) { return embedding(in[0], in[1]); }}},
      {"trace",
       {"trace(matrix({{1, 2}, {3, 4}}))", {{"x", matrix({{1, 2}, {3, 4}})}}, [](Inputs in) { return trace(in[0]); }}},
      {"layer_norm",
       {"layer_norm(matrix({{1, 3}, {2, 10}}), tensor({2, 2}), tensor({0, 1}), 0)",
        {{"x", matrix({{1, 3}, {2, 10}})}, {"weight", tensor({2, 2})}, {"bias", tensor({0, 1})}},
        [](Inputs in) { return layer_norm(in[0], in[1], in[2], 0); }}},
      {"batch_norm",
       {"batch_norm(matrix({{1, 3}, {2, 10}}), tensor({2, 2}), tensor({0, 1}), 0)",
        {{"x", matrix({{1, 3}, {2, 10}})}, {"weight", tensor({2, 2})}, {"bias", tensor({0, 1})}},
        [](Inputs in) { return batch_norm(in[0], in[1], in[2], 0); }}},
      {"dropout", {"dropout(tensor({1, 2, 3, 4}), 0.5, rng)", {{"x", tensor({1, 2, 3, 4})}}, [](Inputs in) {
                     Rng rng(1);
                     return dropout(in[0], 0.5, rng);
                   }}}};
  return all;
}
