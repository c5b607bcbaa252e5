#include <nn/schedule.hpp>

#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>

#include <autograd/error.hpp>
#include <nn/options.hpp>

namespace xgrad::nn::schedule {
namespace {

// A schedule that gives f only steps from 0 on.
template <class F>
Schedule from_zero(const char* name, F f) {
  return [name, f = std::move(f)](Index t) { return f(detail::at_least(name, "the step", t, 0)); };
}

// From `start` at share 0 to `end` at share 1.
double cosine_between(double start, double end, double share) {
  return end + (start - end) * (1 + std::cos(std::numbers::pi * share)) / 2;
}

double linear_between(double start, double end, double share) { return (end - start) * share + start; }

double quotient(Index a, Index b) { return static_cast<double>(a) / static_cast<double>(b); }

double checked_minimum(const char* name, double eta_min, double lr) {
  if (!(eta_min >= 0 && eta_min <= lr))
    throw NumericError(std::string(name) + ": eta_min must lie between 0 and the rate, " + number_text(lr) + ", not " +
                       number_text(eta_min));
  return eta_min;
}

}  // namespace

Schedule constant(double lr) {
  detail::above_zero("constant", "lr", lr);
  return from_zero("constant", [lr](Index) { return lr; });
}

Schedule step(double lr, const StepOptions& options) {
  detail::above_zero("step", "lr", lr);
  detail::at_least("step", "step_size", options.step_size, 1);
  detail::above_zero("step", "gamma", options.gamma);
  return from_zero("step", [lr, o = options](Index t) {
    const Index drops = t / o.step_size;
    return lr * std::pow(o.gamma, static_cast<double>(drops));
  });
}

Schedule exponential(double lr, double gamma) {
  detail::above_zero("exponential", "lr", lr);
  detail::above_zero("exponential", "gamma", gamma);
  return from_zero("exponential", [lr, gamma](Index t) { return lr * std::pow(gamma, static_cast<double>(t)); });
}

Schedule inverse_time(double lr, double decay) {
  detail::above_zero("inverse_time", "lr", lr);
  detail::not_negative("inverse_time", "decay", decay);
  return from_zero("inverse_time", [lr, decay](Index t) { return lr / (1 + decay * static_cast<double>(t)); });
}

Schedule cosine(double lr, const CosineOptions& options) {
  detail::above_zero("cosine", "lr", lr);
  detail::at_least("cosine", "T_max", options.T_max, 1);
  checked_minimum("cosine", options.eta_min, lr);
  return from_zero("cosine",
                   [lr, o = options](Index t) { return cosine_between(lr, o.eta_min, quotient(t, o.T_max)); });
}

Schedule cosine_restarts(double lr, const CosineRestartOptions& options) {
  constexpr const char* name = "cosine_restarts";
  detail::above_zero(name, "lr", lr);
  detail::at_least(name, "T_0", options.T_0, 1);
  detail::at_least(name, "T_mult", options.T_mult, 1);
  checked_minimum(name, options.eta_min, lr);
  return from_zero(name, [lr, o = options](Index t) {
    if (o.T_mult == 1) t %= o.T_0;
    auto at = static_cast<double>(t), length = static_cast<double>(o.T_0);
    for (; at >= length; length *= static_cast<double>(o.T_mult)) at -= length;
    return cosine_between(lr, o.eta_min, at / length);
  });
}

Schedule cyclic(const CyclicOptions& options) {
  detail::not_negative("cyclic", "base_lr", options.base_lr);
  detail::above("cyclic", "max_lr", options.max_lr, options.base_lr, "base_lr");
  detail::at_least("cyclic", "step_size_up", options.step_size_up, 1);
  detail::at_least("cyclic", "step_size_down", options.step_size_down, 0);
  if (!(options.gamma > 0 && options.gamma <= 1))
    throw NumericError("cyclic: gamma must lie in (0, 1], not " + number_text(options.gamma));
  return from_zero("cyclic", [o = options](Index t) {
    const Index up = o.step_size_up, down = o.step_size_down > 0 ? o.step_size_down : up;
    const Index cycle = t / (up + down), at = t % (up + down);
    const double height = at <= up ? quotient(at, up) : quotient(up + down - at, down);
    const double scale = o.mode == CyclicMode::triangular2 ? std::pow(0.5, static_cast<double>(cycle))
                         : o.mode == CyclicMode::exp_range ? std::pow(o.gamma, static_cast<double>(t))
                                                           : 1;
    return o.base_lr + (o.max_lr - o.base_lr) * height * scale;
  });
}

Schedule one_cycle(const OneCycleOptions& options) {
  constexpr const char* name = "one_cycle";
  detail::above_zero(name, "max_lr", options.max_lr);
  detail::at_least(name, "total_steps", options.total_steps, 1);
  detail::up_to_one(name, "pct_start", options.pct_start);
  if (options.three_phase && options.pct_start > 0.5)
    throw NumericError("one_cycle: pct_start must be at most 0.5 with three_phase, not " +
                       number_text(options.pct_start));
  detail::above_zero(name, "div_factor", options.div_factor);
  detail::above_zero(name, "final_div_factor", options.final_div_factor);
  return from_zero(name, [o = options](Index t) {
    if (t >= o.total_steps)
      throw NumericError("one_cycle: has " + std::to_string(o.total_steps) + " steps, so there is no step " +
                         std::to_string(t) + "; make it with a larger total_steps");
    // The phases end at steps that need not be whole; their rates meet there.
    const auto total = static_cast<double>(o.total_steps), at = static_cast<double>(t);
    const double peak = o.pct_start * total - 1, end = total - 1;
    const double first = o.max_lr / o.div_factor, last = first / o.final_div_factor;
    const auto phase = [&](double from, double to, double from_lr, double to_lr) {
      const double share = to > from ? (at - from) / (to - from) : 1;
      return (o.anneal == Anneal::cosine ? cosine_between : linear_between)(from_lr, to_lr, share);
    };
    if (at <= peak) return phase(0, peak, first, o.max_lr);
    if (!o.three_phase) return phase(peak, end, o.max_lr, last);
    if (at <= 2 * peak) return phase(peak, 2 * peak, o.max_lr, first);
    return phase(2 * peak, end, first, last);
  });
}

Schedule warm_up(const WarmUpOptions& options, Schedule then) {
  detail::at_least("warm_up", "steps", options.steps, 1);
  detail::up_to_one("warm_up", "start_factor", options.start_factor);
  if (!then) throw NumericError("warm_up: the schedule that follows is empty");
  return from_zero("warm_up", [o = options, then = std::move(then)](Index t) {
    if (t >= o.steps) return then(t - o.steps);
    return then(0) * linear_between(o.start_factor, 1, quotient(t, o.steps));
  });
}

}  // namespace xgrad::nn::schedule
