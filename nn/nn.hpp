#pragma once
// Everything of the nn folder.

#include <nn/activation.hpp>
#include <nn/convolution.hpp>
#include <nn/data.hpp>
#include <nn/dropout.hpp>
#include <nn/embedding.hpp>
#include <nn/flatten.hpp>
#include <nn/init.hpp>
#include <nn/linear.hpp>
#include <nn/loss.hpp>
#include <nn/metrics.hpp>
#include <nn/mlp.hpp>
#include <nn/module.hpp>
#include <nn/normalization.hpp>
#include <nn/optimizer.hpp>
#include <nn/residual.hpp>
#include <nn/sequential.hpp>
#include <nn/summary.hpp>
