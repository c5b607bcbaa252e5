#pragma once
// ARFF, Weka's format: a header that declares each column, then rows.
// https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/

#include <string>
#include <string_view>

#include <nn/data/table.hpp>

namespace xgrad::nn::data {

/// numeric, real, integer and nominal attributes, names and words in single or double quotes, comments after %, ? for
/// missing; keywords in any case; words are numbered as declared. Sparse rows and string, date and relational
/// attributes are refused. Packed files (.gz) are unpacked. Throws IoError `file:line:column: …`.
Table read_arff(const std::string& path);
/// The same from a text; `name` stands for the file in messages.
Table parse_arff(std::string_view text, const std::string& name = "arff");

}  // namespace xgrad::nn::data
