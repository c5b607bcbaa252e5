// CSV: the tables keep what fuzz::check says.

#include <nn/data/csv.hpp>

#include "fuzz.hpp"
#include "table.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace xgrad::nn::data;
  if (size == 0) return 0;
  const bool header = data[0] % 2;  // the first byte chooses the options
  const char delimiter = data[0] & 2 ? '\t' : data[0] & 4 ? ';' : ',';
  return fuzz::read(data + 1, size - 1, [&](std::string_view text) {
    fuzz::check(parse_csv(text, {.delimiter = delimiter, .header = header}, "fuzz.csv"));
  });
}
