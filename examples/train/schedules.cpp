#include "schedules.hpp"

#include <algorithm>

#include <nn/adagrad.hpp>
#include <nn/adam.hpp>
#include <nn/rmsprop.hpp>
#include <nn/sgd.hpp>

namespace train {

using namespace xgrad;

const std::vector<std::string>& optimizer_names() {
  static const std::vector<std::string> names = {"sgd", "momentum", "nesterov", "rmsprop", "adagrad", "adam", "adamw"};
  return names;
}

const std::vector<std::string>& schedule_names() {
  static const std::vector<std::string> names = {
      "constant",        "step",       "exponential", "inverse_time", "cosine",
      "cosine_restarts", "triangular", "triangular2", "exp_range",    "one_cycle"};
  return names;
}

double base_rate(const Options& o, bool classifies) {
  if (o.lr > 0) return o.lr;
  if (o.optimizer == "sgd") return classifies ? 0.5 : 0.05;  // a squared error has no bounded slope
  if (o.optimizer == "momentum" || o.optimizer == "nesterov") return 0.05;
  return o.optimizer == "adagrad" ? 0.01 : 0.001;
}

std::unique_ptr<nn::Optimizer> make_optimizer(const Options& o, double lr, nn::Module& net) {
  const double decay = o.weight_decay;
  if (o.optimizer == "sgd") return std::make_unique<nn::Sgd>(net, nn::SgdOptions{.lr = lr, .weight_decay = decay});
  if (o.optimizer == "momentum" || o.optimizer == "nesterov")
    return std::make_unique<nn::Sgd>(
        net,
        nn::SgdOptions{.lr = lr, .momentum = o.momentum, .nesterov = o.optimizer == "nesterov", .weight_decay = decay});
  if (o.optimizer == "rmsprop")
    return std::make_unique<nn::RmsProp>(net, nn::RmsPropOptions{.lr = lr, .weight_decay = decay});
  if (o.optimizer == "adagrad")
    return std::make_unique<nn::Adagrad>(net, nn::AdagradOptions{.lr = lr, .weight_decay = decay});
  if (o.optimizer == "adam") return std::make_unique<nn::Adam>(net, nn::AdamOptions{.lr = lr, .weight_decay = decay});
  return std::make_unique<nn::AdamW>(net, nn::AdamWOptions{.lr = lr, .weight_decay = decay});
}

nn::Schedule make_schedule(const Options& o, double lr, Index epochs, Index steps_per_epoch) {
  namespace s = nn::schedule;
  if (o.lr_min >= lr) throw BadUsage("--lr-min: must be below the learning rate, " + number_text(lr));
  if (o.schedule == "exp_range" && o.gamma > 1) throw BadUsage("--gamma: must be at most 1 for exp_range");
  const Index total = epochs * steps_per_epoch, tenth = std::max<Index>(1, total / 10);
  const Index period = o.cycle ? o.cycle * steps_per_epoch : tenth;
  const auto gamma = [&](double usual) { return o.gamma > 0 ? o.gamma : usual; };
  const auto cyclic = [&](nn::schedule::CyclicMode mode, double decay) {
    const Index up = std::max<Index>(1, period / 2);
    return s::cyclic(
        {.base_lr = o.lr_min > 0 ? o.lr_min : lr / 10, .max_lr = lr, .step_size_up = up, .mode = mode, .gamma = decay});
  };
  const nn::Schedule planned = [&]() -> nn::Schedule {
    if (o.schedule == "step") return s::step(lr, {.step_size = period, .gamma = gamma(0.5)});
    if (o.schedule == "exponential") return s::exponential(lr, gamma(0.99));
    if (o.schedule == "inverse_time") return s::inverse_time(lr, gamma(0.01));
    if (o.schedule == "cosine") return s::cosine(lr, {.T_max = o.cycle ? period : total, .eta_min = o.lr_min});
    if (o.schedule == "cosine_restarts") return s::cosine_restarts(lr, {.T_0 = period, .eta_min = o.lr_min});
    if (o.schedule == "triangular") return cyclic(s::CyclicMode::triangular, 1);
    if (o.schedule == "triangular2") return cyclic(s::CyclicMode::triangular2, 1);
    if (o.schedule == "exp_range") return cyclic(s::CyclicMode::exp_range, gamma(0.9999));
    if (o.schedule == "one_cycle") return s::one_cycle({.max_lr = lr, .total_steps = total});
    return s::constant(lr);
  }();
  // exponential and inverse_time go by the epoch, as their factors are thought of
  const bool by_epoch = o.schedule == "exponential" || o.schedule == "inverse_time";
  const nn::Schedule kept = [=](Index step) {
    const Index within = std::min(step, total - 1);
    return planned(by_epoch ? within / steps_per_epoch : within);
  };
  return o.warm_up ? s::warm_up({.steps = o.warm_up}, kept) : kept;
}

}  // namespace train
