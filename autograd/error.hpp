#pragma once
// The exceptions of the library, and the source line that they name.

#include <stdexcept>
#include <string>

namespace xgrad {

/// A line of the user's program. Printed as ` [train.cpp:31]`.
struct Where {
  const char* file = nullptr;
  int line = 0;
  /// The caller's line, as a default argument.
  static Where here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) { return {file, line}; }
};
std::string to_string(const Where& where);
/// A number as messages show it: six digits, `nan` whatever the sign.
std::string number_text(double v);

/// What every error of the library derives from. One line: what is wrong, where, what to do.
struct Error : std::runtime_error {
  explicit Error(const std::string& what) : std::runtime_error(what) {}
  Error(const std::string& what, const Where& where) : std::runtime_error(what + to_string(where)) {}
};
/// Shapes, axes or indices that do not fit.
struct ShapeError : Error {
  using Error::Error;
};
/// f32 mixed with f64, or a dtype that an operation does not know.
struct DTypeError : Error {
  using Error::Error;
};
/// A recording used in a way that would give a wrong gradient.
struct TapeError : Error {
  using Error::Error;
};
/// Values outside an operation's domain.
struct NumericError : Error {
  using Error::Error;
};
/// Files and data.
struct IoError : Error {
  using Error::Error;
};

}  // namespace xgrad
