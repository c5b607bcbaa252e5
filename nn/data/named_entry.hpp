#pragma once
// A set by name and what loads it. Internal to this folder.

#include <nn/data/named.hpp>

namespace xgrad::nn::data::detail {

struct NamedEntry {
  NamedSet set;
  Task (*load)(Rng& rng, const LoadOptions& options);
};

const std::vector<NamedEntry>& toy_entries();
/// Throws IoError if there is none of that name.
Task load_from(const std::vector<NamedEntry>& entries, const std::string& name, Rng& rng, const LoadOptions& options);

}  // namespace xgrad::nn::data::detail
