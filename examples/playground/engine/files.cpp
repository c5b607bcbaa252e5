// The net as numbers and as a file: a checkpoint of train, with the table beside it.

#include <nn/safetensors.hpp>

#include "open.hpp"
#include "request.hpp"

namespace playground {

using namespace xgrad;

namespace {

constexpr const char* table_note = "table";
constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string base64(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t word = 0;
    for (std::size_t k = 0; k < 3; ++k)
      word = word << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) text += i + k > bytes.size() ? '=' : letters[word >> (18 - 6 * k) & 63];
  }
  return text;
}

std::string from_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes;
  std::uint32_t word = 0;
  int bits = 0;
  for (const char c : text) {
    const std::size_t value = letters.find(c);
    if (value == letters.npos) throw BadRequest("file: is not in base64");
    word = word << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) bytes += static_cast<char>(word >> (bits -= 8) & 255);
  }
  return bytes;
}

}  // namespace

Json weights(Session& session, const Json&) {
  Json rows = Json::array();
  for (const Parameter& p : nn::parameters(session.now().run->net()))
    rows.push_back(object({{"name", p.name()}, {"shape", shape(p.shape())}, {"values", p.value().values()}}));
  return rows;
}

Json save(Session& session, const Json&) {
  const Opened& opened = session.now();
  std::map<std::string, std::string> notes;
  if (!opened.table.empty()) notes[table_note] = opened.table;
  return object({{"file", base64(opened.run->checkpoint(notes))}});
}

Json load(Session& session, const Json& request) {
  const std::string name = "file", bytes = from_base64(text(request, "file", ""));
  const nn::Safetensors file = nn::parse_safetensors(bytes, name);
  const auto note = [&](const std::string& key) {
    const auto found = file.metadata.find("note." + key);
    return found == file.metadata.end() ? std::string() : found->second;
  };
  if (note("train").empty()) throw IoError(name + ": is no checkpoint of train");
  train::Texts texts;
  try {
    const Json notes = Json::parse(note("train"));
    for (const auto& [option, value] : notes.at("options").items())
      if (value != train::option(option).text({})) texts[option] = value.get<std::string>();
  } catch (const Json::exception&) {
    throw IoError(name + ": what train has noted in it is damaged");
  }
  refuse_process_options(texts);
  std::unique_ptr<Opened> opened = opened_run(texts, text(request, "table", note(table_note)));
  opened->run->resume(bytes, name);
  session.opened = std::move(opened);
  Json answer = description(session);
  answer["table"] = session.opened->table;
  return answer;
}

}  // namespace playground
