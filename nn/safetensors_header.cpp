#include <nn/safetensors_header.hpp>

#include <algorithm>
#include <limits>
#include <set>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <nn/untrusted.hpp>

namespace xgrad::nn::detail {
namespace {

using json = nlohmann::ordered_json;  // as programs with checkpoints use: one parser is linked

const char* const metadata_key = "__metadata__";

// Takes the header token by token and refuses the first that the format has no place for: nothing is built that is not
// wanted, and nesting goes no deeper than header, tensor, list.
class Reader : public json::json_sax_t {
 public:
  explicit Reader(const std::string& file) : file_(file) {}
  SafetensorsHeader header;

  bool start_object(std::size_t) override {
    if (place_ == Place::outside)
      place_ = Place::header;
    else if (place_ == Place::header && key_ == metadata_key)
      place_ = Place::metadata;
    else if (place_ == Place::header)
      place_ = Place::tensor;
    else
      misplaced("an object");
    return true;
  }
  bool end_object() override {
    if (place_ == Place::tensor) finish_tensor();
    place_ = place_ == Place::header ? Place::outside : Place::header;
    return true;
  }
  bool start_array(std::size_t) override {
    if (place_ == Place::tensor && key_ == "shape")
      place_ = Place::shape;
    else if (place_ == Place::tensor && key_ == "data_offsets")
      place_ = Place::offsets;
    else
      misplaced("a list");
    return true;
  }
  bool end_array() override {
    place_ = Place::tensor;
    return true;
  }
  bool key(std::string& key) override {
    if (place_ == Place::header) {
      if (!names_.insert(key).second) throw IoError(file_ + ": " + shown(key) + " stands twice in the header");
      name_ = key;
      entry_ = {};
      offsets_.clear();
      keys_.clear();
    } else if (!keys_.insert(key).second) {
      throw IoError(where() + ": " + shown(key) + " stands twice");
    } else if (place_ == Place::tensor && key != "dtype" && key != "shape" && key != "data_offsets") {
      throw IoError(where() + ": unknown key " + shown(key));
    }
    key_ = std::move(key);
    return true;
  }
  bool string(std::string& text) override {
    if (place_ == Place::metadata)
      header.metadata.emplace(key_, std::move(text));
    else if (place_ == Place::tensor && key_ == "dtype")
      entry_.dtype = std::move(text);
    else
      misplaced("a text");
    return true;
  }
  bool number_unsigned(std::uint64_t value) override {
    if (place_ == Place::shape) {
      if (entry_.shape.rank() == Shape::capacity)
        throw IoError(where() + ": its shape has more than " + std::to_string(Shape::capacity) + " axes");
      if (!std::in_range<Index>(value)) throw IoError(where() + ": its shape is larger than any memory");
      entry_.shape.push_back(static_cast<Index>(value));
    } else if (place_ == Place::offsets) {
      if (offsets_.size() == 2) throw IoError(where() + ": its data_offsets are not two numbers");
      offsets_.push_back(value);
    } else {
      misplaced("a number");
    }
    return true;
  }
  bool null() override { misplaced("null"); }
  bool boolean(bool) override { misplaced("a truth value"); }
  bool number_integer(std::int64_t) override { misplaced("a negative number"); }
  bool number_float(double, const std::string&) override { misplaced("a number that is not whole"); }
  bool binary(binary_t&) override { misplaced("binary data"); }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    throw IoError(file_ + ": its header is not JSON in UTF-8 at byte " + std::to_string(position + 8));
  }

 private:
  enum class Place { outside, header, metadata, tensor, shape, offsets };

  std::string where() const { return file_ + ": " + (name_ == metadata_key ? "" : "tensor ") + shown(name_); }
  [[noreturn]] void misplaced(const std::string& what) const {
    if (place_ == Place::outside) throw IoError(file_ + ": its header is " + what + ", not an object");
    if (place_ == Place::header) throw IoError(where() + " is " + what + ", not an object");
    throw IoError(where() + ": " + what + " does not belong into " + shown(key_));
  }
  void finish_tensor() {
    for (const char* key : {"dtype", "shape", "data_offsets"})
      if (!keys_.contains(key)) throw IoError(where() + ": has no " + key);
    if (offsets_.size() != 2) throw IoError(where() + ": its data_offsets are not two numbers");
    entry_.begin = offsets_[0];
    entry_.end = offsets_[1];
    header.entries.emplace(name_, std::move(entry_));
  }

  const std::string& file_;
  Place place_ = Place::outside;
  std::set<std::string> names_, keys_;  // of the header; of what is being read
  std::string name_, key_;
  SafetensorsEntry entry_;
  std::vector<std::uint64_t> offsets_;
};

std::string quoted(const std::string& text, const std::string& name) {
  try {
    return json(text).dump();
  } catch (const json::exception&) {
    throw IoError(name + ": " + shown(text) + " is not UTF-8");
  }
}

}  // namespace

SafetensorsHeader parse_safetensors_header(std::string_view text, const std::string& name) {
  if (!text.starts_with('{')) throw IoError(name + ": its header does not begin with {");
  // The parser takes a NUL for the end, and would not look at what follows.
  if (const auto at = text.find('\0'); at != std::string_view::npos)
    throw IoError(name + ": its header is not JSON in UTF-8 at byte " + std::to_string(at + 9));
  Reader reader(name);
  json::sax_parse(text.begin(), text.end(), &reader);
  return std::move(reader.header);
}

std::string safetensors_header(const SafetensorsHeader& header, const std::string& name) {
  std::string text = "{", comma;
  if (!header.metadata.empty()) {
    text += quoted(metadata_key, name) + ":{";
    for (const auto& [key, value] : header.metadata) {
      text += comma + quoted(key, name) + ":" + quoted(value, name);
      comma = ",";
    }
    text += "}";
  }
  std::vector<const std::pair<const std::string, SafetensorsEntry>*> entries;
  for (const auto& entry : header.entries) entries.push_back(&entry);
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto* a, const auto* b) { return a->second.begin < b->second.begin; });
  for (const auto* item : entries) {
    const auto& [key, entry] = *item;
    if (key == metadata_key) throw IoError(name + ": a tensor cannot be called " + metadata_key);
    text += comma + quoted(key, name) + ":" +
            nlohmann::ordered_json{{"dtype", entry.dtype},
                                   {"shape", std::vector<Index>(entry.shape.begin(), entry.shape.end())},
                                   {"data_offsets", {entry.begin, entry.end}}}
                .dump();
    comma = ",";
  }
  text += "}";
  text.resize((text.size() + 7) / 8 * 8, ' ');
  if (text.size() > max_safetensors_header)
    throw IoError(name + ": its header would have " + std::to_string(text.size()) + " bytes; the format allows " +
                  std::to_string(max_safetensors_header));
  return text;
}

}  // namespace xgrad::nn::detail
