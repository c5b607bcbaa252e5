#include "command_line.hpp"

#include "../common/cli.hpp"

namespace train {
namespace {

const char* type_name(const Option& option) {
  constexpr const char* names[] = {"TEXT", "FLOAT", "INT", "UINT", ""};
  return names[option.value.index()];
}

}  // namespace

void define(CLI::App& app, Options& o) {
  app.allow_config_extras(CLI::config_extras_mode::error);
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  for (const Option& option : option_table()) {
    const std::string name = (option.name == "data" ? "data,--" : "--") + option.name;
    if (const auto* flag = std::get_if<bool Options::*>(&option.value)) {
      app.add_flag(name, o.**flag, option.help)->group(option.group);
      continue;
    }
    const auto set = [&option, &o](const std::string& text) { option.set(o, text); };
    CLI::Option* added = app.add_option_function<std::string>(name, set, option.help)
                             ->type_name(type_name(option))
                             ->default_str(option.text(o))
                             ->group(option.group);
    if (option.check.fault) added->check(common::valid(option.check));
  }
}

Texts given(const CLI::App& app) {
  Texts texts;
  for (const Option& option : option_table())
    if (const CLI::Option* added = app.get_option("--" + option.name); added->count() > 0)
      texts[option.name] = added->results().back();
  return texts;
}

}  // namespace train
