#pragma once
// Everything of the nn folder.

#include <nn/activation.hpp>
#include <nn/adagrad.hpp>
#include <nn/adam.hpp>
#include <nn/clip.hpp>
#include <nn/data.hpp>
#include <nn/early_stopping.hpp>
#include <nn/entrywise.hpp>
#include <nn/linear.hpp>
#include <nn/loss.hpp>
#include <nn/metrics.hpp>
#include <nn/module.hpp>
#include <nn/optimizer.hpp>
#include <nn/parameter_list.hpp>
#include <nn/range_test.hpp>
#include <nn/rmsprop.hpp>
#include <nn/schedule.hpp>
#include <nn/sequential.hpp>
#include <nn/sgd.hpp>
#include <nn/state.hpp>
