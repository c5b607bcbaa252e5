#pragma once
// Schedules: the learning rate as a function of the step alone, so that resuming needs only its number.

#include <functional>

#include <autograd/shape.hpp>

namespace xgrad::nn {

/// The rate of step 0, 1, …: `opt.set_lr(rate(step))` before `opt.step()`. Any function will do; those below throw
/// NumericError for a negative step, and when made, naming the option that is out of range.
using Schedule = std::function<double(Index step)>;

/// Option names and values are those of torch.optim.lr_scheduler, in closed form. t is the step; lr > 0.
namespace schedule {

/// lr
Schedule constant(double lr);

struct StepOptions {
  Index step_size = 0;  ///< ≥ 1, to be given
  double gamma = 0.1;   ///< > 0
};
/// lr · gamma^⌊t / step_size⌋ (StepLR)
Schedule step(double lr, const StepOptions& options);

/// lr · gammaᵗ, gamma > 0 (ExponentialLR)
Schedule exponential(double lr, double gamma);

/// lr / (1 + decay·t), decay ≥ 0 (Robbins and Monro, 1951)
Schedule inverse_time(double lr, double decay);

struct CosineOptions {
  Index T_max = 0;     ///< ≥ 1, to be given: steps from lr down to eta_min
  double eta_min = 0;  ///< in [0, lr]
};
/// eta_min + (lr − eta_min)·(1 + cos(π·t / T_max)) / 2: after T_max it rises again (CosineAnnealingLR)
Schedule cosine(double lr, const CosineOptions& options);

struct CosineRestartOptions {
  Index T_0 = 0;       ///< ≥ 1, to be given: steps of the first cycle
  Index T_mult = 1;    ///< ≥ 1: each cycle is so many times as long as the one before
  double eta_min = 0;  ///< in [0, lr]
};
/// The same from lr towards eta_min in cycles; each starts at lr again. Loshchilov and Hutter (2017)
/// (CosineAnnealingWarmRestarts)
Schedule cosine_restarts(double lr, const CosineRestartOptions& options);

enum class CyclicMode {
  triangular,   ///< every cycle as high
  triangular2,  ///< each half as high as the one before
  exp_range     ///< height times gammaᵗ
};
struct CyclicOptions {
  double base_lr = 0;         ///< ≥ 0
  double max_lr = 0;          ///< > base_lr, to be given
  Index step_size_up = 2000;  ///< ≥ 1: steps from base_lr to max_lr
  Index step_size_down = 0;   ///< steps back; 0: as many as up
  CyclicMode mode = CyclicMode::triangular;
  double gamma = 1;  ///< of exp_range, in (0, 1]
};
/// Straight up from base_lr to max_lr and straight down again. Smith (2017) (CyclicLR)
Schedule cyclic(const CyclicOptions& options);

enum class Anneal { cosine, linear };
struct OneCycleOptions {
  double max_lr = 0;       ///< > 0, to be given
  Index total_steps = 0;   ///< ≥ 1, to be given
  double pct_start = 0.3;  ///< in [0, 1], at most 0.5 with three phases: the share of the steps that rise
  Anneal anneal = Anneal::cosine;
  double div_factor = 25;         ///< > 0: it starts at max_lr / div_factor
  double final_div_factor = 1e4;  ///< > 0: it ends at the start divided by this
  bool three_phase = false;       ///< back to the start as it rose, then down to the end
};
/// Up to max_lr, then down below the start. Smith and Topin (2018) (OneCycleLR). It throws NumericError for a step
/// from total_steps on.
Schedule one_cycle(const OneCycleOptions& options);

struct WarmUpOptions {
  Index steps = 0;               ///< ≥ 1, to be given
  double start_factor = 1. / 3;  ///< in [0, 1]
};
/// Linear from start_factor·then(0) to then(0) over these steps, and from there then(t − steps). Goyal et al. (2017)
/// (SequentialLR of a LinearLR and another)
Schedule warm_up(const WarmUpOptions& options, Schedule then);

}  // namespace schedule
}  // namespace xgrad::nn
