#include "history.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

namespace train {

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

// JSON has no NaN: what is missing is null.
template <class Json>
Json of(const std::optional<double>& v) {
  return v && std::isfinite(*v) ? Json(*v) : Json(nullptr);
}

std::optional<double> optional_from(const json& value) {
  return value.is_null() ? std::nullopt : std::optional(value.get<double>());
}

}  // namespace

ordered_json to_json(const Epoch& e, const Objective& objective) {
  const std::string score = objective.score_name();
  return {{"event", "epoch"},
          {"epoch", e.epoch},
          {"lr", e.lr},
          {"train_loss", of<ordered_json>(e.train_loss)},
          {"train_" + score, of<ordered_json>(e.train_score)},
          {"dev_loss", of<ordered_json>(e.dev_loss)},
          {"dev_" + score, of<ordered_json>(e.dev_score)},
          {"gradient_norms", e.gradient_norms},
          {"seconds", e.seconds}};
}

std::string history_text(const std::vector<Epoch>& history) {
  json rows = json::array();
  for (const Epoch& e : history)
    rows.push_back({e.epoch, e.lr, e.train_loss, e.train_score, of<json>(e.dev_loss), of<json>(e.dev_score), e.seconds,
                    e.gradient_norms});
  return rows.dump();
}

std::vector<Epoch> history_from(const std::string& text) {
  try {
    std::vector<Epoch> history;
    for (const json& row : json::parse(text))
      history.push_back({.epoch = row.at(0),
                         .lr = row.at(1),
                         .train_loss = row.at(2),
                         .train_score = row.at(3),
                         .dev_loss = optional_from(row.at(4)),
                         .dev_score = optional_from(row.at(5)),
                         .seconds = row.at(6),
                         .gradient_norms = row.at(7).get<std::vector<double>>()});
    return history;
  } catch (const json::exception& e) {
    throw xgrad::IoError(std::string("the history of the run cannot be read: ") + e.what());
  }
}

}  // namespace train
