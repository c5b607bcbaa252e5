// Requests and answers as JSON texts. Whatever is thrown ends here, as a sentence.

#include "../api.hpp"

#include <new>
#include <stdexcept>

#include "session.hpp"

namespace playground {
namespace {

constexpr const char* no_memory = "out of memory; take fewer points, units or layers";

Session session;

struct Command {
  const char* name;
  Json (*answer)(Session& session, const Json& request);
};

constexpr Command commands[] = {
    {"hello", hello},     {"open", open},   {"retune", retune},   {"rewind", rewind}, {"train", train_steps},
    {"measure", measure}, {"map", map},     {"weights", weights}, {"tape", tape},     {"equations", equations},
    {"check", check},     {"curve", curve}, {"save", save},       {"load", load},     {"program", program}};

Json result_of(const Json& request) {
  const auto cmd = request.find("cmd");
  if (cmd == request.end() || !cmd->is_string()) throw BadRequest("cmd: the request names no command");
  std::string known;
  for (const Command& command : commands) {
    if (*cmd == command.name) return command.answer(session, request);
    known += (known.empty() ? "" : ", ") + std::string(command.name);
  }
  throw BadRequest("cmd: '" + cmd->get<std::string>() + "' is none of " + known);
}

Json answer_to(const std::string& text) {
  Json answer{{"id", nullptr}};
  try {
    const Json request = Json::parse(text);
    if (!request.is_object()) throw BadRequest("a request must be a JSON object");
    answer["id"] = request.value("id", Json());
    answer["result"] = result_of(request);
  } catch (const Json::parse_error&) {
    answer["error"] = "the request is not JSON";
  } catch (const Json::exception&) {
    answer["error"] = "the request is damaged: an entry is missing or of the wrong kind";
  } catch (const std::bad_alloc&) {
    answer["error"] = no_memory;
  } catch (const std::length_error&) {  // what a container says where memory could never be enough
    answer["error"] = no_memory;
  } catch (const std::exception& e) {
    answer["error"] = e.what();
  } catch (...) {
    answer["error"] = "an unknown error";
  }
  if (answer.contains("error")) session.floats.clear();
  return answer;
}

std::string last_answer;

}  // namespace
}  // namespace playground

extern "C" const char* xgrad_call(const char* request) {
  using namespace playground;
  static const std::string too_little = Json{{"id", nullptr}, {"error", no_memory}}.dump();
  try {
    session.floats.clear();
    last_answer = answer_to(request ? request : "").dump(-1, ' ', false, Json::error_handler_t::replace);
    return last_answer.c_str();
  } catch (...) {
    return too_little.c_str();
  }
}

extern "C" const float* xgrad_floats() { return playground::session.floats.data(); }
