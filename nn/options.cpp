#include <nn/options.hpp>

#include <cmath>

#include <autograd/error.hpp>

namespace xgrad::nn::detail {
namespace {

double checked(bool fits, const char* owner, const char* option, const std::string& requirement, double value) {
  if (!fits)
    throw NumericError(std::string(owner) + ": " + option + " must " + requirement + ", not " + number_text(value));
  return value;
}

}  // namespace

double not_negative(const char* owner, const char* option, double value) {
  return checked(value >= 0 && std::isfinite(value), owner, option, "be a finite number of at least 0", value);
}

double above_zero(const char* owner, const char* option, double value) { return above(owner, option, value, 0); }

double below_one(const char* owner, const char* option, double value) {
  return checked(value >= 0 && value < 1, owner, option, "lie in [0, 1)", value);
}

double up_to_one(const char* owner, const char* option, double value) {
  return checked(value >= 0 && value <= 1, owner, option, "lie in [0, 1]", value);
}

double above(const char* owner, const char* option, double value, double limit, const char* limit_name) {
  const std::string name = limit_name ? std::string(limit_name) + ", " : "";
  return checked(value > limit && std::isfinite(value), owner, option,
                 "be a finite number above " + name + number_text(limit), value);
}

Index at_least(const char* owner, const char* option, Index value, Index low) {
  if (value < low)
    throw NumericError(std::string(owner) + ": " + option + " must be at least " + std::to_string(low) + ", not " +
                       std::to_string(value));
  return value;
}

}  // namespace xgrad::nn::detail
