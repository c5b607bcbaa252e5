// ARFF: the tables keep what fuzz::check says.

#include <nn/data/arff.hpp>

#include "fuzz.hpp"
#include "table.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::read(data, size,
                    [](std::string_view text) { fuzz::check(xgrad::nn::data::parse_arff(text, "fuzz.arff")); });
}
