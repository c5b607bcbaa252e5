#include <nn/untrusted.hpp>

namespace xgrad::nn::detail {

std::string shown(const std::string& text) {
  constexpr std::size_t longest = 80;
  std::string result = text.substr(0, longest);
  for (char& c : result)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return text.size() <= longest ? result : result + "...";
}

}  // namespace xgrad::nn::detail
