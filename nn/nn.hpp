#pragma once
// Everything of the nn folder.

#include <nn/activation.hpp>
#include <nn/checkpoint.hpp>
#include <nn/data.hpp>
#include <nn/file.hpp>
#include <nn/linear.hpp>
#include <nn/loss.hpp>
#include <nn/metrics.hpp>
#include <nn/module.hpp>
#include <nn/npy.hpp>
#include <nn/optimizer.hpp>
#include <nn/safetensors.hpp>
#include <nn/sequential.hpp>
