#include "options.hpp"

#include <charconv>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include <autograd/error.hpp>

namespace train {

std::string Option::text(const Options& o) const {
  return std::visit(
      [&]<class T>(T Options::*member) -> std::string {
        if constexpr (std::is_same_v<T, std::string>)
          return o.*member;
        else if constexpr (std::is_same_v<T, bool>)
          return o.*member ? "true" : "";
        else if constexpr (std::is_same_v<T, double>)
          return xgrad::number_text(o.*member);
        else
          return std::to_string(o.*member);
      },
      value);
}

void Option::set(Options& o, const std::string& text) const {
  const std::string fault = check.fault ? check.fault(text) : "";
  if (!fault.empty()) throw BadUsage("--" + name + ": " + fault);
  std::visit(
      [&]<class T>(T Options::*member) {
        if constexpr (std::is_same_v<T, std::string>) {
          o.*member = text;
        } else if constexpr (std::is_same_v<T, bool>) {
          if (text != "true" && text != "false") throw BadUsage("--" + name + ": '" + text + "' is not true or false");
          o.*member = text == "true";
        } else if constexpr (std::is_same_v<T, double>) {
          o.*member = std::strtod(text.c_str(), nullptr);
        } else {
          std::from_chars(text.data(), text.data() + text.size(), o.*member);
        }
      },
      value);
}

const Option& option(const std::string& name) {
  for (const Option& option : option_table())
    if (option.name == name) return option;
  throw BadUsage("--" + name + ": there is no such option");
}

Options parse(const Texts& given) {
  Options options;
  for (const auto& [name, text] : given) option(name).set(options, text);
  return options;
}

void check_combinations(const Texts& given, const Options& o, const std::vector<xgrad::nn::data::NamedSet>& sets) {
  const auto refuse = [&](std::initializer_list<const char*> names, const std::string& why) {
    for (const std::string name : names)
      if (given.count(name)) throw BadUsage("--" + name + ": " + why);
  };
  if (o.folds == 1) throw BadUsage("--folds: takes 2 or more, or 0 for one dev part");
  if (o.folds) {
    refuse({"save", "report", "resume"}, "has no meaning with --folds, which trains several nets");
    refuse({"gradcheck", "find-lr"}, "has no meaning with --folds");
    refuse({"patience"}, "would choose the epoch on the fold that is scored; leave it out with --folds");
  }
  if (o.find_lr) refuse({"save", "json", "patience", "resume"}, "has no meaning with --find-lr, which trains no net");
  if (o.optimizer != "momentum" && o.optimizer != "nesterov")
    refuse({"momentum"}, "has no meaning with " + o.optimizer + "; take --optimizer momentum or nesterov");
  bool named = false, toy = false;
  for (const xgrad::nn::data::NamedSet& set : sets)
    if (set.name == o.data) {
      named = true;
      toy = set.toy();
    }
  if (named)
    refuse({"target", "problem", "delimiter", "no-header", "nominal", "ignore", "zero-is-missing", "missing"},
           "is for files; " + o.data + " is a set by name");
  if (!toy) refuse({"points", "noise"}, "is for toys, and " + o.data + " is none; --limit takes fewer examples");
}

nlohmann::ordered_json to_json(const Texts& given) {
  nlohmann::ordered_json json;
  for (const Option& option : option_table()) {
    if (option.role == Role::process) continue;
    const auto found = given.find(option.name);
    const std::string text = found == given.end() ? option.text({}) : found->second;
    if (!text.empty()) json[option.name] = text;
  }
  return json;
}

Options resumed(const Texts& given, nlohmann::ordered_json& saved) {
  Options now = parse(given);
  for (const auto& [name, text] : given)
    if (option(name).role != Role::process && name != "epochs")
      throw BadUsage("--" + name + ": " + now.resume + " goes on with the options that it began with; leave it out");
  Options result;
  try {
    if (given.count("epochs")) saved["epochs"] = given.at("epochs");
    for (const auto& [name, text] : saved.items()) {
      const Option& known = option(name);
      if (known.role == Role::process) throw BadUsage("--" + name + " is not saved");
      known.set(result, text.get<std::string>());
    }
  } catch (const std::exception&) {
    throw xgrad::IoError(now.resume + ": its options cannot be read; was it saved by another version of train?");
  }
  if (now.save.empty()) now.save = now.resume;
  for (const Option& option : option_table())
    if (option.role == Role::process && !(option.name == "data-dir" && now.data_dir.empty()))
      std::visit([&](auto member) { result.*member = now.*member; }, option.value);
  return result;
}

}  // namespace train
