#include "history.hpp"

#include <cmath>
#include <optional>

#include <nlohmann/json.hpp>

namespace train {

using nlohmann::ordered_json;

namespace {

// JSON has no NaN: what is missing is null.
ordered_json of(const std::optional<double>& v) {
  return v && std::isfinite(*v) ? ordered_json(*v) : ordered_json(nullptr);
}

std::optional<double> optional_from(const ordered_json& value) {
  return value.is_null() ? std::nullopt : std::optional(value.get<double>());
}

}  // namespace

ordered_json to_json(const Epoch& e, const Objective& objective) {
  const std::string score = objective.score_name();
  return {{"event", "epoch"},
          {"epoch", e.epoch},
          {"lr", e.lr},
          {"train_loss", of(e.train_loss)},
          {"train_" + score, of(e.train_score)},
          {"dev_loss", of(e.dev_loss)},
          {"dev_" + score, of(e.dev_score)},
          {"gradient_norms", e.gradient_norms},
          {"seconds", e.seconds}};
}

ordered_json history_json(const std::vector<Epoch>& history) {
  ordered_json rows = ordered_json::array();
  for (const Epoch& e : history)
    rows.push_back(
        {e.epoch, e.lr, e.train_loss, e.train_score, of(e.dev_loss), of(e.dev_score), e.seconds, e.gradient_norms});
  return rows;
}

std::vector<Epoch> history_from(const ordered_json& rows) {
  std::vector<Epoch> history;
  for (const ordered_json& row : rows)
    history.push_back({.epoch = row.at(0).get<xgrad::Index>(),
                       .lr = row.at(1).get<double>(),
                       .train_loss = row.at(2).get<double>(),
                       .train_score = row.at(3).get<double>(),
                       .dev_loss = optional_from(row.at(4)),
                       .dev_score = optional_from(row.at(5)),
                       .seconds = row.at(6).get<double>(),
                       .gradient_norms = row.at(7).get<std::vector<double>>()});
  return history;
}

}  // namespace train
