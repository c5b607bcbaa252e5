#pragma once
// What stands in a request, each entry checked.

#include <limits>
#include <string>
#include <vector>

#include "session.hpp"

namespace playground {

/// A whole number within these bounds, or `otherwise` where it is missing. Throws BadRequest.
xgrad::Index whole(const Json& request, const char* name, xgrad::Index low, xgrad::Index high, xgrad::Index otherwise);
/// A finite number, or `otherwise` where it is missing. Throws BadRequest.
double number(const Json& request, const char* name, double otherwise);
/// Two numbers, the first below the second. Throws BadRequest.
std::pair<double, double> interval(const Json& request, const char* name);
/// A text, or `otherwise` where it is missing. Throws BadRequest.
std::string text(const Json& request, const char* name, const std::string& otherwise);
/// One of these words, or the first where it is missing. Throws BadRequest.
std::string word(const Json& request, const char* name, const std::vector<std::string>& words);

/// The first numbers of a Tensor.
Json cut(const std::vector<double>& values, std::size_t most = 64);
Json shape(const xgrad::Shape& shape);

/// So many examples of the train part, or of the dev part if the request says so, from the first on.
train::Dataset examples(const Opened& opened, const Json& request, xgrad::Index most, xgrad::Index otherwise);

}  // namespace playground
