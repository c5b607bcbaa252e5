#include "request.hpp"

#include <algorithm>
#include <cmath>

#include <autograd/ops.hpp>

namespace playground {

using namespace xgrad;

namespace {

[[noreturn]] void fail(const char* name, const std::string& what) { throw BadRequest(std::string(name) + ": " + what); }

const Json* find(const Json& request, const char* name) {
  const auto found = request.find(name);
  return found == request.end() || found->is_null() ? nullptr : &*found;
}

}  // namespace

Index whole(const Json& request, const char* name, Index low, Index high, Index otherwise) {
  const Json* found = find(request, name);
  if (!found) return otherwise;
  const double value = found->is_number() ? found->get<double>() : NAN;
  if (!(value >= static_cast<double>(low) && value <= static_cast<double>(high)) || value != std::floor(value))
    fail(name, "must be a whole number from " + std::to_string(low) + " to " + std::to_string(high));
  return static_cast<Index>(value);
}

double number(const Json& request, const char* name, double otherwise) {
  const Json* found = find(request, name);
  if (!found) return otherwise;
  if (!found->is_number() || !std::isfinite(found->get<double>())) fail(name, "must be a number");
  return found->get<double>();
}

std::pair<double, double> interval(const Json& request, const char* name) {
  const Json* found = find(request, name);
  if (!found || !found->is_array() || found->size() != 2 || !(*found)[0].is_number() || !(*found)[1].is_number())
    fail(name, "must be two numbers, [low, high]");
  const double low = (*found)[0].get<double>(), high = (*found)[1].get<double>();
  if (!(low < high) || !std::isfinite(high - low)) fail(name, "must be two numbers, the first below the second");
  return {low, high};
}

std::string text(const Json& request, const char* name, const std::string& otherwise) {
  const Json* found = find(request, name);
  if (!found) return otherwise;
  if (!found->is_string()) fail(name, "must be a text");
  return found->get<std::string>();
}

std::string word(const Json& request, const char* name, const std::vector<std::string>& words) {
  const std::string given = text(request, name, words.front());
  if (const std::string fault = common::one_of(words).fault(given); !fault.empty()) fail(name, fault);
  return given;
}

Json cut(const std::vector<double>& values, std::size_t most) {
  return std::vector<double>(values.begin(),
                             values.begin() + static_cast<std::ptrdiff_t>(std::min(values.size(), most)));
}

Json shape(const Shape& shape) {
  Json sizes = Json::array();
  for (const Index size : shape) sizes.push_back(size);
  return sizes;
}

train::Dataset examples(const Opened& opened, const Json& request, Index most, Index otherwise) {
  const train::Parts& parts = opened.run->parts();
  const bool dev = word(request, "part", {"train", "dev"}) == "dev";
  if (dev && !parts.dev.x.defined()) fail("part", "there is no dev part; give dev a share");
  const train::Dataset& part = dev ? parts.dev : parts.train;
  const Index n = std::min(nn::data::size(part), whole(request, "examples", 1, most, otherwise));
  return {slice(part.x, 0, 0, n), slice(part.y, 0, 0, n)};
}

}  // namespace playground
