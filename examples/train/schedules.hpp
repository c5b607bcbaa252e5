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

/// The learning rate: as given, or the usual one of the optimiser and the kind of problem.
double base_rate(const Options& options, bool classifies);

std::unique_ptr<xgrad::nn::Optimizer> make_optimizer(const Options& options, double lr, xgrad::nn::Module& net);

/// The rate by step, for a run planned as so many epochs of so many steps. Beyond its plan a run keeps the last rate.
/// Throws BadUsage if the options of the schedule do not fit.
xgrad::nn::Schedule make_schedule(const Options& options, double lr, xgrad::Index epochs, xgrad::Index steps_per_epoch);

}  // namespace train
