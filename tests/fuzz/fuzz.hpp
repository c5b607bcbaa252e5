#pragma once
// What the fuzzers share: whatever the bytes, a reader returns a value or throws an xgrad::Error of one line.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <autograd/error.hpp>

namespace fuzz {

/// Runs f on the bytes; traps if it fails in any other way than by a clear error.
template <class F>
int read(const std::uint8_t* data, std::size_t size, F f) {
  // libFuzzer puts no zero behind them, so a sanitizer sees a read past the end.
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    f(bytes);
  } catch (const xgrad::Error& e) {
    const std::string what = e.what();
    if (what.empty() || what.find('\n') != what.npos || what.size() > 2000) __builtin_trap();
  }
  return 0;
}

}  // namespace fuzz
