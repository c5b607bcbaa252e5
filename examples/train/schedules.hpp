#pragma once
// Optimisers and schedules by the names of the command line.

#include <memory>
#include <string>
#include <vector>

#include <nn/optimizer.hpp>
#include <nn/schedule.hpp>

#include "options.hpp"

namespace train {

const std::vector<std::string>& optimizer_names();
const std::vector<std::string>& schedule_names();

/// The learning rate: as given, or the optimiser's usual one.
double base_rate(const Options& options);

std::unique_ptr<xgrad::nn::Optimizer> make_optimizer(const Options& options, xgrad::nn::Module& net);

/// The rate by step, for a run planned as so many epochs of so many steps. Beyond its plan a run keeps the last rate.
xgrad::nn::Schedule make_schedule(const Options& options, xgrad::Index epochs, xgrad::Index steps_per_epoch);

}  // namespace train
